# The app behind the agent in the demo and the end-to-end tests: tests/app/*.cpp -> demo_app.
file(GLOB app_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/app/*.cpp)
if(app_sources)
  add_executable(demo_app ${app_sources})
  target_link_libraries(demo_app PRIVATE sallyport_http sallyport_openssl Threads::Threads PkgConfig::HTTPLIB)
endif()
