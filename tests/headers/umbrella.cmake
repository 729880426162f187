# unroll/unroll.h includes every public header, and none of the libraries that unroll is built with.
cmake_policy(VERSION 3.22)
set(umbrella unroll/unroll.h)
execute_process(COMMAND ${compiler} -std=c++20 -I . -M ${umbrella}
                WORKING_DIRECTORY ${include_folder}
                OUTPUT_VARIABLE included COMMAND_ERROR_IS_FATAL ANY)

file(STRINGS ${include_folder}/${umbrella} lines REGEX "^#include \"")
foreach(header ${headers})
  if(NOT header STREQUAL umbrella AND NOT "#include \"${header}\"" IN_LIST lines)
    message(SEND_ERROR "${umbrella} lacks this line: #include \"${header}\"")
  endif()
endforeach()
foreach(library hwy/ nlohmann/ Eigen/ omp.h fmt/ CLI/ toml zlib.h minizip/ csv.h)
  if(included MATCHES "[^ \n]*/${library}[^ \n]*")
    message(SEND_ERROR "${umbrella} pulls in ${CMAKE_MATCH_0}; public headers must not")
  endif()
endforeach()
