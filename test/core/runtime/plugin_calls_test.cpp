// The table's functions that are answered on the spot, from the right thread, the wrong one, and too late.
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "test/core/runtime/plugin_harness.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

struct CallOutcome {
  std::string function;
  hearth_status status;
};

// Calls everything that belongs to the loop.
std::vector<CallOutcome> call_all(const hearth_host* host) {
  hearth_handle handle = 0;
  const auto timer = [](void*) {};
  return {
      {"watch", host->watch(
                    host, 0, HEARTH_READABLE, [](void*, std::uint32_t) {}, nullptr, &handle)},
      {"rewatch", host->rewatch(host, 1, HEARTH_READABLE)},
      {"timer", host->timer(host, 0, 0, timer, nullptr, &handle)},
      {"cancel", host->cancel(host, 1)},
      {"work", host->work(
                   host, 0, [](void*) {}, [](void*, hearth_status) {}, nullptr)},
      {"publish", host->publish(host, 1, 0, {}, nullptr)},
      {"subscribe", host->subscribe(
                        host, 1, [](void*, const hearth_message*) {}, nullptr, &handle)},
      {"request", host->request(
                      host, 1, 0, {}, 1, [](void*, hearth_status, const hearth_message*, hearth_text) {},
                      nullptr, &handle)},
      {"answer", host->answer(host, 1, HEARTH_OK, 0, {})},
  };
}

}  // namespace

TEST_CASE("what belongs to the loop is refused to every other thread") {
  PluginHarness plugin;
  CHECK(plugin.begin().ok());
  std::vector<CallOutcome> outcomes;
  plugin.on_loop([&](Context& ctx) { std::thread([&] { outcomes = call_all(ctx.host); }).join(); });
  for (const auto& [function, status] : outcomes) {
    INFO(function);
    CHECK(status == HEARTH_WRONG_THREAD);
  }
}

TEST_CASE("every call after destroy is stale, from whichever thread") {
  const hearth_host* host = nullptr;
  PluginHarness plugin({.create = [&](Context& ctx) { host = ctx.host; }});
  CHECK(plugin.begin().ok());
  plugin.stop();
  for (const auto& [function, status] : call_all(host)) {
    INFO(function);
    CHECK(status == HEARTH_STALE);
  }
  CHECK(host->post(
            host, [](void*, hearth_status) { FAIL("posted"); }, nullptr) == HEARTH_STALE);
  CHECK(host->extension(host, detail::slice(kScriptExtension)) == nullptr);
  CHECK(host->now(host, HEARTH_STEADY) > 0);
}

TEST_CASE("calls from the destructor are stale: every handle has ended by then") {
  std::vector<CallOutcome> outcomes;
  PluginHarness plugin({.destroy = [&](Context& ctx) { outcomes = call_all(ctx.host); }});
  CHECK(plugin.begin().ok());
  plugin.stop();
  REQUIRE(outcomes.size() == 9);
  for (const auto& [function, status] : outcomes) CHECK(status == HEARTH_STALE);
}

TEST_CASE("post and log may be called from any thread") {
  bool ran = false;
  PluginHarness plugin;
  CHECK(plugin.begin().ok());
  plugin.on_loop([&](Context& ctx) {
    std::thread([&] {
      ctx.log.info("from elsewhere");
      ctx.loop.post([&] { plugin.share([&] { ran = ctx.loop.is_current(); }); });
    }).join();
  });
  plugin.wait([&] { return ran; });
  CHECK(plugin.has_logged("1 from elsewhere"));
}

TEST_CASE(
    "a function that was posted before the end and hasn't run is dropped before the plugin is destroyed") {
  auto token = std::make_shared<int>(1);
  bool ran = false, held_at_destroy = true;
  PluginHarness plugin({.stop =
                            [&](Context& ctx) {
                              // The end is posted when stop has returned: after the outer one, before the
                              // inner one.
                              ctx.loop.post(
                                  [&, loop = &ctx.loop] { loop->post([&, token] { ran = true; }); });
                            },
                        .destroy = [&](Context&) { held_at_destroy = token.use_count() > 1; }});
  CHECK(plugin.begin().ok());
  plugin.stop();
  CHECK_FALSE(ran);
  CHECK_FALSE(held_at_destroy);
  CHECK(token.use_count() == 1);
}

TEST_CASE("a timer may drop its own handle while it fires") {
  auto handle = std::make_shared<Handle>();
  int fired = 0;
  PluginHarness plugin;
  CHECK(plugin.begin().ok());
  plugin.on_loop([&](Context& ctx) {
    *handle = ctx.loop.every(Microseconds(100), [&, kept = std::make_shared<int>(7)] {
      handle->reset();
      plugin.share([&] { fired += *kept; });
    });
  });
  plugin.wait([&] { return fired > 0; });
  plugin.stop();
  CHECK(fired == 7);
}

TEST_CASE("a timer that throws is logged and fires again") {
  Handle handle;
  int fired = 0;
  PluginHarness plugin({.stop = [&](Context&) { handle.reset(); }});
  plugin.owns(handle);
  CHECK(plugin.begin().ok());
  plugin.on_loop([&](Context& ctx) {
    handle = ctx.loop.every(Microseconds(100), [&] {
      plugin.share([&] { ++fired; });
      throw std::runtime_error("every time");
    });
  });
  plugin.wait([&] { return fired >= 3; });
  CHECK(plugin.has_logged("timer: every time"));
}

TEST_CASE("posted functions, jobs and their ends may throw: each is logged, nothing else happens") {
  PluginHarness plugin;
  CHECK(plugin.begin().ok());
  plugin.on_loop([](Context& ctx) {
    ctx.loop.post([] { throw std::runtime_error("posted in anger"); });
    ctx.loop.work(
        0, [] {}, [](const Status&) { throw std::runtime_error("ended in anger"); });
    ctx.loop.work(
        0, [] { throw std::runtime_error("worked in anger"); },
        [log = ctx.log](const Status& status) { log.error("the job said: ", status.error().words); });
  });
  plugin.logged("posted function: posted in anger");
  plugin.logged("end of a job: ended in anger");
  plugin.logged("the job said: worked in anger");
}

TEST_CASE("a message of no type, an endless one, and a request without a deadline are refused") {
  PluginHarness plugin;
  CHECK(plugin.begin().ok());
  plugin.on_loop([](Context& ctx) {
    const auto* host = ctx.host;
    const std::vector<std::uint8_t> much(HostTable::kMaxBody + 1);
    const hearth_bytes body{much.data(), much.size()};
    hearth_handle handle = 0;
    const auto answered = [](void*, hearth_status, const hearth_message*, hearth_text) { FAIL("answered"); };
    CHECK(host->publish(host, 0, 0, {}, nullptr) == HEARTH_INVALID);
    CHECK(host->publish(host, 1, 0, body, nullptr) == HEARTH_INVALID);
    CHECK(host->request(host, 0, 0, {}, 1, answered, nullptr, &handle) == HEARTH_INVALID);
    CHECK(host->request(host, 1, 0, body, 1, answered, nullptr, &handle) == HEARTH_INVALID);
    CHECK(host->request(host, 1, 0, {}, 0, answered, nullptr, &handle) == HEARTH_INVALID);
    CHECK(host->answer(host, 1, HEARTH_OK, 1, body) == HEARTH_INVALID);
  });
  CHECK(plugin.count(MessageKind::kPublish) == 0);
}

TEST_CASE("more open requests than allowed are refused as busy, one at a time") {
  std::vector<Handle> open;
  int busy = 0;
  PluginHarness plugin({.stop = [&](Context&) { open.clear(); }});
  CHECK(plugin.begin().ok());
  plugin.on_loop([&](Context& ctx) {
    for (std::size_t i = 0; i < HostTable::kMaxRequests + 3; ++i)
      open.push_back(
          ctx.bus.request(VerbCall{"w", "v", {}}, std::chrono::seconds(20), [&](const Status& status) {
            if (status.error().code == ErrorCode::kBusy) ++busy;
          }));
    CHECK(busy == 3);
    open.erase(open.begin());
    open.push_back(ctx.bus.request(VerbCall{"w", "v", {}}, std::chrono::seconds(20), [](const Status&) {}));
    CHECK(busy == 3);
  });
}

TEST_CASE("an unknown extension is not offered") {
  PluginHarness plugin;
  CHECK(plugin.begin().ok());
  plugin.on_loop([](Context& ctx) {
    CHECK(ctx.host->extension(ctx.host, detail::slice("no.such/1")) == nullptr);
    CHECK(ctx.host->extension(ctx.host, {}) == nullptr);
  });
}

TEST_CASE("a message that comes before the plugin has started waits until it has") {
  Handle handle;
  int got = 0;
  PluginHarness* outer = nullptr;
  PluginHarness plugin({.start = [&](Plugin&, Context& ctx) {
    handle = ctx.bus.subscribe<PluginNote>([&](const PluginNote&) { outer->share([&] { ++got; }); });
    Message note = outer->made(MessageKind::kPublish, PluginNote{"x", "k", "v"});
    note.handle = handle.id();
    outer->push(note);  // home answers a subscription at once, while start still runs
  }});
  outer = &plugin;
  plugin.owns(handle);
  CHECK(plugin.begin().ok());
  plugin.wait([&] { return got == 1; });
}
