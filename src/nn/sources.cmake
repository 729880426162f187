target_sources(unroll PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/elman.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/gru.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/gru_reset_before.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/lstm.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/registry.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/dropout.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/initialization.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/linear.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/loss.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/recurrence.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/recurrence_reference.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/recurrent_layer.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/recurrent_steps.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/sequence_plan.cc
)
