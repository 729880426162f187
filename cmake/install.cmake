# cmake --install: the library, its headers, the program, and what find_package(unroll) reads.
include(CMakePackageConfigHelpers)

set(unroll_config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/unroll)
install(TARGETS unroll EXPORT unroll-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/unroll DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN *.h)
install(EXPORT unroll-targets NAMESPACE unroll:: DESTINATION ${unroll_config_folder})
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/unroll-config.cmake.in ${PROJECT_BINARY_DIR}/unroll-config.cmake
  INSTALL_DESTINATION ${unroll_config_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/unroll-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/unroll-config.cmake
              ${PROJECT_BINARY_DIR}/unroll-config-version.cmake
        DESTINATION ${unroll_config_folder})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(TARGET unroll_program)
  set_target_properties(unroll_program PROPERTIES
    OUTPUT_NAME unroll RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  install(TARGETS unroll_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
