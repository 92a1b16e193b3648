// Names of time zones, looked up in the system's zoneinfo.
#include "core/config/time_zone.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <system_error>

namespace hearth::config {
namespace {

namespace fs = std::filesystem;

// Letters, digits, _ + - and slashes between them: no way out of the folder.
bool is_zone_name(std::string_view name) {
  const bool allowed = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-' || c == '/';
  });
  return allowed && !name.empty() && name.size() <= 64 && name.front() != '/' && name.back() != '/';
}

}  // namespace

bool is_time_zone(const std::string& name, const ZoneFiles& files) {
  if (name == "UTC") return true;
  if (!is_zone_name(name)) return false;
  std::ifstream file(files.zoneinfo / name, std::ios::binary);
  std::array<char, 4> magic{};
  file.read(magic.data(), magic.size());
  return file && std::string_view(magic.data(), magic.size()) == "TZif";  // RFC 8536, section 3.1
}

SystemZone system_time_zone(const ZoneFiles& files) {
  const auto tz = files.tz.starts_with(':') ? files.tz.substr(1) : files.tz;
  if (!tz.empty() && is_time_zone(tz, files)) return {tz, {}};
  std::error_code failure;
  if (fs::symlink_status(files.localtime, failure).type() == fs::file_type::not_found) return {};
  const std::string target = fs::read_symlink(files.localtime, failure).string();
  constexpr std::string_view kFolder = "zoneinfo/";
  const std::size_t at = target.rfind(kFolder);
  const bool named = !failure && at != std::string::npos;
  const std::string name = named ? target.substr(at + kFolder.size()) : std::string();
  if (is_time_zone(name, files)) return {name, {}};
  return {"UTC", files.localtime.string() + " is not a link that names a time zone: programs run by UTC, " +
                     "unless [home] timezone says otherwise"};
}

}  // namespace hearth::config
