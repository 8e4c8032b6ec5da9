# The layers of shared/, leftmost first: a layer links, and includes, only what stands left of it. scripts/check_layers.mjs
# reads the arrows from here: sallyport_layer(FOLDER LAYERS-IT-NEEDS...), what those need among them.
# Sources are found by folder, so that a new file needs no edit here; a folder inside may be a layer of its own.
function(sallyport_layer folder)
  string(REPLACE "/" "_" name ${folder})
  list(TRANSFORM ARGN REPLACE "/" "_" OUTPUT_VARIABLE needed)
  list(TRANSFORM needed PREPEND sallyport_)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/shared/${folder}/*.cpp)
  if(folder STREQUAL "policy")
    list(FILTER sources EXCLUDE REGEX "/shared/policy/(load|cases)/")
  endif()
  if(NOT sources)
    add_library(sallyport_${name} INTERFACE)
    target_link_libraries(sallyport_${name} INTERFACE sallyport_flags ${needed})
    return()
  endif()
  add_library(sallyport_${name} STATIC ${sources})
  target_link_libraries(sallyport_${name} PUBLIC sallyport_flags PRIVATE sallyport_core_dialect PUBLIC ${needed})
  sallyport_read_together(sallyport_${name} ${SALLYPORT_READ_TOGETHER})
  if(EMSCRIPTEN AND folder IN_LIST layers_for_size)
    target_compile_options(sallyport_${name} PRIVATE -Os)
    sallyport_precompile(sallyport_${name} core)
  else()
    sallyport_reuse_precompiled(sallyport_${name} core)
  endif()
endfunction()

# Each has a `table` of its functions.
file(GLOB function_tables CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/shared/cel/functions/*.cpp)
set_source_files_properties(${function_tables} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

# Off the path of requests. At the edge their size counts, since a fresh isolate compiles them, and their speed does not.
set(layers_for_size aws wake jobs)

sallyport_precompiled(core sallyport_core_dialect)

sallyport_layer(core)
sallyport_layer(encoding core)
# What people write, policies and configurations: positions, advice, units.
sallyport_layer(document encoding)
sallyport_layer(regex encoding)
sallyport_layer(crypto encoding)
# http hashes bodies (RFC 9530), so the port stands left of it.
sallyport_layer(http crypto)
sallyport_layer(caching http)
sallyport_layer(jose crypto)
sallyport_layer(channel jose)
sallyport_layer(httpsig http)
sallyport_layer(cel regex document)
sallyport_layer(aws http jose)
# What decides does not read the document: that is the room inside.
sallyport_layer(policy cel http)
sallyport_layer(policy/load policy aws)
# Cases that authors write beside a policy, and explanations: for the command line, and the probe that compares builds.
sallyport_layer(policy/cases policy/load)
# Signing in at the edge: what is sealed, read and decided before policy is asked.
sallyport_layer(login policy jose)
sallyport_layer(audit encoding)
sallyport_layer(wake aws)
sallyport_layer(jobs aws)
sallyport_layer(gate login channel httpsig caching audit)
sallyport_layer(operations gate wake jobs)

add_library(sallyport_shared INTERFACE)
target_link_libraries(sallyport_shared INTERFACE sallyport_operations sallyport_policy_load)
