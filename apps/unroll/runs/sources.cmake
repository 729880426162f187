target_sources(unroll_program PRIVATE
  runs/log.cc
  runs/run_folder.cc
)
