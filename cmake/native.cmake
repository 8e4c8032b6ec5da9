# The native hosts: OpenSSL behind the crypto port, and the program `sallyport`.
find_package(OpenSSL 3 REQUIRED)
find_package(Threads REQUIRED)

file(GLOB openssl_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/agent/openssl/*.cpp)
if(openssl_sources)
  add_library(sallyport_openssl STATIC ${openssl_sources})
  target_link_libraries(sallyport_openssl PUBLIC sallyport_crypto PRIVATE OpenSSL::Crypto)
endif()

file(GLOB_RECURSE agent_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/agent/*.cpp)
list(FILTER agent_sources EXCLUDE REGEX "/agent/(openssl|main\\.cpp)")
if(agent_sources AND EXISTS ${CMAKE_SOURCE_DIR}/agent/main.cpp)
  add_library(sallyport_agent STATIC ${agent_sources})
  target_link_libraries(sallyport_agent PUBLIC sallyport_shared sallyport_openssl Threads::Threads OpenSSL::SSL)
  add_executable(sallyport ${CMAKE_SOURCE_DIR}/agent/main.cpp)
  target_link_libraries(sallyport PRIVATE sallyport_agent)
endif()
