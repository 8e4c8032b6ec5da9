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
# Each command has its own `options`.
file(GLOB command_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/agent/cli/*.cpp)
set_source_files_properties(${command_sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
list(FILTER agent_sources EXCLUDE REGEX "/agent/(openssl|main\\.cpp)")
# clang 14 cannot compile coroutines under AddressSanitizer ("difference across sections"): the fuzz build does without
# the agent; preset asan (g++) has it.
if(agent_sources AND EXISTS ${CMAKE_SOURCE_DIR}/agent/main.cpp AND NOT SALLYPORT_FUZZ)
  add_library(sallyport_agent STATIC ${agent_sources})
  target_compile_definitions(sallyport_agent PUBLIC SALLYPORT_VERSION="${PROJECT_VERSION}")
  target_link_libraries(sallyport_agent PUBLIC sallyport_shared sallyport_policy_cases sallyport_openssl Threads::Threads OpenSSL::SSL PkgConfig::HTTPLIB)
  sallyport_read_together(sallyport_agent ${SALLYPORT_READ_TOGETHER})
  sallyport_precompile(sallyport_agent agent)
  add_executable(sallyport ${CMAKE_SOURCE_DIR}/agent/main.cpp)
  target_link_libraries(sallyport PRIVATE sallyport_agent)
endif()

# The agent once more, under the sanitizers, for its tests (stage memory). The core that it links is not: the sanitized build
# of the core's own tests is (preset fuzz). UBSan's vptr check needs RTTI, which the core does without.
if(TARGET sallyport_agent AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT SALLYPORT_SANITIZE)
  add_library(sallyport_agent_sanitized STATIC EXCLUDE_FROM_ALL ${agent_sources})
  target_compile_definitions(sallyport_agent_sanitized PUBLIC SALLYPORT_VERSION="${PROJECT_VERSION}")
  target_link_libraries(sallyport_agent_sanitized PUBLIC sallyport_shared sallyport_policy_cases sallyport_openssl Threads::Threads OpenSSL::SSL PkgConfig::HTTPLIB)
  target_compile_options(sallyport_agent_sanitized PUBLIC -fsanitize=address,undefined -fno-sanitize=vptr
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(sallyport_agent_sanitized PUBLIC -fsanitize=address,undefined)
  sallyport_read_together(sallyport_agent_sanitized ON)
  sallyport_precompile(sallyport_agent_sanitized agent)
endif()
