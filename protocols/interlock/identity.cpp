// Made once, kept for ever.
#include "identity.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "common/words.hpp"
#include "hearth/log.hpp"
#include "hearth/net/http_url.hpp"
#include "hearth/net/utf8.hpp"
#include "private_file.hpp"

namespace hearth::interlock {

namespace {

constexpr std::size_t kMostText = 1024;  // bytes of a machine_id or secret
constexpr std::size_t kMostToken = 4096;
constexpr std::size_t kMostWords = 300;

// So many random bytes, in hexadecimal.
template <std::size_t kBytes>
std::string random_text() {
  std::array<unsigned char, kBytes> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("no random bytes");
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) text.append({kDigits[byte / 16], kDigits[byte % 16]});
  return text;
}

// A text of 1 to `most` bytes; nothing otherwise.
std::optional<std::string> text_of(const boost::json::object& object, std::string_view key,
                                   std::size_t most) {
  const auto* value = object.if_contains(key);
  const auto* text = value ? value->if_string() : nullptr;
  if (!text || text->empty() || text->size() > most) return std::nullopt;
  return std::string(std::string_view(*text));
}

// Nothing if there is no file that makes sense.
boost::json::object read(const PrivateFile& file, const IdentityFiles::Tell& tell) {
  auto content = file.read();
  if (!content.ok()) tell(content.error().words);
  return content.ok() && *content ? **std::move(content) : boost::json::object();
}

void blot_out(std::string& text, std::string_view secret) {
  constexpr std::string_view kBlot = "***";
  if (secret.empty()) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + kBlot.size()))
    text.replace(at, secret.size(), kBlot);
}

}  // namespace

Identity IdentityFiles::identity(const Identity& settings, const Tell& tell) const {
  if (!settings.machine_id.empty() && !settings.secret.empty()) return settings;
  const PrivateFile file(folder_ / "identity.json");
  // One that is there and can't be read may be in order again next time: another in its place would lose it.
  if (const auto content = file.read(); !content.ok() && content.error().code != ErrorCode::kInvalid)
    throw std::runtime_error(content.error().words);
  const auto kept = read(file, tell);
  const auto id = text_of(kept, "machine_id", kMostText), secret = text_of(kept, "machine_secret", kMostText);
  Identity identity;
  if (id && secret) {
    identity = {*id, *secret};
  } else {
    if (!kept.empty()) tell("identity.json makes no sense; a new identity is made");
    identity = {random_text<16>(), random_text<32>()};
    const auto written =
        file.write({{"machine_id", identity.machine_id}, {"machine_secret", identity.secret}});
    if (!written.ok()) tell(written.error().words);
  }
  if (!settings.machine_id.empty()) identity.machine_id = settings.machine_id;
  if (!settings.secret.empty()) identity.secret = settings.secret;
  return identity;
}

std::string IdentityFiles::token(std::string_view server, std::string_view machine_id,
                                 const Tell& tell) const {
  const auto kept = read(PrivateFile(folder_ / "token.json"), tell);
  if (kept.empty()) return {};
  const auto its_server = text_of(kept, "server", kMostText), its_id = text_of(kept, "machine_id", kMostText),
             token = text_of(kept, "token", kMostToken);
  if (!its_server || !its_id || !token) {
    tell("token.json makes no sense; a new token is asked for");
    return {};
  }
  return *its_server == server && *its_id == machine_id ? *token : std::string();
}

Status IdentityFiles::keep_token(std::string_view server, std::string_view machine_id,
                                 std::string_view token) const {
  const PrivateFile file(folder_ / "token.json");
  if (token.empty()) return file.remove();
  return file.write({{"server", server}, {"machine_id", machine_id}, {"token", token}});
}

bool is_token(std::string_view text) { return !text.empty() && text.size() <= kMostToken; }

std::string harmless(std::string_view words, std::initializer_list<std::string_view> secrets) {
  std::string all(words);
  for (const auto secret : secrets) {
    blot_out(all, secret);
    blot_out(all, net::percent_encode(secret));
  }
  const bool is_text = net::is_utf8(all);
  std::string line(is_text ? protocols::cut(all, kMostWords) : std::string_view(all).substr(0, kMostWords));
  std::ranges::replace_if(
      line,
      [is_text](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f || (!is_text && byte > 0x7f);
      },
      '?');
  return line;
}

}  // namespace hearth::interlock
