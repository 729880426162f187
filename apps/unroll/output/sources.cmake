target_sources(unroll_program PRIVATE
  output/figures.cc
  output/print.cc
  output/progress.cc
  output/table.cc
)
