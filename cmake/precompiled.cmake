# Headers that most files include and that take longest to read, read once for each kind of target. They change nothing but
# the time: every file still includes what it uses, and the analyser (scripts/tidy) and -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON
# compile without them.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(precompiled_options -fpch-preprocess)
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(precompiled_options "SHELL:-Xclang -fno-pch-timestamp")
endif()

# Headers of its own for a target: the kinds that it needs.
function(sallyport_precompile target)
  list(TRANSFORM ARGN REPLACE "(.+)" "${CMAKE_SOURCE_DIR}/cmake/precompiled/\\1.hpp" OUTPUT_VARIABLE headers)
  target_compile_options(${target} PRIVATE ${precompiled_options})
  target_precompile_headers(${target} PRIVATE ${headers})
endfunction()

# A target that has the header for others: sallyport_reuse_precompiled(target kind). Further arguments are what it links.
function(sallyport_precompiled kind)
  add_library(sallyport_precompiled_${kind} OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled/empty.cpp)
  target_link_libraries(sallyport_precompiled_${kind} PRIVATE sallyport_flags ${ARGN})
  sallyport_precompile(sallyport_precompiled_${kind} ${kind})
endfunction()

function(sallyport_reuse_precompiled target kind)
  target_compile_options(${target} PRIVATE ${precompiled_options})
  target_precompile_headers(${target} REUSE_FROM sallyport_precompiled_${kind})
endfunction()

# Several files compiled as one, where a build is made whole rather than edited in: headers are read, and templates made,
# once for all of them. What two files of a room name alike in their own corners collides there, and has one name or one
# place. Preset dev compiles each file alone.
option(SALLYPORT_READ_TOGETHER "Compile several files of a layer as one" OFF)
# Names of other files are no concern of a file; those of the headers that it includes are, which preset dev sees.
add_library(sallyport_read_together INTERFACE)
target_compile_options(sallyport_read_together INTERFACE -Wno-shadow)
function(sallyport_read_together target together)
  if(together)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
    target_link_libraries(${target} PRIVATE sallyport_read_together)
  endif()
endfunction()
