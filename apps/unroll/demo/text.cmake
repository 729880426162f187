# The text of `unroll demo lm`: the first 300,000 bytes of these files, one after the other, so that
# neither its size nor the time of its training changes with them. The last folders are a reserve.
set(demo_text_bytes 300000)
set(demo_text_files)
foreach(folder include/unroll src/nn src/optim src/train)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS
       ${PROJECT_SOURCE_DIR}/${folder}/*.h ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
  list(SORT files)
  list(APPEND demo_text_files ${files})
endforeach()
set(bytes 0)
foreach(file IN LISTS demo_text_files)
  file(SIZE ${file} size)
  math(EXPR bytes "${bytes} + ${size}")
endforeach()
if(bytes LESS demo_text_bytes)
  message(FATAL_ERROR "the text of `unroll demo lm` needs ${demo_text_bytes} bytes, and its files "
          "have ${bytes}: add a folder in apps/unroll/demo/text.cmake")
endif()
set(demo_text ${CMAKE_CURRENT_BINARY_DIR}/demo_text.txt)
add_custom_command(
  OUTPUT ${demo_text}
  COMMAND ${CMAKE_COMMAND} "-DFILES=${demo_text_files}" -DBYTES=${demo_text_bytes}
          "-DOUTPUT=${demo_text}" -P ${CMAKE_CURRENT_SOURCE_DIR}/demo/join_files.cmake
  DEPENDS ${demo_text_files} demo/join_files.cmake
  COMMENT "Joining the text of unroll demo lm"
  VERBATIM)
set(demo_sunspots ${CMAKE_CURRENT_SOURCE_DIR}/demo/sunspots.csv)
set_source_files_properties(demo/embedded.cc PROPERTIES
  OBJECT_DEPENDS "${demo_text};${demo_sunspots}"
  COMPILE_DEFINITIONS
    "UNROLL_DEMO_TEXT=\"${demo_text}\";UNROLL_DEMO_SUNSPOTS=\"${demo_sunspots}\"")
