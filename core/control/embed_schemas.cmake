# cmake -DFOLDER=dir -DNAMES="value,device" -DOUTPUT=file.cpp -P embed_schemas.cmake: a source that holds FOLDER/NAME.bfbs.
string(REPLACE "," ";" names "${NAMES}")
set(arrays "")
set(list "")
foreach(name IN LISTS names)
  file(READ "${FOLDER}/${name}.bfbs" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "alignas(8) constexpr std::uint8_t k_${name}[] = {${bytes}};\n")
  string(APPEND list "{k_${name}, sizeof k_${name}}, ")
endforeach()
file(WRITE "${OUTPUT}" "// The message schemas, made from their files by embed_schemas.cmake.
#include \"core/control/embedded_schemas.hpp\"

#include <cstdint>

namespace hearth::core {
namespace {
${arrays}}  // namespace

std::vector<hearth_bytes> embedded_schemas() { return {${list}}; }

}  // namespace hearth::core
")
