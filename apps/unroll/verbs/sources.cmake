target_sources(unroll_program PRIVATE
  verbs/bench.cc
  verbs/check.cc
  verbs/check_sequences.cc
  verbs/eval.cc
  verbs/generate.cc
  verbs/help_verbs.cc
  verbs/info.cc
  verbs/predict.cc
  verbs/report.cc
  verbs/train_command.cc
  verbs/train_forecast.cc
  verbs/train_lm.cc
  verbs/train_sequences.cc
  verbs/verbs.cc
)
