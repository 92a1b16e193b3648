// Messages between threads: hearth's inboxes, awake and asleep, and Poco::NotificationQueue.
#include <Poco/Notification.h>
#include <Poco/NotificationQueue.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <thread>
#include <vector>

#include "core/bus/bus.hpp"
#include "core/bus/queue.hpp"
#include "core/runtime/event_loop.hpp"
#include "hearth/codec.hpp"

namespace hearth::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr hearth_type kState = kType<StateChanged>;
constexpr std::size_t kCapacity = 4096;  // as a plugin's
constexpr int kTurn = 64;                // messages that home publishes in one turn
constexpr int kMessages = 250'000;       // from thread to thread

// Of this thread alone: what else the machine does isn't counted.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

core::Message message() {
  core::Message m;
  m.type = kState;
  m.body = core::Body("sixty-four bytes, about what a StateChanged of a lamp is made of.");
  return m;
}

// As home does it: the envelope is copied and names the subscription, the body is shared, and what one turn
// has published goes out together.
class Inbox : public core::Sink {
 public:
  explicit Inbox(std::function<void()> wake = [] {}) : queue_(kCapacity, std::move(wake)) {}
  void deliver(const core::Message& m, std::uint64_t subscription) noexcept override {
    queue_.stage(m, subscription);
  }
  core::Queue& queue() { return queue_; }

 private:
  core::Queue queue_;
};

// A thread that sleeps on its loop until something is in its inbox, as a plugin's does.
class Sleeper : private core::LoopSource {
 public:
  Sleeper() : inbox_([this] { loop_.wake(); }) {
    loop_.add_source(*this);
    thread_ = std::thread([this] { loop_.run(); });
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() override {
    loop_.quit();
    thread_.join();
  }
  Inbox& inbox() { return inbox_; }
  std::uint64_t taken() const { return taken_.load(std::memory_order_acquire); }
  bool asleep() const { return loop_.busy_since_us() == 0; }

 private:
  bool drain() override {
    if (!inbox_.queue().take(batch_)) return false;
    const auto count = batch_.size();
    batch_.clear();
    taken_.fetch_add(count, std::memory_order_release);
    return true;
  }
  bool try_sleep() override { return inbox_.queue().try_sleep(); }

  core::EventLoop loop_;
  Inbox inbox_;
  std::vector<core::Message> batch_;
  std::atomic<std::uint64_t> taken_{0};
  std::thread thread_;
};

// Time is taken of the pushing alone; emptying is the receivers' own. In a process of several threads, as a
// server is: in one of a single thread the C library's locks are cheaper.
void inbox_awake(benchmark::State& state) {
  const Sleeper second_thread;
  std::vector<std::unique_ptr<Inbox>> inboxes;
  core::Bus bus;
  for (int i = 0; i < state.range(0); ++i)
    bus.subscribe(kState, *inboxes.emplace_back(std::make_unique<Inbox>()), 1);
  std::vector<core::Message> facts(kTurn), batch;
  for ([[maybe_unused]] auto turn : state) {
    for (auto& fact : facts) fact = message();
    const auto begin = cpu_seconds();
    for (const auto& fact : facts) bus.publish(fact);
    for (const auto& inbox : inboxes) inbox->queue().flush();
    state.SetIterationTime((cpu_seconds() - begin) / kTurn);
    for (auto& inbox : inboxes) {
      inbox->queue().take(batch);
      batch.clear();
    }
  }
}
BENCHMARK(inbox_awake)->Arg(1)->Arg(8)->Arg(64)->UseManualTime()->Iterations(2000);

// The loop says that it sleeps just before it does: the publisher gives the processor away a while longer.
void until_asleep(const Sleeper& sleeper, std::uint64_t taken) {
  const auto deadline = Clock::now() + std::chrono::seconds(5);
  while ((sleeper.taken() < taken || !sleeper.asleep()) && Clock::now() < deadline) std::this_thread::yield();
}

void inbox_asleep(benchmark::State& state) {
  std::vector<std::unique_ptr<Sleeper>> sleepers;
  core::Bus bus;
  for (int i = 0; i < state.range(0); ++i)
    bus.subscribe(kState, sleepers.emplace_back(std::make_unique<Sleeper>())->inbox(), 1);
  const auto fact = message();
  std::uint64_t published = 0;
  for ([[maybe_unused]] auto turn : state) {
    for (const auto& sleeper : sleepers) until_asleep(*sleeper, published);
    for (int i = 0; i < 100; ++i) std::this_thread::yield();
    const auto begin = Clock::now();
    bus.publish(fact);
    for (const auto& sleeper : sleepers) sleeper->inbox().queue().flush();
    state.SetIterationTime(seconds_since(begin));
    ++published;
  }
}
BENCHMARK(inbox_asleep)->Arg(8)->UseManualTime()->Iterations(2000);

// One thread pushes messages made beforehand, each with a body of its own, another takes them in batches and
// ends them.
void thread_to_thread_hearth(benchmark::State& state) {
  std::vector<core::Message> messages(kMessages);
  for ([[maybe_unused]] auto turn : state) {
    for (auto& m : messages) m = message();
    Sleeper receiver;
    auto& queue = receiver.inbox().queue();
    const auto begin = Clock::now();
    for (auto& m : messages) {
      while (queue.size() >= kCapacity - 1) std::this_thread::yield();
      queue.push(std::move(m));
    }
    while (receiver.taken() < kMessages) std::this_thread::yield();
    state.SetIterationTime(seconds_since(begin) / kMessages);
  }
}
BENCHMARK(thread_to_thread_hearth)->UseManualTime()->Iterations(10);

void thread_to_thread_poco(benchmark::State& state) {
  std::vector<Poco::Notification::Ptr> messages(kMessages);
  for ([[maybe_unused]] auto turn : state) {
    for (auto& m : messages) m = new Poco::Notification;
    Poco::NotificationQueue queue;
    const auto begin = Clock::now();
    std::thread receiver([&queue] {
      for (int i = 0; i < kMessages; ++i) {
        const Poco::Notification::Ptr taken(queue.waitDequeueNotification());
        benchmark::DoNotOptimize(taken.get());
      }
    });
    for (auto& m : messages) queue.enqueueNotification(std::move(m));
    receiver.join();
    state.SetIterationTime(seconds_since(begin) / kMessages);
  }
}
BENCHMARK(thread_to_thread_poco)->UseManualTime()->Iterations(10);

}  // namespace
}  // namespace hearth::bench
