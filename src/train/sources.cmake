target_sources(unroll_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/train/checkpoint.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/gradient_check.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/language_model_task.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/run_state.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/run_store.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/sequence_task.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/training.cc
)
