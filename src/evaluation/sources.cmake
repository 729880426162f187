target_sources(unroll_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/evaluation/forecast_baselines.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/evaluation/forecast_evaluation.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/evaluation/least_squares.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/evaluation/metrics.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/evaluation/sequence_evaluation.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/evaluation/span_metrics.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/evaluation/text_loss.cc
)
