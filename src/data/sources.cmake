target_sources(unroll PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/data/byte_source.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/calendar.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/file_kind.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/gzip.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/line_reader.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/number.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/text.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/truncated_bptt.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/vocabulary.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/vocabulary_json.cc
)
