unroll_test(kernels/math_test hwy::hwy)
