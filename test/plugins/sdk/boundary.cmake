# A source of a plugin that includes a header of core must fail to compile; the same without it must compile.
file(MAKE_DIRECTORY ${FOLDER})
set(flags)
foreach(path IN LISTS PATHS)
  list(APPEND flags -I${path})
endforeach()

function(compile name line out)
  file(WRITE ${FOLDER}/${name}.cpp "${line}\n#include \"hearth/protocol.hpp\"\n")
  execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only ${flags} ${FOLDER}/${name}.cpp
                  RESULT_VARIABLE result ERROR_VARIABLE words)
  set(${out} ${result} PARENT_SCOPE)
  set(words "${words}" PARENT_SCOPE)
endfunction()

compile(without "" failed)
if(failed)
  message(FATAL_ERROR "a plugin that keeps to the SDK doesn't compile:\n${words}")
endif()
foreach(header core/bus/bus.hpp core/log/utf8.hpp bus/bus.hpp log/utf8.hpp)
  compile(with "#include \"${header}\"" failed)
  if(NOT failed OR NOT words MATCHES "${header}")
    message(FATAL_ERROR "a plugin reaches ${header}, or fails for another reason:\n${words}")
  endif()
endforeach()

# A path relative to the source would get round the include paths.
file(GLOB_RECURSE sources ${ROOT}/protocols/*.[ch]pp ${ROOT}/drivers/*.[ch]pp ${ROOT}/plugins/*.[ch]pp ${ROOT}/plugins/*.h)
foreach(source IN LISTS sources)
  file(STRINGS ${source} includes REGEX "^[ \t]*#[ \t]*include[ \t]*[\"<][^\">]*core/")
  if(includes)
    message(FATAL_ERROR "${source} includes a header of core: ${includes}")
  endif()
endforeach()
