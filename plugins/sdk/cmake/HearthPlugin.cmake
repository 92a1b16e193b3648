# hearth_add_plugin(<name> SOURCES ... [LIBRARIES ...] [MESSAGES own.fbs ...]): a plugin from this folder's plugin.json and
# config.schema.json. Both, and the schemas of its own message types, become ELF notes that the server reads without running it.

# One ELF note of owner "hearth": type 1 manifest, 2 configuration schema, 3 a binary message schema (.bfbs); 4 is the ABI
# that it was built for, two 32-bit numbers.
function(_hearth_note out type file)
  set(${out} "
  .long 7, ${type}2f-${type}1f, ${type}
  .asciz \"hearth\"
  .balign 4
${type}1: .incbin \"${file}\"
${type}2: .balign 4" PARENT_SCOPE)
endfunction()

function(hearth_add_plugin name)
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES;MESSAGES")
  set(manifest ${CMAKE_CURRENT_SOURCE_DIR}/plugin.json)
  set(schema ${CMAKE_CURRENT_SOURCE_DIR}/config.schema.json)
  set(note ${CMAKE_CURRENT_BINARY_DIR}/${name}.note.cpp)
  set(depends ${manifest} ${schema})
  _hearth_note(notes 1 ${manifest})
  _hearth_note(more 2 ${schema})
  string(APPEND notes "${more}")

  set(generated ${CMAKE_CURRENT_BINARY_DIR}/messages)
  foreach(fbs IN LISTS arg_MESSAGES)
    get_filename_component(stem ${fbs} NAME_WE)
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/${fbs})
    add_custom_command(
      OUTPUT ${generated}/${stem}_generated.h ${generated}/${stem}.bfbs
      COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}
      COMMAND ${HEARTH_FLATC} --cpp --cpp-std c++17 -o ${generated} ${source}
      COMMAND ${HEARTH_FLATC} -b --schema --bfbs-builtins -o ${generated} ${source}
      DEPENDS ${source} VERBATIM)
    list(APPEND arg_SOURCES ${generated}/${stem}_generated.h)
    list(APPEND depends ${generated}/${stem}.bfbs)
    _hearth_note(more 3 ${generated}/${stem}.bfbs)
    string(APPEND notes "${more}")
  endforeach()

  # %note, not @note: @ opens a comment on ARM.
  file(CONFIGURE OUTPUT ${note} @ONLY CONTENT [=[
// The plugin's ELF notes: manifest, configuration schema, message schemas, ABI.
#include "hearth/abi.h"
#define HEARTH_TEXT_OF(number) #number
#define HEARTH_TEXT(number) HEARTH_TEXT_OF(number)
asm(R"(
  .pushsection .note.hearth, "a", %note
  .balign 4@notes@
  .long 7, 8, 4
  .asciz "hearth"
  .balign 4
)"
    "  .long " HEARTH_TEXT(HEARTH_ABI_MAJOR) ", " HEARTH_TEXT(HEARTH_ABI_MINOR) "\n"
    "  .popsection\n");
]=])
  set_source_files_properties(${note} PROPERTIES OBJECT_DEPENDS "${depends}" COMPILE_OPTIONS "-fno-lto")

  add_library(${name} MODULE ${arg_SOURCES} ${note})
  set_target_properties(${name} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON BUILD_RPATH "" INSTALL_RPATH "" LINK_DEPENDS ${map})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
  target_compile_options(${name} PRIVATE -ffunction-sections -fdata-sections)
  target_link_options(${name} PRIVATE LINKER:--version-script=${map} LINKER:--gc-sections
    LINKER:--as-needed LINKER:-z,relro,-z,now,-z,noexecstack LINKER:--build-id)
  if(NOT HEARTH_SANITIZE)  # clang's sanitizer runtime is in the executable; its symbols are undefined here
    target_link_options(${name} PRIVATE LINKER:--no-undefined)
  endif()
  target_link_libraries(${name} PRIVATE hearth_sdk ${arg_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY HEARTH_PLUGIN_TARGETS ${name})
endfunction()
