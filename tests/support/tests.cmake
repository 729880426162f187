unroll_test(support/json_test)
unroll_test(support/quote_test)
