target_sources(unroll PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/elman.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/gru.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/gru_reset_before.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/lstm.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/cells/registry.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/embedding.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/language_model.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/recurrence.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/recurrence_reference.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/recurrent_layer.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/recurrent_steps.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/sequence_plan.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/nn/vocabulary_output.cc
)
