// Publishing on one thread: hearth's table of subscribers, Poco::NotificationCenter and Boost.Signals2; and
// making a message.
#include <Poco/NObserver.h>
#include <Poco/Notification.h>
#include <Poco/NotificationCenter.h>
#include <benchmark/benchmark.h>

#include <boost/signals2/signal.hpp>
#include <memory>
#include <vector>

#include "core/bus/bus.hpp"
#include "hearth/codec.hpp"

namespace hearth::bench {

namespace {

constexpr hearth_type kState = kType<StateChanged>;

StateChanged example() { return {"simulated:hall", "on_off", true}; }

core::Message message_of(const StateChanged& state) {
  Builder builder;
  core::Message message;
  message.type = kState;
  message.body = core::Body(encode(builder, state));
  return message;
}

// What each receiver of each library does: look at the message, so that nothing is optimised away.
class Counter : public core::Sink {
 public:
  void deliver(const core::Message& message, std::uint64_t) noexcept override { seen_ += message.type; }
  void notified(const Poco::AutoPtr<Poco::Notification>& notification) {
    seen_ += notification.isNull() ? 0 : 1;
  }
  std::uint64_t seen() const { return seen_; }

 private:
  std::uint64_t seen_ = 0;
};

void publish_hearth(benchmark::State& state) {
  std::vector<Counter> counters(static_cast<std::size_t>(state.range(0)));
  core::Bus bus;
  for (auto& counter : counters) bus.subscribe(kState, counter, 1);
  const auto message = message_of(example());
  for ([[maybe_unused]] auto turn : state) bus.publish(message);
  benchmark::DoNotOptimize(counters.front().seen());
}
BENCHMARK(publish_hearth)->Arg(1)->Arg(8)->Arg(64);

void publish_poco(benchmark::State& state) {
  std::vector<Counter> counters(static_cast<std::size_t>(state.range(0)));
  Poco::NotificationCenter center;
  for (auto& counter : counters)
    center.addObserver(Poco::NObserver<Counter, Poco::Notification>(counter, &Counter::notified));
  const Poco::AutoPtr<Poco::Notification> notification(new Poco::Notification);
  for ([[maybe_unused]] auto turn : state) center.postNotification(notification);
  benchmark::DoNotOptimize(counters.front().seen());
}
BENCHMARK(publish_poco)->Arg(1)->Arg(8)->Arg(64);

void publish_signals2(benchmark::State& state) {
  std::vector<Counter> counters(static_cast<std::size_t>(state.range(0)));
  boost::signals2::signal<void(const core::Message&)> signal;
  for (auto& counter : counters)
    signal.connect([&counter](const core::Message& message) { counter.deliver(message, 1); });
  const auto message = message_of(example());
  for ([[maybe_unused]] auto turn : state) signal(message);
  benchmark::DoNotOptimize(counters.front().seen());
}
BENCHMARK(publish_signals2)->Arg(1)->Arg(8)->Arg(64);

void build_state_changed(benchmark::State& state) {
  Builder builder;
  const auto fact = example();
  for ([[maybe_unused]] auto turn : state) {
    const core::Body body(encode(builder, fact));
    benchmark::DoNotOptimize(body.bytes().data);
  }
}
BENCHMARK(build_state_changed);

}  // namespace
}  // namespace hearth::bench
