// Filtering, cutting to size and following the ring.
#include "core/control/log_methods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/control/json_text.hpp"
#include "core/control/rpc.hpp"
#include "core/log/log.hpp"

namespace hearth::core {
namespace {

constexpr std::size_t kEverything = 1'000'000;
constexpr std::size_t kUsualMax = 100;
constexpr std::size_t kMaxAnswer = 2 * 1024 * 1024;  // bytes
constexpr std::size_t kBatch = 256;

struct Selection {
  std::vector<std::string> entries;  // as JSON, oldest first
  std::size_t bytes = 0;
};

template <class Iterator>
Selection select(Iterator begin, Iterator end, const LogFilter& filter, std::size_t max) {
  Selection selection;
  for (auto entry = begin; entry != end && selection.entries.size() < max; ++entry) {
    if (!filter.wants(*entry)) continue;
    auto text = to_json(*entry);
    if (selection.bytes + text.size() > kMaxAnswer) break;
    selection.bytes += text.size() + 1;
    selection.entries.push_back(std::move(text));
  }
  return selection;
}

}  // namespace

Result<LogFilter> log_filter(const Poco::JSON::Object& params) {
  const auto level = text_param(params, "level", "debug");
  if (!level.ok()) return level.error();
  const auto known = log_level(*level);
  if (!known)
    return Error{ErrorCode::kInvalid,
                 fmt::format("no level '{}'; there are debug, info, warning and error", *level)};
  LogFilter filter{*known, std::nullopt};
  const auto plugin = text_param(params, "plugin", "");
  if (!plugin.ok()) return plugin.error();
  if (!plugin->empty()) filter.plugin = *plugin == "server" ? "" : *plugin;
  return filter;
}

std::string to_json(const LogEntry& entry) {
  std::string out = fmt::format("{{\"seq\":{},\"time\":\"{}\",\"level\":\"{}\",\"plugin\":", entry.seq,
                                iso_time(entry.time_us), name(entry.level));
  append_json(out, entry.plugin);
  out += ",\"device\":";
  append_json(out, entry.device);
  out += ",\"text\":";
  append_json(out, entry.text);
  out += '}';
  return out;
}

Result<std::string> log_get(const Log& log, const Poco::JSON::Object& params) {
  const auto filter = log_filter(params);
  if (!filter.ok()) return filter.error();
  const auto max = count_param(params, "max", kUsualMax);
  if (!max.ok()) return max.error();
  const auto since = count_param(params, "since", 0);
  if (!since.ok()) return since.error();
  const auto all = log.entries_since(*since, kEverything, filter->level);
  const bool newest = params.get("since").isEmpty();
  auto chosen = newest ? select(all.rbegin(), all.rend(), *filter, *max)
                       : select(all.begin(), all.end(), *filter, *max);
  if (newest) std::reverse(chosen.entries.begin(), chosen.entries.end());
  return fmt::format("{{\"entries\":[{}],\"last_seq\":{}}}", fmt::join(chosen.entries, ","), log.last_seq());
}

LogFollower::LogFollower(const Log& log, LogFilter filter, Offer offer)
    : log_(log), filter_(std::move(filter)), offer_(std::move(offer)), last_(log.last_seq()) {}

void LogFollower::pump() {
  for (;;) {
    // Of every level: the numbers have no gap then, so a gap is what the ring has lost.
    const auto entries = log_.entries_since(last_, kBatch);
    if (entries.empty()) return;
    for (const auto& entry : entries)
      if (!send(entry)) return;
  }
}

// False when the client has no room: last_ stays before the entry.
bool LogFollower::send(const LogEntry& entry) {
  if (entry.seq > last_ + 1) {
    const auto lost = entry.seq - last_ - 1;
    if (!offer_(notification_line("log.dropped", fmt::format("{{\"count\":{}}}", lost)))) return false;
    last_ = entry.seq - 1;
  }
  if (filter_.wants(entry) && !offer_(notification_line("log.entry", to_json(entry)))) return false;
  last_ = entry.seq;
  return true;
}

}  // namespace hearth::core
