# Each of these runs the built program.
foreach(name apps/bad_input_test apps/forecast_test apps/resume_test apps/train_test apps/verbs_test)
  unroll_test(${name} nlohmann_json::nlohmann_json)
  string(REPLACE "/" "_" target ${name})
  add_dependencies(${target} unroll_program)
  target_compile_definitions(${target} PRIVATE
    UNROLL_PROGRAM="$<TARGET_FILE:unroll_program>"
    UNROLL_RECIPES="${PROJECT_SOURCE_DIR}/recipes")
endforeach()
