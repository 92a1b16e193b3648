// Rules of RFC 9112 and RFC 3986, told from what the decoders let pass.
#include "test/fuzz/http_rules.hpp"

#include <algorithm>

#include "hearth/log.hpp"
#include "hearth/net/http_message.hpp"
#include "hearth/net/http_url.hpp"
#include "test/fuzz/require.hpp"

namespace hearth::fuzz {

namespace {

using net::HttpHead;
using Role = net::HttpParser::Role;

bool is_visible(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void require_fields(const net::HttpHeaders& headers, const net::HttpLimits& limits) {
  std::size_t fields = 0;
  for (const auto& field : headers) {
    ++fields;
    require(net::is_http_token(field.name), "a field's name is a token", field.name);
    require(net::is_http_value(field.value), "a field's value holds no control character", field.value);
    const bool trimmed =
        field.value.empty() || (!is_blank(field.value.front()) && !is_blank(field.value.back()));
    require(trimmed, "a value has no white space around it", field.value);
    require(headers.find(field.name).has_value(), "a field that is there is found", field.name);
    require(headers.count(field.name) >= 1, "a field that is there is counted", field.name);
    auto list = field.value;
    for (std::string_view one; net::next_element(list, one);) {
      require(!one.empty() && one.find(',') == one.npos, "an element of a list is one", field.value);
      require(headers.has_token(field.name, one), "an element of a list is found", field.value);
    }
  }
  require(fields <= limits.max_headers, "no more headers than allowed");
  const auto lines_of = static_cast<std::size_t>(std::ranges::count(headers.lines(), '\n'));
  require(lines_of == fields, "each line is a field", headers.lines());
}

// Two readers of one stream must not find different ends of a body.
void require_framing(const HttpHead& head, Role role) {
  const auto lengths = head.headers.count("Content-Length"),
             codings = head.headers.count("Transfer-Encoding");
  if (head.body == HttpHead::Body::kChunked)
    require(head.headers.has_token("transfer-encoding", "Chunked"), "who sends chunks says so");
  if (head.body == HttpHead::Body::kLength)
    require(lengths != 0 && codings == 0 && head.length != 0, "a length is given where there is one");
  if (head.body == HttpHead::Body::kUntilClose)
    require(lengths + codings == 0, "a length that is given counts", head.headers.lines());
  if (role != Role::kRequests) return;
  require(lengths + codings <= 1, "a request's length is given once", head.headers.lines());
  require(head.headers.count("Host") <= 1, "one Host at most", head.headers.lines());
  require(head.minor == 0 || head.headers.find("host").has_value(), "a Host at least", head.headers.lines());
  require(head.body != HttpHead::Body::kUntilClose, "a request ends before its connection does");
  require(head.body == HttpHead::Body::kNone || lengths + codings == 1, "what has a body says so");
}

void require_decoding(std::string_view text) {
  const auto encoded = net::percent_encode(text);
  require(encoded.empty() || is_visible(encoded), "what is encoded can be sent", encoded);
  require(net::percent_decode(encoded, true) == text, "what is encoded decodes", encoded);
  if (const auto decoded = net::percent_decode(text))
    require(decoded->size() <= text.size(), "decoding adds nothing", text);
  const auto query = concat("a%=&k%65y=", encoded, "&key=x");
  require(net::query_value(query, "key") == text, "a query's value is what was put in", query);
}

// The first key of a query is found, whatever follows.
void require_query(std::string_view query) {
  const auto pair = query.substr(0, query.find('&'));
  const auto equals = std::min(pair.find('='), pair.size());
  const auto key = net::percent_decode(pair.substr(0, equals), true);
  if (!key || query.empty()) return;
  const auto value = net::percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
  require(net::query_value(query, *key) == value, "the first value of a key counts", query);
}

void require_target(std::string_view target) {
  require(is_visible(target), "a target is visible ASCII", target);
  const auto [path, query] = net::split_target(target);
  require(path == "*" || path.starts_with('/'), "a path begins with a slash", target);
  require(path.find('?') == path.npos, "a path ends before its query", target);
  require(path.size() + query.size() <= target.size() + 1, "a target's parts come from it", target);
  require_decoding(path);
  require_query(query);
  require_url(concat("http://host:8080", target));
}

}  // namespace

void require_head(const HttpHead& head, Role role, const net::HttpLimits& limits) {
  require_fields(head.headers, limits);
  require_framing(head, role);
  if (head.body == HttpHead::Body::kLength)
    require(head.length <= limits.max_body, "no body is announced that is larger than allowed");
  if (role == Role::kRequests) {
    require(net::is_http_token(head.method), "a method is a token", head.method);
    require_target(head.target);
  } else {
    require(head.status >= 100 && head.status <= 999, "a status has three digits");
    require(net::is_http_value(head.reason), "a reason holds no control character", head.reason);
  }
}

void require_url(std::string_view text) {
  require_decoding(text);
  require_query(text);
  const auto url = net::Url::parse(text);
  require(url.ok() || !url.error().words.empty(), "a refusal has words");
  if (!url.ok()) return;
  require(is_visible(url->host) && url->port != 0, "a URL has a host and a port", text);
  require(url->target.starts_with('/') && is_visible(url->target), "a URL has a target", text);
  require(url->target.find('#') == std::string::npos, "a fragment is not sent", text);
  const auto again = net::Url::parse(concat(url->scheme, "://", url->authority(), url->target));
  if (!again.ok() && text.size() + 1 >= net::Url::kMaxSize) return;  // a slash more
  require(again.ok(), "a URL written again can be read", text);
  const bool equal = again->scheme == url->scheme && again->host == url->host && again->port == url->port &&
                     again->target == url->target;
  require(equal, "a URL written again reads the same", text);
}

}  // namespace hearth::fuzz
