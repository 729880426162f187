# Installs unroll into its build folder, and builds and runs the consumer against it: with
# find_package, with pkg-config, and each with the shared and with the static library.
cmake_policy(VERSION 3.22)
set(work ${unroll_build}/consumer)
set(prefix ${work}/prefix)
file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work})

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY
                  WORKING_DIRECTORY ${work} OUTPUT_VARIABLE output ECHO_OUTPUT_VARIABLE)
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(expected "step: 0.3696 0.3696 0.3696
language model: abcdeabc
classifier: accuracy 1.00
series: yearly, 10 windows, AR(2) errs by less than 1e-3: 1
gradients: 2 parameters, passed: 1
exceptions
")
function(run_consumer)
  run(${ARGN})
  if(NOT output STREQUAL expected)
    message(FATAL_ERROR "the consumer printed\n${output}wanted\n${expected}")
  endif()
endfunction()

set(flags)
if(sanitize)
  set(flags -fsanitize=${sanitize})
endif()
set(configure ${CMAKE_COMMAND} -S ${consumer} -G ${generator}
    -D CMAKE_BUILD_TYPE=${build_type} -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_CXX_FLAGS=${flags}
    # Private and header-only: a consumer does not need them.
    -D CMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON -D CMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON)

# The component alone: no shared library, and its link leads nowhere.
run(${CMAKE_COMMAND} --install ${unroll_build} --prefix ${work}/development --component development)
run(${configure} -B ${work}/development-build -D CMAKE_PREFIX_PATH=${work}/development
    -D type=STATIC_LIBRARY)

run(${CMAKE_COMMAND} --install ${unroll_build} --prefix ${prefix})
if(program)
  run(${prefix}/bin/unroll --help)
endif()
run(${configure} -B ${work}/build -D CMAKE_PREFIX_PATH=${prefix} -D type=SHARED_LIBRARY)
run(${CMAKE_COMMAND} --build ${work}/build)
run_consumer(${work}/build/with_unroll)
run_consumer(${work}/build/with_static)

find_program(pkg_config pkg-config)
if(NOT pkg_config)
  message("no pkg-config: unroll.pc is not tried")
  return()
endif()
file(GLOB_RECURSE folder ${prefix}/unroll.pc)
cmake_path(GET folder PARENT_PATH folder)
set(ENV{PKG_CONFIG_PATH} ${folder})
function(flags_of_unroll result)
  run(${pkg_config} ${ARGN} unroll)
  separate_arguments(output UNIX_COMMAND "${output}")
  set(${result} ${output} PARENT_SCOPE)
endfunction()
flags_of_unroll(compile_flags --cflags)
flags_of_unroll(shared --libs)
flags_of_unroll(static --libs --static)
list(TRANSFORM static REPLACE "^-lunroll$" "-l:libunroll.a")
flags_of_unroll(libdir --variable=libdir)

run(${compiler} -std=c++20 ${flags} ${compile_flags} -c ${consumer}/main.cc -o main.o)
run(${compiler} ${flags} main.o ${shared} -Wl,-rpath,${libdir} -o pkg_config_shared)
run_consumer(./pkg_config_shared)
run(${compiler} ${flags} main.o ${static} -o pkg_config_static)
run_consumer(./pkg_config_static)
