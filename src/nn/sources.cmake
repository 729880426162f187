target_sources(unroll PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/elman.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/gru.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/gru_reset_before.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/lstm.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/registry.cc
)
