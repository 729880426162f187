target_sources(unroll_program PRIVATE
  options/dtype.cc
  options/forecast_options.cc
  options/head_options.cc
  options/initial_state.cc
  options/model_options.cc
  options/options.cc
  options/options_toml.cc
  options/sequence_options.cc
  options/threads.cc
  options/train_lm_options.cc
  options/training_options.cc
)
