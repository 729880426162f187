unroll_test(train/training_test)
