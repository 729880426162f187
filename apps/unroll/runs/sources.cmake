target_sources(unroll_program PRIVATE
  runs/forecasts.cc
  runs/log.cc
  runs/predictions.cc
  runs/run_folder.cc
  runs/sequence_result.cc
  runs/text_generator.cc
)
