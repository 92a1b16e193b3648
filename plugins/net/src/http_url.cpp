// RFC 3986, as much of it as a client of HTTP needs.
#include "hearth/net/http_url.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "hearth/log.hpp"

namespace hearth::net {

namespace {

struct Scheme {
  std::string_view name;
  std::uint16_t port;
};
constexpr std::array<Scheme, 4> kSchemes{{{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}}};

const Scheme* find_scheme(std::string_view name) {
  const auto* known =
      std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& one) { return one.name == name; });
  return known == kSchemes.end() ? nullptr : known;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const auto low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

Error bad(std::string_view why) { return {ErrorCode::kInvalid, concat("the URL ", why)}; }

bool read_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > kMaxSize) return bad("is too long");
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; }))
    return bad("holds characters that must be percent-encoded");
  text = text.substr(0, text.find('#'));
  const auto mark = text.find("://");
  if (mark == std::string_view::npos) return bad("has no scheme");
  Url url;
  url.scheme = lower(text.substr(0, mark));
  const auto* scheme = find_scheme(url.scheme);
  if (!scheme) return bad("is not one of http, https, ws, wss");
  url.port = scheme->port;
  text.remove_prefix(mark + 3);
  auto authority = text.substr(0, text.find_first_of("/?"));
  url.target = text.substr(authority.size());
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  if (authority.find('@') != std::string_view::npos) return bad("holds a user name");

  const bool bracket = authority.starts_with('[');
  const auto host_end = bracket ? authority.find(']') : authority.find(':');
  if (bracket && host_end == std::string_view::npos) return bad("has a malformed host");
  url.host = lower(authority.substr(bracket ? 1 : 0, host_end - (bracket ? 1 : 0)));
  authority.remove_prefix(std::min(bracket ? host_end + 1 : host_end, authority.size()));
  const auto may_be_host = [&](char c) { return is_plain(c) || (bracket && c == ':'); };
  if (url.host.empty() || (bracket && url.host.find(':') == std::string::npos) ||
      !std::all_of(url.host.begin(), url.host.end(), may_be_host))
    return bad("has a malformed host");
  if (!authority.empty() && (authority[0] != ':' || !read_port(authority.substr(1), url.port)))
    return bad("has a malformed port");
  return url;
}

std::string Url::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : concat("[", host, "]");
  const auto* known = find_scheme(scheme);
  if (!known || known->port != port) text += concat(":", port);
  return text;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' && plus ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

std::optional<std::string> query_value(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    if (percent_decode(pair.substr(0, equals), true) == key)
      return percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
  }
  return std::nullopt;
}

}  // namespace hearth::net
