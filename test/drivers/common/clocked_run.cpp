// The host's table, as far as a driver without workers needs it.
#include "test/drivers/common/clocked_run.hpp"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "hearth/log.hpp"

namespace hearth::test {
namespace {

constexpr int kPatienceMs = 10'000;

}  // namespace

ClockedRun::ClockedRun(std::string id, const Fill& config) : id_(std::move(id)) {
  make_table();
  flexbuffers::Builder builder;
  builder.Map([&] { config(builder); });
  builder.Finish();
  const auto& bytes = builder.GetBuffer();
  hearth_start_info info{};
  info.size = sizeof info;
  info.id = detail::slice(id_);
  info.config = {bytes.data(), bytes.size()};
  plugin_ = hearth_plugin_entry(HEARTH_ABI_MAJOR);
  if (plugin_->create(&table_, &info, &self_) != HEARTH_OK) {
    self_ = nullptr;
  } else if (plugin_->start(self_) != HEARTH_OK) {
    stop();
  }
}

ClockedRun::~ClockedRun() { stop(); }

void ClockedRun::stop() {
  if (self_ == nullptr) return;
  auto* last = std::exchange(self_, nullptr);
  plugin_->stop(last);
  plugin_->destroy(last);
}

void ClockedRun::make_table() {
  table_.size = sizeof table_;
  table_.self = this;
  table_.log = [](const hearth_host* h, std::uint32_t, hearth_text device, hearth_text text) {
    of(h).log_.append(detail::view(device)).append(": ").append(detail::view(text)).append("\n");
  };
  table_.explain = [](const hearth_host* h, hearth_text words) { of(h).refusal_ = detail::view(words); };
  table_.now = [](const hearth_host* h, std::uint32_t) { return of(h).now_; };
  table_.watch = [](const hearth_host* h, std::int32_t fd, std::uint32_t, hearth_watch_fn call, void* arg,
                    hearth_handle* out) -> hearth_status {
    if (no_watches) return HEARTH_FAILED;
    of(h).watches_[*out = ++of(h).last_] = {fd, call, arg};
    return HEARTH_OK;
  };
  table_.timer = [](const hearth_host* h, std::int64_t delay, std::int64_t period, hearth_timer_fn call,
                    void* arg, hearth_handle* out) -> hearth_status {
    of(h).timers_[*out = ++of(h).last_] = {of(h).now_ + delay, period, call, arg};
    return HEARTH_OK;
  };
  table_.cancel = [](const hearth_host* h, hearth_handle handle) -> hearth_status {
    const auto ended =
        of(h).timers_.erase(handle) + of(h).watches_.erase(handle) + of(h).subscriptions_.erase(handle);
    return ended != 0 ? HEARTH_OK : HEARTH_STALE;
  };
  table_.publish = [](const hearth_host* h, hearth_type type, std::uint64_t cause, hearth_bytes body,
                      std::uint64_t* id) -> hearth_status {
    of(h).took(type, cause, body);
    if (id != nullptr) *id = ++of(h).last_;
    return HEARTH_OK;
  };
  table_.subscribe = [](const hearth_host* h, hearth_type type, hearth_message_fn call, void* arg,
                        hearth_handle* out) -> hearth_status {
    of(h).subscriptions_[*out = ++of(h).last_] = {type, call, arg};
    return HEARTH_OK;
  };
  table_.answer = [](const hearth_host* h, std::uint64_t request, hearth_status status, hearth_type,
                     hearth_bytes body) -> hearth_status {
    of(h).answers_[request] = {status, status == HEARTH_OK ? "" : std::string(detail::view(body))};
    return HEARTH_OK;
  };
}

ClockedRun::Answer ClockedRun::command(const std::string& device, const std::string& capability,
                                       Value value) {
  return ask(Command{device, capability, std::move(value), 8000});
}

void ClockedRun::took(hearth_type type, std::uint64_t cause, hearth_bytes bytes) {
  const Aligned copy(bytes);
  const auto body = copy.bytes();
  if (type == kType<DeviceDeclared>) {
    const auto declared = *decode<DeviceDeclared>(body);
    auto& shown = shown_[declared.device];
    shown.declared = declared;
    shown.reachable = declared.reachable;
    shown.reason = declared.reason;
    ++shown.declarations;
  } else if (type == kType<DeviceReachable>) {
    const auto reachable = *decode<DeviceReachable>(body);
    shown_[reachable.device].reachable = reachable.reachable;
    shown_[reachable.device].reason = reachable.reason;
  } else if (type == kType<StateChanged>) {
    const auto state = *decode<StateChanged>(body);
    shown_[state.device].states[state.capability] = state.value;
    shown_[state.device].reports.push_back({state.capability, state.value, cause});
  }
}

void ClockedRun::fire_due() {
  const auto due = std::min_element(timers_.begin(), timers_.end(),
                                    [](const auto& a, const auto& b) { return a.second.due < b.second.due; });
  const auto timer = due->second;
  if (timer.period == 0) {
    timers_.erase(due);
  } else {
    due->second.due = std::max(now_, timer.due) + timer.period;
  }
  timer.call(timer.arg);
}

void ClockedRun::advance(std::chrono::microseconds time) {
  const auto end = now_ + time.count();
  const auto next = [&] {
    auto first = end + 1;
    for (const auto& [handle, timer] : timers_) first = std::min(first, timer.due);
    return first;
  };
  while (next() <= end) {
    now_ = std::max(now_, next());
    fire_due();
  }
  now_ = end;
}

void ClockedRun::leap(std::chrono::microseconds time) {
  now_ += time.count();
  advance(std::chrono::microseconds(0));
}

bool ClockedRun::serve_descriptors() {
  std::vector<pollfd> waiting;
  for (const auto& [handle, watch] : watches_) waiting.push_back({watch.fd, POLLIN, 0});
  if (poll(waiting.data(), waiting.size(), kPatienceMs) <= 0) return false;
  const auto all = watches_;
  for (const auto& [handle, watch] : all)
    for (const auto& one : waiting)
      if (one.fd == watch.fd && one.revents != 0) watch.call(watch.arg, HEARTH_READABLE);
  return true;
}

}  // namespace hearth::test
