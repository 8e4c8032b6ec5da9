# One interface library carries the warnings and the dialect; everything of ours links it.
add_library(sallyport_flags INTERFACE)
target_compile_options(sallyport_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
# Not where users build what they run: their compiler may warn of what ours does not.
option(SALLYPORT_WARNINGS_ARE_ERRORS "-Werror" ON)
if(SALLYPORT_WARNINGS_ARE_ERRORS)
  target_compile_options(sallyport_flags INTERFACE -Werror)
endif()
# With precompiled headers, g++ 12 sees accesses to strings out of bounds that are none.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(sallyport_flags INTERFACE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()
target_include_directories(sallyport_flags INTERFACE ${CMAKE_SOURCE_DIR}/shared ${CMAKE_SOURCE_DIR})

# What the core may not use is switched off where the core is compiled, so that a slip does not build.
add_library(sallyport_core_dialect INTERFACE)
target_compile_options(sallyport_core_dialect INTERFACE -fno-exceptions -fno-rtti)
if(EMSCRIPTEN)
  # Header-only packages of the host (nlohmann_json): only their folders, never the host's libc headers.
  set(SALLYPORT_HOST_INCLUDE "/usr/include" CACHE PATH "where nlohmann/ is installed")
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/host_include)
  file(CREATE_LINK ${SALLYPORT_HOST_INCLUDE}/nlohmann ${CMAKE_BINARY_DIR}/host_include/nlohmann SYMBOLIC)
  target_include_directories(sallyport_core_dialect SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/host_include)
endif()

if(SALLYPORT_SANITIZE)
  # UBSan's vptr check needs RTTI, which the core does without.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=address,undefined)
endif()
if(SALLYPORT_FUZZ)
  # Coverage feedback from everything, so that the fuzzer finds its way into the layers.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
