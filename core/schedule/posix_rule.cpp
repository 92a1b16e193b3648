// The rule, as the date library's ptz.h reads it. Built as C++17: that header is ambiguous in C++20.
#include "core/schedule/posix_rule.hpp"

#include <date/ptz.h>

#include <chrono>
#include <exception>

namespace hearth::core {
namespace {

class Rule : public PosixRule {
 public:
  explicit Rule(const std::string& rule) : zone_(rule) {}

  ZoneSpan span_at(std::int64_t utc_s) const override {
    const auto info = zone_.get_info(date::sys_seconds{std::chrono::seconds{utc_s}});
    return {info.begin.time_since_epoch().count(), info.end.time_since_epoch().count(), info.offset.count()};
  }

  std::int64_t to_utc_s(std::int64_t local_s) const override {
    const date::local_seconds at{std::chrono::seconds{local_s}};
    return zone_.to_sys(at, date::choose::earliest).time_since_epoch().count();
  }

 private:
  Posix::time_zone zone_;
};

}  // namespace

std::shared_ptr<const PosixRule> PosixRule::read(const std::string& rule) {
  try {
    return std::make_shared<const Rule>(rule);
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace hearth::core
