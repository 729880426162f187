unroll_test(models/initial_state_file_test)
unroll_test(models/language_model_file_test)
unroll_test(models/sequence_model_file_test nlohmann_json::nlohmann_json)
unroll_test(models/sequence_predictions_test)
target_sources(models_sequence_predictions_test PRIVATE
  ${PROJECT_SOURCE_DIR}/apps/unroll/allocations.cc)
unroll_test(models/forecast_model_file_test)
