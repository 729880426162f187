target_sources(unroll PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/data/byte_source.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/preprocessing.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/preprocessing_json.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/sequence_batches.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/text.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/truncated_bptt.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/vocabulary.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/data/vocabulary_json.cc
)
