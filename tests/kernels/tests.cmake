unroll_test(kernels/math_test hwy::hwy)
unroll_test(kernels/norm_test)
unroll_test(kernels/product_test)
unroll_test(kernels/softmax_test)
