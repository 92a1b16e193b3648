// The ring, the order of entries, and the waking of listeners.
#include "core/log/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/log/one_line.hpp"

namespace hearth::core {
namespace {

template <class Clock>
std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch()).count();
}

LogOptions completed(LogOptions options) {
  if (!options.wall_us) options.wall_us = now_us<std::chrono::system_clock>;
  if (!options.steady_us) options.steady_us = now_us<std::chrono::steady_clock>;
  return options;
}

}  // namespace

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "error";
}

std::optional<LogLevel> log_level(std::string_view text) {
  for (LogLevel level : {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (name(level) == text) return level;
  }
  return std::nullopt;
}

// ---- Listeners ----------------------------------------------------------------------------------------

struct LogListener::List {
  std::mutex mutex;
  std::vector<std::pair<std::uint64_t, std::function<void()>>> functions;
  std::uint64_t last_id = 0;
  std::atomic<std::size_t> size = 0;  // lets a log without listeners skip the lock
};

LogListener& LogListener::operator=(LogListener&& other) noexcept {
  if (this != &other) {
    end();
    list_ = std::move(other.list_);
    id_ = other.id_;
  }
  return *this;
}

LogListener::~LogListener() { end(); }

void LogListener::end() noexcept {
  const auto list = std::exchange(list_, {}).lock();
  if (!list) return;
  const std::lock_guard lock(list->mutex);
  std::erase_if(list->functions, [this](const auto& entry) { return entry.first == id_; });
  list->size = list->functions.size();
}

LogListener Log::on_entry(std::function<void()> wake) {
  const std::lock_guard lock(listeners_->mutex);
  const std::uint64_t id = ++listeners_->last_id;
  listeners_->functions.emplace_back(id, std::move(wake));
  listeners_->size = listeners_->functions.size();
  return {listeners_, id};
}

// ---- Writing ------------------------------------------------------------------------------------------

Log::Log(LogOptions options)
    : options_(completed(std::move(options))),
      level_(options_.level),
      sink_(options_.fd),
      ring_entries_(std::max(options_.entries, kMinEntries)),
      listeners_(std::make_shared<LogListener::List>()) {}

void Log::write(LogLevel level, std::string_view plugin, std::string_view device, std::string_view text) {
  // A level from a plugin is any number.
  level = std::min(level, LogLevel::kError);
  if (level < this->level()) return;
  bool news = false;
  {
    const std::lock_guard lock(write_mutex_);
    news = say_suppressed();
    // Asked before the cleaning, so that what is suppressed costs next to nothing.
    if (plugin.empty() || allowed(plugin)) {
      append(level, plugin, one_line(device, kMaxName), one_line(text, kMaxText));
      news = true;
    }
  }
  if (!news || listeners_->size == 0) return;
  const std::lock_guard lock(listeners_->mutex);
  for (const auto& [id, wake] : listeners_->functions) wake();
}

bool Log::allowed(std::string_view plugin) {
  const std::int64_t now = options_.steady_us();
  auto found = limits_.find(plugin);
  if (found == limits_.end()) {
    found = limits_.emplace(std::string(plugin), RateLimit(options_.plugin_rate, now)).first;
  }
  RateLimit& limit = found->second;
  const bool first = limit.suppressed() == 0;
  if (limit.allow(now)) return true;
  if (first) ++limits_pending_;
  return false;
}

bool Log::say_suppressed() {
  if (limits_pending_ == 0) return false;
  bool said = false;
  const std::int64_t now = options_.steady_us();
  for (auto& [plugin, limit] : limits_) {
    if (limit.suppressed() == 0 || !limit.open(now)) continue;
    --limits_pending_;
    said = true;
    const std::uint64_t lost = limit.take_suppressed();
    append(LogLevel::kWarning, plugin, {}, fmt::format("{} line{} suppressed", lost, lost == 1 ? "" : "s"));
  }
  return said;
}

void Log::append(LogLevel level, std::string_view plugin, std::string device, std::string text) {
  LogEntry entry{
      0, options_.wall_us(), level, one_line(plugin, kMaxName), std::move(device), std::move(text)};
  {
    const std::lock_guard lock(ring_mutex_);
    entry.seq = ++last_seq_;
    ring_bytes_ += entry.text.size();
    ring_.push_back(entry);
    trim();
  }
  sink_.write(entry);
}

void Log::trim() {
  while (ring_.size() > ring_entries_ || ring_bytes_ > ring_entries_ * kMeanText) {
    ring_bytes_ -= ring_.front().text.size();
    ring_.pop_front();
  }
}

void Log::set_entries(std::size_t entries) {
  const std::lock_guard lock(ring_mutex_);
  ring_entries_ = std::max(entries, kMinEntries);
  trim();
}

// ---- Reading ------------------------------------------------------------------------------------------

std::vector<LogEntry> Log::entries_since(std::uint64_t seq, std::size_t max, LogLevel min_level) const {
  std::vector<LogEntry> found;
  const std::lock_guard lock(ring_mutex_);
  if (ring_.empty()) return found;
  const std::uint64_t first = ring_.front().seq;
  for (std::size_t i = seq < first ? 0 : seq - first + 1; i < ring_.size() && found.size() < max; ++i) {
    if (ring_[i].level >= min_level) found.push_back(ring_[i]);
  }
  return found;
}

std::vector<LogEntry> Log::latest(std::size_t max, LogLevel min_level) const {
  std::vector<LogEntry> found;
  {
    const std::lock_guard lock(ring_mutex_);
    for (auto entry = ring_.rbegin(); entry != ring_.rend() && found.size() < max; ++entry) {
      if (entry->level >= min_level) found.push_back(*entry);
    }
  }
  std::reverse(found.begin(), found.end());
  return found;
}

std::uint64_t Log::last_seq() const {
  const std::lock_guard lock(ring_mutex_);
  return last_seq_;
}

std::uint64_t Log::suppressed(std::string_view plugin) const {
  const std::lock_guard lock(write_mutex_);
  const auto found = limits_.find(plugin);
  return found == limits_.end() ? 0 : found->second.suppressed_total();
}

}  // namespace hearth::core
