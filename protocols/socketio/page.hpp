// answer_page(): what a browser sees at http://the-house:5000/.
#ifndef HEARTH_MONITOR_PAGE_HPP
#define HEARTH_MONITOR_PAGE_HPP

#include <string_view>

#include "flow.hpp"
#include "hearth/net/http_message.hpp"

namespace hearth::monitor {

// The status page at "/"; 404 elsewhere, 405 for what isn't GET or HEAD. Numbers only: it asks for no token.
// `connections`: of clients that have joined, and of those that haven't yet.
net::HttpResponse answer_page(const net::HttpRequest& request, std::size_t connections,
                              const Flow::Counts& counts, std::string_view version);

}  // namespace hearth::monitor

#endif
