unroll_test(infer/session_test)
