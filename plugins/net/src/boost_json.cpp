// Boost.JSON's own source, compiled here and not linked from a library, so that a plugin carries only the
// parts that it uses.
#define BOOST_JSON_STATIC_LINK
#include <boost/json/src.hpp>
