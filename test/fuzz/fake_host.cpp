// Two queues, the plugin's own and what comes from home, and a clock that stands still by itself.
#include "test/fuzz/fake_host.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "hearth/log.hpp"
#include "test/fuzz/aligned.hpp"

namespace hearth::fuzz {

namespace {

constexpr std::uint64_t kHomesMessage = 7;  // any id: nobody looks for it

hearth_message message_of(hearth_type type, hearth_bytes body) {
  hearth_message message{};
  message.size = sizeof message;
  message.id = kHomesMessage;
  message.time_us = FakeHost::kWallAtStart;
  message.type = type;
  message.body = body;
  return message;
}

}  // namespace

FakeHost::FakeHost() {
  table_.size = sizeof table_;
  table_.abi_major = HEARTH_ABI_MAJOR;
  table_.abi_minor = HEARTH_ABI_MINOR;
  table_.self = this;
  offer_loop();
  offer_bus();
}

FakeHost::~FakeHost() {
  for (const auto& posted : std::exchange(posted_, {})) posted.fn(posted.arg, HEARTH_CANCELLED);
}

void FakeHost::offer_loop() {
  table_.log = [](const hearth_host*, uint32_t, hearth_text, hearth_text) {};
  table_.explain = [](const hearth_host*, hearth_text) {};
  table_.now = [](const hearth_host* host, uint32_t clock) {
    return of(host).now_us_ + (clock == HEARTH_WALL ? kWallAtStart : 0);
  };
  table_.watch = [](const hearth_host* host, int32_t, uint32_t, hearth_watch_fn, void*, hearth_handle* out) {
    *out = ++of(host).last_;
    return hearth_status{HEARTH_OK};
  };
  table_.rewatch = [](const hearth_host*, hearth_handle, uint32_t) { return hearth_status{HEARTH_OK}; };
  table_.timer = [](const hearth_host* host, int64_t delay, int64_t period, hearth_timer_fn fire, void* arg,
                    hearth_handle* out) {
    auto& self = of(host);
    self.timers_[*out = ++self.last_] = {self.now_us_ + std::max<std::int64_t>(delay, 0), period, fire, arg};
    return hearth_status{HEARTH_OK};
  };
  table_.cancel = [](const hearth_host* host, hearth_handle handle) {
    of(host).cancel(handle);
    return hearth_status{HEARTH_OK};
  };
  table_.post = [](const hearth_host* host, hearth_task_fn fn, void* arg) {
    of(host).posted_.push_back({fn, arg});
    return hearth_status{HEARTH_OK};
  };
  table_.work = [](const hearth_host*, uint64_t, hearth_work_fn, hearth_task_fn, void*) {
    return hearth_status{HEARTH_BUSY};
  };
}

void FakeHost::offer_bus() {
  table_.publish = [](const hearth_host* host, hearth_type, uint64_t, hearth_bytes, uint64_t* id) {
    if (id) *id = ++of(host).last_;
    return hearth_status{HEARTH_OK};
  };
  table_.subscribe = [](const hearth_host* host, hearth_type type, hearth_message_fn fn, void* arg,
                        hearth_handle* out) {
    auto& self = of(host);
    self.subscriptions_[*out = ++self.last_] = {type, fn, arg};
    if (self.on_subscribe) self.on_subscribe(type);
    return hearth_status{HEARTH_OK};
  };
  table_.request = [](const hearth_host* host, hearth_type type, uint64_t, hearth_bytes body, int64_t timeout,
                      hearth_answer_fn fn, void* arg, hearth_handle* out) {
    auto& self = of(host);
    self.requests_[*out = ++self.last_] = {self.now_us_ + timeout, fn, arg};
    if (self.on_request) self.on_request(*out, type, Aligned(body).get());
    return hearth_status{HEARTH_OK};
  };
  table_.answer = [](const hearth_host*, uint64_t, hearth_status, hearth_type, hearth_bytes) {
    return hearth_status{HEARTH_STALE};
  };
  table_.extension = [](const hearth_host*, hearth_text) -> const void* { return nullptr; };
}

void FakeHost::refuse(std::uint64_t request, ErrorCode code, std::string_view words) {
  reply(request, static_cast<hearth_status>(code), 0, detail::slice(words));
}

void FakeHost::reply(std::uint64_t request, hearth_status status, hearth_type type, hearth_bytes body) {
  arriving_.push_back([this, request, status, type, copy = std::make_shared<Aligned>(body)] {
    const auto found = requests_.find(request);
    if (found == requests_.end()) return;  // given up meanwhile
    const auto open = found->second;
    requests_.erase(found);
    const auto message = message_of(type, copy->get());
    if (status == HEARTH_OK) return open.fn(open.arg, status, &message, {});
    open.fn(open.arg, status, nullptr, message.body);
  });
}

void FakeHost::deliver(hearth_type type, hearth_bytes body) {
  arriving_.push_back([this, type, copy = std::make_shared<Aligned>(body)] {
    const auto message = message_of(type, copy->get());
    std::vector<hearth_handle> receivers;
    for (const auto& [handle, subscription] : subscriptions_)
      if (subscription.type == type) receivers.push_back(handle);
    for (const auto handle : receivers)
      if (const auto found = subscriptions_.find(handle); found != subscriptions_.end())
        found->second.fn(found->second.arg, &message);
  });
}

void FakeHost::cancel(hearth_handle handle) {
  timers_.erase(handle);
  requests_.erase(handle);
  subscriptions_.erase(handle);
}

void FakeHost::run() {
  while (!posted_.empty() || !arriving_.empty()) {
    while (!posted_.empty()) {
      const auto posted = posted_.front();
      posted_.pop_front();
      posted.fn(posted.arg, HEARTH_OK);
    }
    if (arriving_.empty()) return;
    const auto next = std::move(arriving_.front());
    arriving_.pop_front();
    next();
  }
}

std::optional<std::int64_t> FakeHost::next_due() const {
  std::optional<std::int64_t> next;
  const auto consider = [&](std::int64_t due) { next = std::min(next.value_or(due), due); };
  for (const auto& [handle, timer] : timers_) consider(timer.due);
  for (const auto& [handle, request] : requests_) consider(request.due);
  return next;
}

// One timer or request at a time: what it calls may end the others.
void FakeHost::fire_due() {
  for (auto& [handle, timer] : timers_) {
    if (timer.due > now_us_) continue;
    const auto due = timer;
    timer.due += timer.period;
    if (timer.period == 0) timers_.erase(handle);
    return due.fire(due.arg);
  }
  for (const auto& [handle, request] : requests_) {
    if (request.due > now_us_) continue;
    const auto late = request;
    requests_.erase(handle);
    return late.fn(late.arg, HEARTH_TIMEOUT, nullptr, detail::slice("no answer in time"));
  }
}

void FakeHost::advance(std::int64_t us) {
  const auto until = now_us_ + us;
  run();
  for (auto due = next_due(); due && *due <= until; due = next_due()) {
    now_us_ = std::max(now_us_, *due);
    fire_due();
    run();
  }
  now_us_ = until;
}

}  // namespace hearth::fuzz
