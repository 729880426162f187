# cmake --install: the program, the library, and what it takes to build against it, a component each.
include(CMakePackageConfigHelpers)

if(TARGET unroll_program)
  install(TARGETS unroll_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
endif()
install(TARGETS unroll_shared EXPORT unroll-shared
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        COMPONENT library NAMELINK_COMPONENT development)
install(TARGETS unroll EXPORT unroll-static
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/unroll DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT development FILES_MATCHING PATTERN *.h)

# find_package(unroll): two files of targets, because development may be installed without library.
set(unroll_config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/unroll)
foreach(library shared static)
  install(EXPORT unroll-${library} NAMESPACE unroll:: FILE unroll-${library}-targets.cmake
          DESTINATION ${unroll_config_folder} COMPONENT development)
endforeach()
set(unroll_shared_file ${CMAKE_INSTALL_LIBDIR}/libunroll.so.${PROJECT_VERSION})
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/unroll-config.cmake.in ${PROJECT_BINARY_DIR}/unroll-config.cmake
  INSTALL_DESTINATION ${unroll_config_folder} PATH_VARS unroll_shared_file)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/unroll-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/unroll-config.cmake
              ${PROJECT_BINARY_DIR}/unroll-config-version.cmake
        DESTINATION ${unroll_config_folder} COMPONENT development)

# pkg-config: the prefix is found from where the file lies.
set(unroll_pkgconfig_folder ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH unroll_prefix ${unroll_pkgconfig_folder} ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" unroll_prefix ${unroll_prefix})
file(RELATIVE_PATH unroll_libdir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH unroll_includedir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(${CMAKE_CURRENT_LIST_DIR}/unroll.pc.in ${PROJECT_BINARY_DIR}/unroll.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/unroll.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT development)

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
