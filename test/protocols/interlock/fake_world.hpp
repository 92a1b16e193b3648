// FakeWorld: a life cycle without a network or a clock; the test decides what comes of each step.
#ifndef HEARTH_TEST_INTERLOCK_FAKE_WORLD_HPP
#define HEARTH_TEST_INTERLOCK_FAKE_WORLD_HPP

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocols/interlock/lifecycle.hpp"

namespace hearth::test {

class FakeWorld final : public interlock::World {
 public:
  explicit FakeWorld(const interlock::Patience& patience = {})
      : board([this](const StatusChanged& status) { codes.push_back(status.code); }, [this] { return now; }),
        lifecycle(*this, board, patience) {}

  // Codes that were said since the last call.
  std::vector<int> said() { return std::exchange(codes, {}); }
  // What is waited for: "test internet", "test server", "link", "connect TOKEN", "after 5000 ms", "keep
  // TOKEN", "connected"; "" for nothing.
  std::string waits_for() const { return alive_.expired() && !remote_ ? "" : step_; }

  // Each ends the step that is waited for.
  void passes() { std::exchange(tested_, nullptr)({}); }
  void fails() { std::exchange(tested_, nullptr)({ErrorCode::kUnreachable, "no route"}); }
  void links(interlock::Linked how) { std::exchange(linked_, nullptr)(std::move(how)); }
  void links_to(const std::string& token) {
    links({interlock::Linked::How::kToken, token});
    kept();
  }
  void kept() { std::exchange(kept_, nullptr)(); }
  void time_passes() {
    now += delay;
    std::exchange(fire_, nullptr)();
  }
  void connects() {
    step_ = "connected";
    hooks_.connected();
  }
  // After it has lasted so long.
  void ends(bool refused = false, Microseconds after = Microseconds(0)) {
    now += after;
    const auto ended = std::move(hooks_.ended);
    ended(refused, "gone");
  }
  // A whole start, up to the connection.
  void start(const std::string& token);

  Microseconds now{1'000'000'000}, delay{0};
  double luck = 0;  // what random() is
  std::string token_on_disk = "none was kept";
  std::vector<std::string> told, connections;
  std::vector<int> codes;
  bool is_connected = false;
  interlock::Board board;
  interlock::Lifecycle lifecycle;

 private:
  class FakeRemote;

  Attempt begin(std::string step);
  Attempt test(interlock::Test test, std::function<void(const Status&)> done) override;
  Attempt link(std::function<void(interlock::Linked)> done) override;
  std::unique_ptr<interlock::Remote> connect(const std::string& token, interlock::RemoteHooks hooks) override;
  Attempt after(Microseconds delay, std::function<void()> fire) override;
  Microseconds steady() override { return now; }
  double random() override { return luck; }
  Attempt keep(const std::string& token, std::function<void()> done) override;
  void request(Result<boost::json::value>, interlock::Answer) override {}
  void connected(interlock::Remote* remote) override { is_connected = remote != nullptr; }
  void tell(std::string_view words, bool) override { told.emplace_back(words); }

  std::string step_;
  std::weak_ptr<void> alive_;
  bool remote_ = false;
  std::function<void(const Status&)> tested_;
  std::function<void(interlock::Linked)> linked_;
  std::function<void()> fire_, kept_;
  interlock::RemoteHooks hooks_;
};

}  // namespace hearth::test

#endif
