target_sources(unroll_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/train/checkpoint.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/forecast_baselines.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/forecast_evaluation.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/gradient_check.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/language_model_task.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/metrics.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/sequence_evaluation.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/sequence_task.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/span_metrics.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/train/training.cc
)
