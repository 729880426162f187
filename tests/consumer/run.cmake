# Installs unroll into its build folder, and configures, builds and runs the consumer against it.
cmake_policy(VERSION 3.22)
set(work ${unroll_build}/consumer)
set(prefix ${work}/prefix)
file(REMOVE_RECURSE ${work})

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY
                  OUTPUT_VARIABLE output ECHO_OUTPUT_VARIABLE)
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(flags)
if(sanitize)
  set(flags -fsanitize=${sanitize})
endif()
run(${CMAKE_COMMAND} --install ${unroll_build} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${consumer} -B ${work}/build -G ${generator}
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_BUILD_TYPE=${build_type}
    -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_CXX_FLAGS=${flags}
    # Private and header-only: a consumer does not need them.
    -D CMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON -D CMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON)
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/consumer)

# h = sigmoid(1)·tanh(sigmoid(1)·tanh(1)), three times.
set(expected "0.3696 0.3696 0.3696 \n")
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "the consumer printed '${output}'; wanted '${expected}'")
endif()
if(program)
  run(${prefix}/bin/unroll --help)
endif()
