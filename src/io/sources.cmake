target_sources(unroll_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/io/atomic_file.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/io/data_type.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/io/file.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/io/safetensors_header.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/io/safetensors_layout.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/io/safetensors_reader.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/io/safetensors_writer.cc
)
