unroll_test(jobs/jobs_test)
