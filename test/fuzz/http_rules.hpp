// What must hold of every HTTP head that was accepted, and of every URL.
#ifndef HEARTH_TEST_FUZZ_HTTP_RULES_HPP
#define HEARTH_TEST_FUZZ_HTTP_RULES_HPP

#include <string_view>

#include "hearth/net/http_parser.hpp"

namespace hearth::fuzz {

// Its fields, how it says what body follows, and the target of a request.
void require_head(const net::HttpHead& head, net::HttpParser::Role role, const net::HttpLimits& limits);

// Whether `text` is one or not; it is read as a query too.
void require_url(std::string_view text);

}  // namespace hearth::fuzz

#endif
