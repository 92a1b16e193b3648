// FakeHost: the table of abi.h on one thread, with a clock of its own, so that an input does the same each
// time.
#ifndef HEARTH_TEST_FUZZ_FAKE_HOST_HPP
#define HEARTH_TEST_FUZZ_FAKE_HOST_HPP

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "hearth/abi.h"
#include "hearth/codec.hpp"

namespace hearth::fuzz {

// Nothing is called from inside a call to the host, as with a real one: what comes back waits for run().
// Descriptors are never ready.
class FakeHost {
 public:
  static constexpr std::int64_t kWallAtStart = 1'700'000'000'000'000;

  FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;
  ~FakeHost();

  const hearth_host* table() const { return &table_; }

  // Gets each request of the plugin, and answers it with answer() or refuse(), or never.
  std::function<void(std::uint64_t request, hearth_type, hearth_bytes)> on_request;
  // Hears of each subscription, to send what stands already.
  std::function<void(hearth_type)> on_subscribe;

  template <class T>
  void answer(std::uint64_t request, const T& message) {
    reply(request, HEARTH_OK, kType<T>, encode(builder_, message));
  }
  void yes(std::uint64_t request) { reply(request, HEARTH_OK, 0, {}); }
  void refuse(std::uint64_t request, ErrorCode code, std::string_view words);
  // To all who have subscribed by then.
  template <class T>
  void publish(const T& fact) {
    deliver(kType<T>, encode(builder_, fact));
  }

  // Until nothing is left to be called.
  void run();
  // The clock goes on, and what falls due on the way is called at its time.
  void advance(std::int64_t us);

 private:
  struct Timer {
    std::int64_t due, period;
    hearth_timer_fn fire;
    void* arg;
  };
  struct Request {
    std::int64_t due;
    hearth_answer_fn fn;
    void* arg;
  };
  struct Subscription {
    hearth_type type;
    hearth_message_fn fn;
    void* arg;
  };
  struct Posted {
    hearth_task_fn fn;
    void* arg;
  };

  static FakeHost& of(const hearth_host* host) { return *static_cast<FakeHost*>(host->self); }
  void offer_loop();
  void offer_bus();
  void reply(std::uint64_t request, hearth_status status, hearth_type type, hearth_bytes body);
  void deliver(hearth_type type, hearth_bytes body);
  void cancel(hearth_handle handle);
  std::optional<std::int64_t> next_due() const;
  void fire_due();

  hearth_host table_{};
  std::int64_t now_us_ = 0;
  hearth_handle last_ = 0;
  std::map<hearth_handle, Timer> timers_;
  std::map<hearth_handle, Request> requests_;
  std::map<hearth_handle, Subscription> subscriptions_;
  std::deque<Posted> posted_;
  std::deque<std::function<void()>> arriving_;
  Builder builder_;
};

}  // namespace hearth::fuzz

#endif
