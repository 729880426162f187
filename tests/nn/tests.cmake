unroll_test(nn/recurrence_test)
unroll_test(nn/gradient_test)
unroll_test(nn/gradient_mutation_test)
