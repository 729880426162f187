unroll_test(nn/recurrence_test)
