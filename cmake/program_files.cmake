# The manual page and the completions of shells, which the program writes itself.
if(CMAKE_CROSSCOMPILING)
  return()  # it does not run here
endif()

set(made_by_program)
# made_by_program(FILE FOLDER ARGUMENTS...): FILE is what the program prints, installed in FOLDER.
function(made_by_program file folder)
  set(path ${PROJECT_BINARY_DIR}/program_files/${file})
  add_custom_command(OUTPUT ${path} COMMAND unroll_program ${ARGN} > ${path}
                     DEPENDS unroll_program VERBATIM)
  install(FILES ${path} DESTINATION ${folder} COMPONENT program)
  set(made_by_program ${made_by_program} ${path} PARENT_SCOPE)
endfunction()

file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/program_files)
made_by_program(unroll.1 ${CMAKE_INSTALL_MANDIR}/man1 man)
made_by_program(unroll ${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions completions bash)
made_by_program(_unroll ${CMAKE_INSTALL_DATAROOTDIR}/zsh/vendor-completions completions zsh)
made_by_program(unroll.fish ${CMAKE_INSTALL_DATAROOTDIR}/fish/vendor_completions.d completions fish)
add_custom_target(program_files ALL DEPENDS ${made_by_program})
