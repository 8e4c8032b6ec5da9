# tests/fuzz/<name>.cpp -> fuzz_<name>; each opens with the invariant it tests. Corpora: tests/fuzz/corpus/<name>/.
file(GLOB fuzz_support_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/support/*.cpp)
add_library(sallyport_fuzz_support STATIC ${fuzz_support_sources})
target_link_libraries(sallyport_fuzz_support PUBLIC sallyport_shared sallyport_openssl)

file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/*.cpp)
foreach(source ${fuzz_sources})
  get_filename_component(name ${source} NAME_WE)
  add_executable(fuzz_${name} ${source})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_${name} PRIVATE sallyport_fuzz_support)
endforeach()
