# bench/<name>.cpp -> bench_<name>: what the measurements in bench/ are made with. Built only when asked for.
file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/*.cpp)
foreach(source ${bench_sources})
  get_filename_component(name ${source} NAME_WE)
  add_executable(bench_${name} EXCLUDE_FROM_ALL ${source})
  target_link_libraries(bench_${name} PRIVATE sallyport_shared sallyport_openssl)
endforeach()
