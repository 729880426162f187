unroll_test(nn/recurrence_test)
unroll_test(nn/language_model_test)
