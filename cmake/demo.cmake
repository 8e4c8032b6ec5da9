# The app behind the agent in the demo and the end-to-end tests: demo/app/*.cpp -> demo_app.
file(GLOB app_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/demo/app/*.cpp)
if(app_sources)
  add_executable(demo_app ${app_sources})
  target_link_libraries(demo_app PRIVATE sallyport_http sallyport_openssl Threads::Threads PkgConfig::HTTPLIB)
endif()
