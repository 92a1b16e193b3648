// Reading, matching and writing of permissions.
#include "core/sandbox/permissions.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace hearth::core {
namespace {

constexpr std::string_view kFiles = "files:";
constexpr std::string_view kKnown =
    "net, net:lan, net:wan, gpio, bus:listen, bus:command, bus:*, files:/folder";
constexpr std::size_t kMaxQuoted = 64;

bool printable(char c) { return c >= 0x20 && c < 0x7f; }

// For a sentence: a hostile text neither breaks a line nor fills the log.
std::string quoted(std::string_view text) {
  std::string words = "'";
  for (const char c : text.substr(0, kMaxQuoted)) words += printable(c) ? c : '?';
  return words + (text.size() > kMaxQuoted ? "...'" : "'");
}

// Why it is no path to grant; nullptr: it is one.
const char* fault_of(std::string_view path) {
  if (path.empty() || path.front() != '/') return "its path doesn't begin with /";
  if (path == "/") return "the whole tree can't be granted";
  if (std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    return "its path contains a control character";
  for (std::size_t begin = 1; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part.empty()) return "its path has a / too many";
    if (part == "." || part == "..") return "its path contains . or ..";
    begin = end + 1;
  }
  return nullptr;
}

// Each text checked, "bus:*" in its parts.
Result<std::vector<std::string>> checked(const std::vector<std::string>& texts) {
  if (texts.size() > kMaxPermissions) return {ErrorCode::kInvalid, "more than 64 permissions"};
  std::vector<std::string> single;
  for (const std::string& text : texts) {
    if (text.size() > kMaxPermissionBytes)
      return {ErrorCode::kInvalid, quoted(text) + " is longer than 4096 bytes"};
    if (text.starts_with(kFiles)) {
      if (const char* fault = fault_of(std::string_view(text).substr(kFiles.size())))
        return {ErrorCode::kInvalid, quoted(text) + ": " + fault};
      single.push_back(text);
    } else if (text == "bus:*") {
      single.insert(single.end(), {"bus:listen", "bus:command"});
    } else if (text == "net" || text == "net:lan" || text == "net:wan" || text == "gpio" ||
               text == "bus:listen" || text == "bus:command") {
      single.push_back(text);
    } else {
      return {ErrorCode::kInvalid, quoted(text) + " is no permission; there are " + std::string(kKnown)};
    }
  }
  return single;
}

Permissions from_checked(const std::vector<std::string>& texts) {
  Permissions permissions;
  for (const std::string& text : texts) {
    if (text.starts_with("net")) permissions.net = true;
    if (text == "gpio") permissions.gpio = true;
    if (text == "bus:listen") permissions.bus_listen = true;
    if (text == "bus:command") permissions.bus_command = true;
    if (text.starts_with(kFiles)) permissions.files.push_back(text.substr(kFiles.size()));
  }
  auto& files = permissions.files;
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return permissions;
}

// Both are checked, so that a common beginning up to a '/' is a common folder.
bool covers(std::string_view granted, std::string_view wanted) {
  if (granted == wanted) return true;
  if (granted == "net") return wanted.starts_with("net:");
  return granted.starts_with(kFiles) && wanted.starts_with(granted) && wanted[granted.size()] == '/';
}

}  // namespace

Permissions Permissions::everything() { return {true, true, true, true, {}}; }

Result<Permissions> Permissions::parse(const std::vector<std::string>& texts) {
  auto single = checked(texts);
  if (!single) return single.error();
  return from_checked(*single);
}

std::vector<std::string> to_texts(const Permissions& permissions) {
  std::vector<std::string> texts;
  if (permissions.net) texts.emplace_back("net");
  if (permissions.gpio) texts.emplace_back("gpio");
  if (permissions.bus_listen) texts.emplace_back("bus:listen");
  if (permissions.bus_command) texts.emplace_back("bus:command");
  for (const std::string& path : permissions.files) texts.push_back(std::string(kFiles) + path);
  return texts;
}

Result<Granted> grant(const std::vector<std::string>& wanted, const std::vector<std::string>& granted) {
  const auto wishes = checked(wanted);
  if (!wishes) return {wishes.error().code, "wanted: " + wishes.error().words};
  const auto grants = checked(granted);
  if (!grants) return {grants.error().code, "granted: " + grants.error().words};
  std::vector<std::string> both;
  Granted outcome;
  for (const std::string& wish : *wishes) {
    const bool yes = std::any_of(grants->begin(), grants->end(),
                                 [&](const std::string& text) { return covers(text, wish); });
    auto& list = yes ? both : outcome.refused;
    if (std::find(list.begin(), list.end(), wish) == list.end()) list.push_back(wish);
  }
  outcome.permissions = from_checked(both);
  return outcome;
}

}  // namespace hearth::core
