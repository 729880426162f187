unroll_test(core/arena_test)
unroll_test(core/random_test)
unroll_test(core/tensor_test)
unroll_test(core/threads_test)
