// The life of a plugin: which steps follow which, and what of a broken one reaches its owner.
#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "test/core/runtime/plugin_harness.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

using Steps = std::vector<PluginStep>;
constexpr auto kOpened = PluginStep::kOpened, kCreated = PluginStep::kCreated,
               kStarted = PluginStep::kStarted, kStopped = PluginStep::kStopped, kEnded = PluginStep::kEnded;

// A plugin as C would write it; its create may be told to fail.
struct Bare {
  static inline hearth_status create_status = HEARTH_OK;
  static inline void* self = nullptr;
  static inline int stops = 0, destroys = 0;

  static hearth_status create(const hearth_host*, const hearth_start_info*, void** out) {
    *out = self;
    return create_status;
  }
  static hearth_status start(void*) { return HEARTH_OK; }
  static void receive(void*, const hearth_message*) {}
  static void stop(void*) { ++stops; }
  static void destroy(void*) { ++destroys; }
  static constexpr hearth_plugin kTable{sizeof(hearth_plugin),
                                        HEARTH_ABI_MAJOR,
                                        HEARTH_ABI_MINOR,
                                        create,
                                        start,
                                        receive,
                                        stop,
                                        destroy,
                                        nullptr};
};

}  // namespace

TEST_CASE("a plugin is opened, created, started, stopped and destroyed, in this order") {
  std::string life;
  PluginHarness plugin({.create = [&](Context&) { life += "create "; },
                        .start = [&](Plugin&, Context&) { life += "start "; },
                        .stop = [&](Context&) { life += "stop "; },
                        .destroy = [&](Context&) { life += "destroy"; }});
  CHECK(plugin.begin().ok());
  plugin.stop();
  CHECK(plugin.steps() == Steps{kOpened, kCreated, kStarted, kStopped, kEnded});
  CHECK(life == "create start stop destroy");
}

TEST_CASE("a plugin is told its id, its folder and what it saved") {
  PluginHarness plugin({.create = [](Context& ctx) {
    if (ctx.id != "scripted" || ctx.state_dir != "state of scripted" ||
        ctx.saved != std::vector<std::uint8_t>{1, 2, 3})
      throw std::runtime_error("was told something else");
  }});
  CHECK(plugin.begin().ok());
}

TEST_CASE("a library that can't be opened ends with its words, and nothing was called") {
  std::string life;
  PluginHarness plugin({.create = [&](Context&) { life += "create"; }});
  plugin.begin_with([]() -> Result<const hearth_plugin*> {
    return Error{ErrorCode::kInvalid, "no such library"};
  });
  plugin.wait_for(kEnded);
  CHECK(plugin.steps() == Steps{kOpened, kEnded});
  CHECK(life.empty());
}

TEST_CASE("a plugin whose constructor throws ends with the exception's words, unstarted") {
  std::string life;
  PluginHarness plugin({.create = [](Context&) { throw std::runtime_error("no such LED: 7"); },
                        .start = [&](Plugin&, Context&) { life += "start"; },
                        .stop = [&](Context&) { life += "stop"; }});
  const auto status = plugin.begin();
  CHECK_FALSE(status.ok());
  CHECK(status.error().words == "no such LED: 7");
  plugin.wait_for(kEnded);
  CHECK(plugin.steps() == Steps{kOpened, kCreated, kEnded});
  CHECK(life.empty());
}

TEST_CASE("a plugin whose start throws is stopped and destroyed") {
  std::string life;
  PluginHarness plugin({.start = [](Plugin&, Context&) { throw std::runtime_error("port 9999 is taken"); },
                        .stop = [&](Context&) { life += "stop "; },
                        .destroy = [&](Context&) { life += "destroy"; }});
  const auto status = plugin.begin();
  CHECK(status.error().words == "port 9999 is taken");
  plugin.wait_for(kEnded);
  CHECK(plugin.steps() == Steps{kOpened, kCreated, kStarted, kStopped, kEnded});
  CHECK(life == "stop destroy");
}

TEST_CASE("what isn't even an exception is told as such") {
  PluginHarness plugin({.create = [](Context&) { throw 7; }});
  CHECK(plugin.begin().error().words == "unknown exception");
}

TEST_CASE("a failure that isn't explained is named by its step and its status") {
  Bare::create_status = HEARTH_DENIED;
  PluginHarness plugin;
  CHECK(plugin.begin(&Bare::kTable).error().words == "create failed: denied");
  Bare::create_status = HEARTH_OK;
}

TEST_CASE("a plugin without a state of its own is destroyed like any other") {
  Bare::destroys = Bare::stops = 0;
  PluginHarness plugin;
  CHECK(plugin.begin(&Bare::kTable).ok());
  plugin.stop();
  CHECK(Bare::stops == 1);
  CHECK(Bare::destroys == 1);
}

TEST_CASE("a failed create is followed by nothing, whatever it left behind") {
  Bare::destroys = Bare::stops = 0;
  int something = 0;
  Bare::self = &something;
  Bare::create_status = HEARTH_FAILED;
  PluginHarness plugin;
  CHECK_FALSE(plugin.begin(&Bare::kTable).ok());
  plugin.wait_for(kEnded);
  Bare::create_status = HEARTH_OK;
  Bare::self = nullptr;
  CHECK(Bare::stops == 0);
  CHECK(Bare::destroys == 0);
}

TEST_CASE("stop that throws is logged, and the plugin ends all the same") {
  PluginHarness plugin({.stop = [](Context&) { throw std::runtime_error("would not"); }});
  CHECK(plugin.begin().ok());
  plugin.stop();
  CHECK(plugin.has_logged("stop: would not"));
  CHECK(plugin.steps().back() == kEnded);
}

TEST_CASE("stopping twice stops once") {
  int stops = 0;
  PluginHarness plugin({.stop = [&](Context&) { ++stops; }});
  CHECK(plugin.begin().ok());
  plugin.stop_without_waiting();
  plugin.stop();
  CHECK(stops == 1);
}

TEST_CASE("a stop that is asked for while the library is being opened comes after the start") {
  PluginHarness plugin;
  plugin.begin_with([&plugin]() -> Result<const hearth_plugin*> {
    plugin.stop_without_waiting();
    return &detail::Entry<Scripted>::kTable;
  });
  plugin.wait_for(kEnded);
  CHECK(plugin.steps() == Steps{kOpened, kCreated, kStarted, kStopped, kEnded});
}

TEST_CASE("a stop that is asked for before a library fails to open finds nothing to stop") {
  for (int i = 0; i < 200; ++i) {  // the stop has to be posted before the thread looks
    PluginHarness plugin;
    plugin.begin_with([]() -> Result<const hearth_plugin*> {
      return Error{ErrorCode::kInvalid, "no such library"};
    });
    plugin.stop_without_waiting();
    plugin.wait_for(kEnded);
    REQUIRE(plugin.steps() == Steps{kOpened, kEnded});
  }
}

TEST_CASE("a plugin may still publish while it stops") {
  PluginHarness plugin({.stop = [](Context& ctx) {
    CHECK(ctx.bus.publish(PluginNote{{}, "last", "words"}).ok());
  }});
  CHECK(plugin.begin().ok());
  plugin.stop();
  CHECK(plugin.published<PluginNote>().value == "words");
}

TEST_CASE("a plugin is destroyed after its last worker is back, and told of that worker's end before") {
  std::string life;
  std::atomic<bool> begun{false}, interrupted{false};
  PluginHarness plugin({.start =
                            [&](Plugin&, Context& ctx) {
                              ctx.loop.work(
                                  1,
                                  [&] {
                                    begun = true;
                                    while (!interrupted) std::this_thread::yield();
                                  },
                                  [&](Status s) { life += s.ok() ? "done " : "cancelled "; });
                            },
                        .stop =
                            [&](Context&) {
                              life += "stop ";
                              interrupted = true;
                            },
                        .destroy = [&](Context&) { life += "destroy"; }});
  CHECK(plugin.begin().ok());
  while (!begun) std::this_thread::yield();
  plugin.stop();
  CHECK(life == "stop done destroy");
}

TEST_CASE("a job that a failing constructor has handed out is waited for") {
  std::atomic<bool> ran{false};
  PluginHarness plugin({.create = [&](Context& ctx) {
    ctx.loop.work(
        1, [&] { ran = true; }, [](const Status&) {});
    throw std::runtime_error("changed its mind");
  }});
  CHECK_FALSE(plugin.begin().ok());
  plugin.wait_for(kEnded);
  CHECK(plugin.steps() == Steps{kOpened, kCreated, kEnded});
}
