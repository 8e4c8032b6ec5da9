# The native hosts: OpenSSL behind the crypto port, and the program `sallyport`.
find_package(OpenSSL 3 REQUIRED)
find_package(Threads REQUIRED)
# As the distribution built it: its classes differ by what it was built with, and pkg-config knows.
find_package(PkgConfig REQUIRED)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)

file(GLOB openssl_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/agent/openssl/*.cpp)
if(openssl_sources)
  add_library(sallyport_openssl STATIC ${openssl_sources})
  target_link_libraries(sallyport_openssl PUBLIC sallyport_crypto PRIVATE OpenSSL::Crypto)
endif()

file(GLOB_RECURSE agent_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/agent/*.cpp)
list(FILTER agent_sources EXCLUDE REGEX "/agent/(openssl|main\\.cpp)")
# clang 14 cannot compile coroutines under AddressSanitizer ("difference across sections"): the fuzz build does without
# the agent; preset asan (g++) has it.
if(agent_sources AND EXISTS ${CMAKE_SOURCE_DIR}/agent/main.cpp AND NOT SALLYPORT_FUZZ)
  add_library(sallyport_agent STATIC ${agent_sources})
  target_compile_definitions(sallyport_agent PUBLIC SALLYPORT_VERSION="${PROJECT_VERSION}")
  target_link_libraries(sallyport_agent PUBLIC sallyport_shared sallyport_openssl Threads::Threads OpenSSL::SSL PkgConfig::HTTPLIB)
  target_compile_options(sallyport_agent PRIVATE ${precompiled_options})
  target_precompile_headers(sallyport_agent PRIVATE cmake/precompiled/agent.hpp)
  add_executable(sallyport ${CMAKE_SOURCE_DIR}/agent/main.cpp)
  target_link_libraries(sallyport PRIVATE sallyport_agent)
endif()
