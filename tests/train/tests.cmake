unroll_test(train/forecast_baselines_test)
unroll_test(train/metrics_test)
unroll_test(train/training_test)
unroll_test(train/gradient_check_test)
