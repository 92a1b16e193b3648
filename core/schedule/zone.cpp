// Time zones by Howard Hinnant's date library, and the rule for the years that it doesn't know.
#include "core/schedule/zone.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "core/schedule/calendar.hpp"

namespace hearth::core {
namespace {

constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxRule = 128;

std::int64_t clamp_s(std::int64_t seconds) {
  return std::clamp(seconds, kFirstDay * kDaySeconds, (kLastDay + 1) * kDaySeconds - 1);
}

// After the last change that the file lists the library lets an offset hold for ever.
bool holds_for_ever(const date::sys_info& info) {
  return info.end > date::sys_days{date::days{kLastDay + 1}};
}

// The last line of a zone's file, between two line feeds (RFC 8536, section 3.3); empty if it has none.
std::string rule_of(const std::string& zone) {
  std::ifstream file(std::filesystem::path("/usr/share/zoneinfo") / zone, std::ios::binary);
  std::array<char, 5> head{};
  if (!file.read(head.data(), head.size()) || std::string_view(head.data(), 4) != "TZif" || head[4] < '2')
    return {};
  file.seekg(0, std::ios::end);
  const std::streamoff size = file.tellg();
  const auto take = std::min<std::streamoff>(size, kMaxRule + 2);
  std::string tail(static_cast<std::size_t>(take), '\0');
  file.seekg(size - take);
  if (!file.read(tail.data(), take) || tail.back() != '\n') return {};
  tail.pop_back();
  const auto before = tail.rfind('\n');
  if (before == std::string::npos) return {};
  tail.erase(0, before + 1);
  const bool plain = std::all_of(tail.begin(), tail.end(), [](char c) { return c > ' ' && c < 0x7f; });
  return plain ? tail : std::string();
}

std::int64_t count(date::sys_seconds at) { return at.time_since_epoch().count(); }

}  // namespace

Result<Zone> Zone::find(const std::string& name) {
  Zone zone;
  if (name == zone.name_) return zone;
  if (name.size() > kMaxName)
    return {ErrorCode::kInvalid, fmt::format("the name of a time zone has at most {} characters", kMaxName)};
  try {
    zone.listed_ = date::locate_zone(name);
    // The file is read when it is first asked: here, so that a broken one is told here.
    (void)zone.listed_->get_info(date::sys_seconds{});
  } catch (const std::exception&) {
    return {ErrorCode::kInvalid, fmt::format("this system has no time zone '{}'", name)};
  }
  zone.name_ = name;
  if (const std::string rule = rule_of(name); !rule.empty()) zone.beyond_ = PosixRule::read(rule);
  return zone;
}

Zone::Span Zone::span_at(std::int64_t utc_s) const {
  if (listed_ == nullptr) return {kFirstDay * kDaySeconds, (kLastDay + 1) * kDaySeconds, 0};
  const date::sys_seconds at{std::chrono::seconds{clamp_s(utc_s)}};
  const date::sys_info info = listed_->get_info(at);
  if (!beyond_ || !holds_for_ever(info)) return {count(info.begin), count(info.end), info.offset.count()};
  const Span later = beyond_->span_at(clamp_s(utc_s));
  return {std::max(count(info.begin), later.begin_s), later.end_s, later.offset_s};
}

std::int64_t Zone::to_utc_s(std::int64_t local_s) const {
  local_s = clamp_s(local_s);
  if (listed_ == nullptr) return local_s;
  const date::local_seconds at{std::chrono::seconds{local_s}};
  const date::local_info info = listed_->get_info(at);
  if (beyond_ && info.result == date::local_info::unique && holds_for_ever(info.first))
    return beyond_->to_utc_s(local_s);
  if (info.result == date::local_info::nonexistent) return count(info.first.end);
  return local_s - info.first.offset.count();
}

}  // namespace hearth::core
