target_sources(unroll_program PRIVATE
  output/print.cc
  output/progress.cc
  output/table.cc
)
