# Each of these runs the built program.
foreach(name apps/bad_input_test apps/bench_test apps/demo_test apps/forecast_test apps/formats_test
             apps/initial_state_test apps/report_test apps/resume_test apps/sequence_bad_input_test
             apps/sequence_options_test apps/sequence_resume_test apps/sequences_test
             apps/series_files_test apps/stateful_forecast_test apps/tables_test apps/train_test apps/verbs_test)
  unroll_test(${name} nlohmann_json::nlohmann_json)
  string(REPLACE "/" "_" target ${name})
  add_dependencies(${target} unroll_program)
  if(UNROLL_SANITIZE)
    # The program is what is tested: with the sanitizers its tests take four times as long to compile.
    target_compile_options(${target} PRIVATE -fno-sanitize=all)
    set_target_properties(${target} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)
  endif()
  target_compile_definitions(${target} PRIVATE
    UNROLL_PROGRAM="$<TARGET_FILE:unroll_program>"
    UNROLL_RECIPES="${PROJECT_SOURCE_DIR}/recipes")
endforeach()
find_package(pugixml REQUIRED)
target_link_libraries(apps_report_test PRIVATE pugixml::pugixml)
# The parts of `unroll demo`.
find_package(fmt REQUIRED)
foreach(name count_model cylinder_bell_funnel layout nearest_neighbour)
  unroll_test(apps/demo/${name}_test fmt::fmt)
  target_sources(apps_demo_${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/apps/unroll/demo/${name}.cc)
  target_include_directories(apps_demo_${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/apps/unroll)
endforeach()
