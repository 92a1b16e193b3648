// Steps that begin, and wait for the test.
#include "fake_world.hpp"

namespace hearth::test {

class FakeWorld::FakeRemote final : public interlock::Remote {
 public:
  explicit FakeRemote(FakeWorld& world) : world_(world) { world_.remote_ = true; }
  ~FakeRemote() override { world_.remote_ = false; }
  FakeRemote(const FakeRemote&) = delete;
  FakeRemote& operator=(const FakeRemote&) = delete;
  void push(const boost::json::object&) override {}
  std::size_t queued() const override { return 0; }

 private:
  FakeWorld& world_;
};

void FakeWorld::start(const std::string& token) {
  lifecycle.begin(token);
  if (waits_for() == "test internet") passes();
  if (waits_for() == "test server") passes();
  if (waits_for() == "link") links_to("fresh");
  connects();
}

interlock::World::Attempt FakeWorld::begin(std::string step) {
  step_ = std::move(step);
  auto attempt = std::make_shared<int>();
  alive_ = attempt;
  return attempt;
}

interlock::World::Attempt FakeWorld::test(interlock::Test test, std::function<void(const Status&)> done) {
  tested_ = std::move(done);
  return begin(test == interlock::Test::kInternet ? "test internet" : "test server");
}

interlock::World::Attempt FakeWorld::link(std::function<void(interlock::Linked)> done) {
  linked_ = std::move(done);
  return begin("link");
}

std::unique_ptr<interlock::Remote> FakeWorld::connect(const std::string& token,
                                                      interlock::RemoteHooks hooks) {
  connections.push_back(token);
  hooks_ = std::move(hooks);
  step_ = "connect " + token;
  return std::make_unique<FakeRemote>(*this);
}

interlock::World::Attempt FakeWorld::after(Microseconds time, std::function<void()> fire) {
  delay = time;
  fire_ = std::move(fire);
  return begin(concat("after ", time.count() / 1000, " ms"));
}

interlock::World::Attempt FakeWorld::keep(const std::string& token, std::function<void()> done) {
  token_on_disk = token;
  kept_ = std::move(done);
  return begin("keep " + token);
}

}  // namespace hearth::test
