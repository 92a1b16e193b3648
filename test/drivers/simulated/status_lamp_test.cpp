// Lamps that show a status: the test is home, and says how things are.
#include <catch2/catch.hpp>

#include "hearth/codec.hpp"
#include "test/drivers/common/plugin_run.hpp"

using namespace hearth;
using test::PluginRun;

namespace {

constexpr auto kPatience = std::chrono::seconds(10);

struct Lamp {
  std::string id, kind, shows, shows_class;
};

PluginRun::Fill config(const std::vector<Lamp>& lamps) {
  return [=](flexbuffers::Builder& b) {
    b.Vector("device", [&] {
      for (const auto& lamp : lamps)
        b.Map([&] {
          b.String("id", lamp.id);
          b.String("kind", lamp.kind);
          if (!lamp.shows.empty()) b.String("shows", lamp.shows);
          if (!lamp.shows_class.empty()) b.String("shows_class", lamp.shows_class);
        });
    });
  };
}

// The driver on its real thread, with its subscriptions to StatusChanged in the hands of the test.
class House : private core::Uplink {
 public:
  explicit House(const std::vector<Lamp>& lamps) {
    flexbuffers::Builder builder;
    builder.Map([&] { config(lamps)(builder); });
    builder.Finish();
    core::PluginSetup setup;
    setup.id = "simulated";
    setup.source = 7;
    setup.config = builder.GetBuffer();
    core::Uplink& uplink = *this;
    thread_ = std::make_unique<core::PluginThread>(
        std::move(setup), uplink, [](std::uint32_t, std::string_view, std::string_view) {},
        [](std::string_view) -> const void* { return nullptr; },
        [this](core::PluginStep step, const Status&) {
          const std::lock_guard lock(mutex_);
          started_ = started_ || step == core::PluginStep::kStarted;
          ended_ = ended_ || step == core::PluginStep::kEnded;
          changed_.notify_all();
        });
    thread_->begin([]() -> Result<const hearth_plugin*> { return hearth_plugin_entry(HEARTH_ABI_MAJOR); });
    wait([this] { return started_; });
  }
  ~House() override {
    thread_->stop();
    wait([this] { return ended_; });
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  void say(const std::string& subject, StatusClass status) {
    Builder builder;
    std::vector<std::uint64_t> handles;
    {
      const std::lock_guard lock(mutex_);
      handles = handles_;
    }
    for (const auto handle : handles) {
      core::Message message;
      message.id = ++last_;
      message.type = kType<StatusChanged>;
      message.handle = handle;
      message.body = core::Body(encode(builder, StatusChanged{subject, status, 0, ""}));
      thread_->inbox().push(message);
    }
  }
  // Does the lamp come to show this? "slow on", "none off".
  bool comes_to_show(const std::string& lamp, const std::string& state) {
    return wait([&] { return shown(lamp) == state; });
  }
  std::size_t subscriptions() {
    const std::lock_guard lock(mutex_);
    return handles_.size();
  }

 private:
  std::string shown(const std::string& lamp) {
    const auto& states = states_["simulated:" + lamp];
    const auto pattern = states.find("pattern"), on = states.find("on_off");
    if (pattern == states.end() || on == states.end()) return "";
    return to_text(pattern->second) + " " + to_text(on->second);
  }
  bool wait(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, condition);
  }
  hearth_status send(core::Message message) override {
    const std::lock_guard lock(mutex_);
    if (message.kind == core::MessageKind::kSubscribe && message.type == kType<StatusChanged>)
      handles_.push_back(message.handle);
    if (message.kind == core::MessageKind::kPublish && message.type == kType<StateChanged>) {
      const auto state = decode<StateChanged>(message.body.bytes());
      if (state.ok()) states_[state->device][state->capability] = state->value;
    }
    changed_.notify_all();
    return HEARTH_OK;
  }

  std::mutex mutex_;  // guards what both threads see
  std::condition_variable changed_;
  std::vector<std::uint64_t> handles_;
  std::map<std::string, std::map<std::string, Value>> states_;
  bool started_ = false, ended_ = false;
  std::uint64_t last_ = 0;
  std::unique_ptr<core::PluginThread> thread_;
};

}  // namespace

TEST_CASE("a lamp shows each class of its subject as a pattern, and nothing of another subject") {
  House house(
      {{"led", "light", "interlock", ""}, {"other", "color", "update", ""}, {"plain", "light", "", ""}});
  CHECK(house.subscriptions() == 2);
  CHECK(house.comes_to_show("led", "none off"));
  const std::vector<std::pair<StatusClass, std::string>> patterns{{StatusClass::kSetup, "slow on"},
                                                                  {StatusClass::kSuccess, "steady on"},
                                                                  {StatusClass::kWarning, "double on"},
                                                                  {StatusClass::kError, "fast on"},
                                                                  {StatusClass::kOff, "none off"}};
  for (const auto& [status, pattern] : patterns) {
    house.say("interlock", status);
    CHECK(house.comes_to_show("led", pattern));
  }
  CHECK(house.comes_to_show("other", "none off"));
  house.say("update", StatusClass::kWarning);
  CHECK(house.comes_to_show("other", "double on"));
  CHECK(house.comes_to_show("led", "none off"));
}

TEST_CASE("a lamp for one class is dark in the others") {
  House house({{"red", "light", "interlock", "error"}, {"green", "light", "interlock", "success"}});
  house.say("interlock", StatusClass::kError);
  CHECK(house.comes_to_show("red", "fast on"));
  CHECK(house.comes_to_show("green", "none off"));
  house.say("interlock", StatusClass::kSuccess);
  CHECK(house.comes_to_show("red", "none off"));
  CHECK(house.comes_to_show("green", "steady on"));
}

TEST_CASE("a lamp that shows a status can be switched like any other") {
  PluginRun run("simulated", config({{"led", "light", "interlock", ""}}));
  CHECK(run.command("simulated:led", "pattern", std::string("double")).status == HEARTH_OK);
  CHECK(run.shown()["simulated:led"].states.at("on_off") == Value(true));
  CHECK(run.command("simulated:led", "on_off", false).status == HEARTH_OK);
  CHECK(run.shown()["simulated:led"].states.at("pattern") == Value(std::string("none")));
}

TEST_CASE("only lamps show a status, and a class needs a subject") {
  const std::vector<std::pair<Lamp, std::string>> cases{
      {{"x", "plug", "interlock", ""}, "device 'x': only a lamp can show a status"},
      {{"x", "sensor", "interlock", ""}, "device 'x': only a lamp can show a status"},
      {{"x", "light", "", "error"}, "device 'x': shows_class needs shows"},
      {{"x", "light", "interlock", "blue"}, "device 'x': no such class: 'blue'"}};
  for (const auto& [lamp, words] : cases) {
    PluginRun run("simulated", config({lamp}));
    CHECK(run.refusal() == words);
  }
}
