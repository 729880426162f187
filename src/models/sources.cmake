target_sources(unroll_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/models/initial_state_file.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/models/language_model_file.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/models/model.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/models/model_file.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/models/sequence_model_file.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/models/sequence_predictions.cc
)
