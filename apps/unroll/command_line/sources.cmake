target_sources(unroll_program PRIVATE
  command_line/command_line.cc
  command_line/completions.cc
  command_line/help.cc
  command_line/manual.cc
  command_line/parser.cc
)
