// The headers that tests_precompiled compiles are for the tests; gtest_main has a main().
