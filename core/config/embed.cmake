# cmake -DINPUT=x.json -DOUTPUT=x.cpp -DNAME=kVariable -P embed.cmake: a source that holds a file as text.
file(READ "${INPUT}" text)
file(WRITE "${OUTPUT}" "// The text of a schema, made from its file by embed.cmake.
#include \"core/config/embedded.hpp\"

namespace hearth::config {

const std::string_view ${NAME} = R\"embedded(${text})embedded\";

}  // namespace hearth::config
")
