// RFC 9112, sections 2 to 6, line by line.
#include "http_line.hpp"

#include <algorithm>
#include <charconv>

namespace hearth::net {

namespace {

constexpr HttpFault kFine{};
constexpr std::size_t kMaxMethod = 32;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "HTTP/1.1". 0 for what isn't a version at all.
int status_of_version(std::string_view text, int& minor) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || text[6] != '.' || !is_digit(text[5]) ||
      !is_digit(text[7]))
    return 400;
  minor = text[7] == '0' ? 0 : 1;
  return text[5] == '1' ? 0 : 505;
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// The four forms of RFC 9112, section 3.2.
HttpFault check_target(const HttpHead& head) {
  const auto target = head.target;
  if (head.method == "CONNECT") return {501, "CONNECT is not for this server"};
  const bool absolute = equal_without_case(target.substr(0, 7), "http://") ||
                        equal_without_case(target.substr(0, 8), "https://");
  const bool known = target.starts_with('/') || absolute || (target == "*" && head.method == "OPTIONS");
  if (!known || !is_visible(target) || target.find('#') != std::string_view::npos)
    return {400, "the request's target is malformed"};
  return kFine;
}

// RFC 3986, section 3.2.2, as far as the characters go.
bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._~:[]%!$&'()*+,;=").find(c) != std::string_view::npos;
  });
}

struct Framing {
  unsigned lengths = 0, codings = 0, hosts = 0;
  std::string_view length, coding, host;
  bool equal_lengths = true;
  bool unknown_expectation = false;
};

HttpFault read_fields(HttpHead& head, Framing& framing) {
  bool close = false, keep = false;
  auto rest = head.headers.lines();
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    HttpField field;
    const auto line = rest.substr(0, end - (end != 0 && rest[end - 1] == '\r' ? 1 : 0));
    if (const auto why = split_header_line(line, field); !why.empty()) return {400, why};
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto named = [&](std::string_view name) { return equal_without_case(field.name, name); };
    switch (field.name.size()) {
      case 4:
        if (named("Host")) ++framing.hosts, framing.host = field.value;
        break;
      case 6:
        if (!named("Expect")) break;
        if (!equal_without_case(field.value, "100-continue")) framing.unknown_expectation = true;
        head.expects_continue = head.minor == 1;
        break;
      case 10:
        if (!named("Connection")) break;
        for (std::string_view one; next_element(field.value, one);) {
          close = close || equal_without_case(one, "close");
          keep = keep || equal_without_case(one, "keep-alive");
        }
        break;
      case 14:
        if (!named("Content-Length")) break;
        if (framing.lengths++ != 0 && field.value != framing.length) framing.equal_lengths = false;
        framing.length = field.value;
        break;
      case 17:
        if (named("Transfer-Encoding")) ++framing.codings, framing.coding = field.value;
        break;
      default: break;
    }
  }
  head.keep_alive = !close && (head.minor == 1 || keep);
  return kFine;
}

HttpFault read_length(std::string_view text, HttpHead& head, std::uint64_t max_body) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit))
    return {400, "Content-Length is not a number"};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), head.length);
  if (error != std::errc() || head.length > max_body) return {413, "the body is larger than allowed"};
  head.body = head.length == 0 ? HttpHead::Body::kNone : HttpHead::Body::kLength;
  return kFine;
}

// Leaves `chunked` alone if there are other codings than that.
HttpFault read_coding(std::string_view list, bool& chunked) {
  std::string_view last;
  std::size_t count = 0;
  for (std::string_view one; next_element(list, one); ++count) {
    if (count != 0 && equal_without_case(last, "chunked")) return {400, "chunked is not the last coding"};
    last = one;
  }
  if (count == 0) return {400, "an empty Transfer-Encoding"};
  if (count != 1 || !equal_without_case(last, "chunked")) return {501, "an unknown transfer coding"};
  chunked = true;
  return kFine;
}

}  // namespace

std::string_view split_header_line(std::string_view line, HttpField& field) {
  if (line.starts_with(' ') || line.starts_with('\t')) return "a folded header line";
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return "a header line without a colon";
  field.name = line.substr(0, colon);
  if (!is_http_token(field.name)) return "a header's name is malformed";
  auto value = line.substr(colon + 1);
  if (!is_http_value(value)) return "a control character in a header";
  const auto begin = std::min(value.find_first_not_of(" \t"), value.size());
  value.remove_prefix(begin);
  field.value = value.substr(0, value.find_last_not_of(" \t") + 1);
  return {};
}

HttpFault read_request_line(std::string_view line, HttpHead& head) {
  const auto first = line.find(' ');
  const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return {400, "the request line is malformed"};
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, second - first - 1);
  if (!is_http_token(head.method)) return {400, "the request line is malformed"};
  if (head.method.size() > kMaxMethod) return {501, "an unknown method"};
  if (const int status = status_of_version(line.substr(second + 1), head.minor); status != 0)
    return {status,
            status == 505 ? "only HTTP/1.0 and HTTP/1.1 are spoken here" : "the request line is malformed"};
  return check_target(head);
}

HttpFault read_status_line(std::string_view line, HttpHead& head) {
  constexpr HttpFault kMalformed{400, "the status line is malformed"};
  const auto code = line.size() < 12 ? std::string_view() : line.substr(9, 3);
  if (code.empty() || line[8] != ' ' || !std::all_of(code.begin(), code.end(), is_digit)) return kMalformed;
  if (status_of_version(line.substr(0, 8), head.minor) != 0) return kMalformed;
  head.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  if (head.status < 100 || line.size() == 12 || line[12] != ' ') return kMalformed;
  head.reason = line.substr(13);
  return is_http_value(head.reason) ? kFine : kMalformed;
}

HttpFault read_request_headers(HttpHead& head, const HttpLimits& limits) {
  Framing framing;
  if (const auto fault = read_fields(head, framing); fault.status != 0) return fault;
  if (framing.unknown_expectation) return {417, "an unknown expectation"};
  if (framing.hosts > 1 || (framing.hosts == 0 && head.minor == 1) || !is_host(framing.host))
    return {400, "one Host is required"};
  if (framing.lengths > 1 || framing.codings > 1 || (framing.lengths != 0 && framing.codings != 0) ||
      (framing.codings != 0 && head.minor == 0))
    return {400, "the body's length is given twice"};
  if (framing.lengths != 0) return read_length(framing.length, head, limits.max_body);
  bool chunked = false;
  if (framing.codings != 0)
    if (const auto fault = read_coding(framing.coding, chunked); fault.status != 0) return fault;
  if (chunked) head.body = HttpHead::Body::kChunked;
  return kFine;
}

HttpFault read_response_headers(HttpHead& head, const HttpLimits& limits, const ResponseKind& kind) {
  Framing framing;
  if (const auto fault = read_fields(head, framing); fault.status != 0) return fault;
  if (kind.no_body || head.status < 200 || head.status == 204 || head.status == 304) return kFine;
  const bool twice =
      framing.lengths > 1 || framing.codings > 1 || (framing.lengths != 0 && framing.codings != 0);
  if (twice && (!kind.lenient || !framing.equal_lengths || framing.codings > 1))
    return {400, "the body's length is given twice"};
  if (framing.codings != 0) {
    bool chunked = false;
    if (const auto fault = read_coding(framing.coding, chunked); fault.status != 0) return fault;
    head.body = HttpHead::Body::kChunked;
    if (framing.lengths != 0) head.keep_alive = false;
    return kFine;
  }
  if (framing.lengths != 0) return read_length(framing.length, head, limits.max_body);
  head.body = HttpHead::Body::kUntilClose;
  head.keep_alive = false;
  return kFine;
}

std::string put_right(std::string_view head) {
  std::string right;
  right.reserve(head.size() + 64);
  for (bool first = true; !head.empty(); first = false) {
    const auto end = std::min(head.find('\n'), head.size());
    auto line = head.substr(0, end);
    head.remove_prefix(std::min(end + 1, head.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (first) {
      right.append(line);
      if (line.size() == 12) right += ' ';
    } else if (line.starts_with(' ') || line.starts_with('\t')) {
      if (right.ends_with("\r\n")) right.resize(right.size() - 2);
      right.append(" ").append(line.substr(std::min(line.find_first_not_of(" \t"), line.size())));
    } else {
      const auto colon = line.find(':');
      if (colon == std::string_view::npos || colon == 0) continue;
      const auto name = line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1);
      if (!is_http_token(name) || !is_http_value(line.substr(colon))) continue;
      right.append(name).append(line.substr(colon));
    }
    right += "\r\n";
  }
  return right;
}

}  // namespace hearth::net
