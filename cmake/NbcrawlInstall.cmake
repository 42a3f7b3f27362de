# `cmake --install`: the library, the public headers, the command, and how others find them.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/nbcrawl)

install(TARGETS nbcrawl EXPORT nbcrawlTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/nbcrawl DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
if(TARGET nbcrawl_cli)
  install(TARGETS nbcrawl_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# find_package(nbcrawl)
install(EXPORT nbcrawlTargets NAMESPACE nbcrawl:: DESTINATION ${package_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/nbcrawlConfig.cmake.in
  ${PROJECT_BINARY_DIR}/nbcrawlConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/nbcrawlConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/nbcrawlConfig.cmake ${PROJECT_BINARY_DIR}/nbcrawlConfigVersion.cmake
  DESTINATION ${package_dir})

# pkg-config nbcrawl. The prefix is found from the file's own place, so that --prefix at install time holds.
file(RELATIVE_PATH NBCRAWL_PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${CMAKE_CURRENT_LIST_DIR}/nbcrawl.pc.in ${PROJECT_BINARY_DIR}/nbcrawl.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/nbcrawl.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
