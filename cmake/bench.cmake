# bench/<name>.cpp -> bench_<name>: what the measurements in bench/ are made with. Built only when asked for, but for the simulation,
# whose small form is a test.
file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/*.cpp)
foreach(source ${bench_sources})
  get_filename_component(name ${source} NAME_WE)
  add_executable(bench_${name} EXCLUDE_FROM_ALL ${source})
  target_link_libraries(bench_${name} PRIVATE sallyport_shared sallyport_openssl)
endforeach()

file(GLOB sim_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/sim/*.cpp)
target_sources(bench_wake_sim PRIVATE ${sim_sources})
target_link_libraries(bench_wake_sim PRIVATE Threads::Threads)
set_target_properties(bench_wake_sim PROPERTIES EXCLUDE_FROM_ALL FALSE)
add_test(NAME wake_sim COMMAND bench_wake_sim --quick)
