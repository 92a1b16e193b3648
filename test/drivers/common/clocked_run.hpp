// ClockedRun: a whole driver on the test's own thread, with a clock that only the test moves.
#ifndef HEARTH_TEST_DRIVERS_CLOCKED_RUN_HPP
#define HEARTH_TEST_DRIVERS_CLOCKED_RUN_HPP

#include <flatbuffers/flexbuffers.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hearth/codec.hpp"
#include "hearth/messages.hpp"

namespace hearth::test {

// A copy of a message's body, aligned as abi.h promises.
class Aligned {
 public:
  explicit Aligned(hearth_bytes body) : size_(body.size), words_(body.size / sizeof(std::uint64_t) + 1) {
    std::memcpy(words_.data(), body.data, body.size);
  }
  hearth_bytes bytes() const { return {reinterpret_cast<const std::uint8_t*>(words_.data()), size_}; }

 private:
  std::uint64_t size_;
  std::vector<std::uint64_t> words_;
};

// Starts the plugin of this program (its hearth_plugin_entry) and stops it at the end. No workers.
class ClockedRun {
 public:
  using Fill = std::function<void(flexbuffers::Builder&)>;

  ClockedRun(std::string id, const Fill& config);
  ~ClockedRun();
  ClockedRun(const ClockedRun&) = delete;
  ClockedRun& operator=(const ClockedRun&) = delete;

  // Its words if it refused to start; empty if it runs.
  const std::string& refusal() const { return refusal_; }
  void stop();

  struct Answer {
    hearth_status status = HEARTH_STALE;  // none yet
    std::string words;
  };
  Answer command(const std::string& device, const std::string& capability, Value value);
  template <class T>
  Answer ask(const T& message) {
    const auto id = ++last_;
    with(message, id, [this](const hearth_message* m) { plugin_->receive(self_, m); });
    return answers_[id];
  }
  // To whoever subscribed; returns its id.
  template <class T>
  std::uint64_t tell(const T& message) {
    const auto id = ++last_;
    with(message, id, [this](const hearth_message* m) {
      const auto all = subscriptions_;
      for (const auto& [handle, subscription] : all)
        if (subscription.type == m->type) subscription.call(subscription.arg, m);
    });
    return id;
  }

  // Time goes by, and each timer fires when it is due.
  void advance(std::chrono::microseconds time);
  // Time goes by at once, such as in a suspend: what is due fires then.
  void leap(std::chrono::microseconds time);
  std::int64_t now() const { return now_; }
  std::size_t timers() const { return timers_.size(); }
  // Calls back for what can be read, within ten seconds. False: there was nothing.
  bool serve_descriptors();
  // For the next one: the system watches no descriptors.
  static inline bool no_watches = false;

  // ---- What it said so far, by full device id ----
  struct Report {
    std::string capability;
    Value value;
    std::uint64_t cause = 0;
  };
  struct Shown {
    DeviceDeclared declared;
    bool reachable = true;
    std::string reason;
    std::map<std::string, Value> states;
    std::vector<Report> reports;
    int declarations = 0;
  };
  const Shown& shown(const std::string& device) { return shown_[device]; }
  const std::map<std::string, Shown>& all() const { return shown_; }
  const std::string& log() const { return log_; }

 private:
  struct Timer {
    std::int64_t due, period;
    hearth_timer_fn call;
    void* arg;
  };
  struct Watch {
    int fd;
    hearth_watch_fn call;
    void* arg;
  };
  struct Subscription {
    hearth_type type;
    hearth_message_fn call;
    void* arg;
  };

  static ClockedRun& of(const hearth_host* host) { return *static_cast<ClockedRun*>(host->self); }
  void make_table();
  void took(hearth_type type, std::uint64_t cause, hearth_bytes body);
  void fire_due();
  template <class T, class Use>
  void with(const T& message, std::uint64_t id, Use use) {
    Builder builder(1024);
    hearth_message m{};
    m.size = sizeof m;
    m.id = id;
    m.type = kType<T>;
    const Aligned body(encode(builder, message));
    m.body = body.bytes();
    use(&m);
  }

  hearth_host table_{};
  const hearth_plugin* plugin_ = nullptr;
  void* self_ = nullptr;
  std::string id_, refusal_, log_;
  std::int64_t now_ = 1'000'000;
  std::uint64_t last_ = 0;
  std::map<hearth_handle, Timer> timers_;
  std::map<hearth_handle, Watch> watches_;
  std::map<hearth_handle, Subscription> subscriptions_;
  std::map<std::uint64_t, Answer> answers_;
  std::map<std::string, Shown> shown_;
};

}  // namespace hearth::test

#endif
