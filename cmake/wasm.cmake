# Two modules from the same objects: the Worker's core (build/wasm/sallyport.{js,wasm}) and the probe for the parity
# tests (build/wasm/tests/probe.{js,wasm}).

# Debian's Emscripten finds its JavaScript libraries (acorn) through Debian's folder of Node modules, also when another
# Node runs it.
set(link_environment ${emscripten_environment})
if(NOT DEFINED ENV{NODE_PATH} AND EXISTS /usr/share/nodejs)
  list(APPEND link_environment NODE_PATH=/usr/share/nodejs)
endif()
if(link_environment)
  list(JOIN link_environment " " link_environment)
  set(wasm_launcher "${CMAKE_COMMAND} -E env ${link_environment}")
endif()

add_library(sallyport_node_crypto STATIC ${CMAKE_SOURCE_DIR}/wasm/host_crypto.cpp)
target_link_libraries(sallyport_node_crypto PUBLIC sallyport_crypto PRIVATE sallyport_core_dialect)
# EM_JS is a GNU extension by design.
target_compile_options(sallyport_node_crypto PRIVATE -Wno-gnu-zero-variadic-macro-arguments -Wno-dollar-in-identifier-extension)

# Workers forbid eval and compile Wasm only ahead of time: no dynamic execution, the module comes from outside through
# instantiateWasm. STRICT leaves out what a program of today does not need. -O3, because a fresh isolate runs what V8's
# baseline compiler makes of the code, and that takes half the time. The preset's -flto makes the module 5 % smaller and a
# decision a tenth cheaper.
set(wasm_link_options
  -O3 -fno-exceptions -fno-rtti
  -sSTRICT=1 -sDYNAMIC_EXECUTION=0 -sMODULARIZE=1 -sEXPORT_ES6=1 -sUSE_ES6_IMPORT_META=0 -sENVIRONMENT=web
  -sFILESYSTEM=0 -sALLOW_MEMORY_GROWTH=1 -sINITIAL_MEMORY=4194304 -sTOTAL_STACK=262144 -sMALLOC=emmalloc
  -sINCOMING_MODULE_JS_API=[instantiateWasm,crypto,print,printErr,onAbort] -sAUTO_JS_LIBRARIES=0)

function(sallyport_wasm_program name)
  set_target_properties(${name} PROPERTIES SUFFIX ".js")
  target_link_options(${name} PRIVATE ${wasm_link_options})
  set_property(TARGET ${name} PROPERTY RULE_LAUNCH_LINK "${wasm_launcher}")
endfunction()

if(EXISTS ${CMAKE_SOURCE_DIR}/wasm/bindings.cpp)
  file(GLOB binding_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/wasm/*.cpp)
  list(FILTER binding_sources EXCLUDE REGEX "host_crypto")
  add_executable(sallyport_edge ${binding_sources})
  target_link_libraries(sallyport_edge PRIVATE sallyport_core_dialect sallyport_shared sallyport_node_crypto)
  target_compile_definitions(sallyport_edge PRIVATE EMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0)
  set_target_properties(sallyport_edge PROPERTIES OUTPUT_NAME sallyport)
  sallyport_wasm_program(sallyport_edge)
  target_link_options(sallyport_edge PRIVATE --bind --no-entry)
endif()

file(GLOB probe_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/probe/*.cpp)
add_executable(probe ${probe_sources} ${CMAKE_SOURCE_DIR}/tests/probe/wasm/main.cpp)
target_link_libraries(probe PRIVATE sallyport_core_dialect sallyport_shared sallyport_policy_cases sallyport_node_crypto)
set_target_properties(probe PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
sallyport_reuse_precompiled(probe core)
sallyport_wasm_program(probe)
target_link_options(probe PRIVATE --no-entry "-sEXPORTED_FUNCTIONS=[_probe_reserve,_probe_respond,_probe_answer]")

# tsc reads the types of the generated module beside it.
configure_file(${CMAKE_SOURCE_DIR}/wasm/core.d.ts ${CMAKE_BINARY_DIR}/sallyport.d.ts COPYONLY)
