# hearth_add_test(<name> SOURCES ... [LIBRARIES ...]): a Catch2 program, one ctest entry.
find_package(Catch2 2.13 REQUIRED)

add_library(hearth_catch_main OBJECT ${CMAKE_SOURCE_DIR}/test/catch_main.cpp)
target_link_libraries(hearth_catch_main PUBLIC Catch2::Catch2)

function(hearth_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE hearth_catch_main hearth_sdk ${arg_LIBRARIES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endfunction()
