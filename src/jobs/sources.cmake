target_sources(unroll_objects PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/jobs/evaluate.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/jobs/fit_language_model.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/jobs/fit_sequences.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/jobs/fit_series.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/jobs/forecast.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/jobs/generate.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/jobs/predict.cc
)
