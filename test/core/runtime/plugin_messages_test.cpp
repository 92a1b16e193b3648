// What travels: publish, subscribe, request and answer, on both sides of the line.
#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <thread>

#include "test/core/runtime/plugin_harness.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

Message subscribed(PluginHarness& plugin) { return plugin.sent(MessageKind::kSubscribe); }

}  // namespace

TEST_CASE("what a plugin publishes arrives in its order, with its number in the id") {
  PluginHarness plugin({.start = [](Plugin&, Context& ctx) {
    const auto first = ctx.bus.publish(PluginNote{{}, "a", "1"});
    const auto second = ctx.bus.publish(PluginNote{{}, "b", "2"}, *first);
    if (*first >> 40 != PluginHarness::kSource || *second <= *first)
      throw std::runtime_error("ids are wrong");
  }});
  CHECK(plugin.begin().ok());
  const auto a = plugin.sent(MessageKind::kPublish), b = plugin.sent(MessageKind::kPublish);
  CHECK(decode<PluginNote>(a.body.bytes())->key == "a");
  CHECK(decode<PluginNote>(b.body.bytes())->key == "b");
  CHECK(a.type == kType<PluginNote>);
  CHECK(b.cause == a.id);
}

TEST_CASE("a publisher is told when the line is full") {
  PluginHarness plugin;
  CHECK(plugin.begin().ok());
  plugin.refuse_with(HEARTH_BUSY);
  plugin.on_loop([](Context& ctx) {
    const auto sent = ctx.bus.publish(PluginNote{{}, "a", "1"});
    CHECK_FALSE(sent.ok());
    CHECK(sent.error().code == ErrorCode::kBusy);
  });
}

TEST_CASE("a subscriber gets the messages of its subscription, with their envelope") {
  PluginNote got;
  Meta meta;
  Handle handle;
  PluginHarness* outer = nullptr;
  PluginHarness plugin({.start =
                            [&](Plugin&, Context& ctx) {
                              handle =
                                  ctx.bus.subscribe<PluginNote>([&](const PluginNote& note, const Meta& m) {
                                    outer->share([&] {
                                      got = note;
                                      meta = m;
                                    });
                                  });
                            },
                        .stop = [&](Context&) { handle.reset(); }});
  outer = &plugin;
  plugin.owns(handle);
  CHECK(plugin.begin().ok());
  const auto subscription = subscribed(plugin);
  CHECK(subscription.type == kType<PluginNote>);
  Message note = plugin.made(MessageKind::kPublish, PluginNote{"x", "listen", "127.0.0.1:1"});
  note.handle = subscription.handle;
  note.flags = HEARTH_RETAINED;
  note.cause = 77;
  note.source = 3;
  plugin.push(note);
  plugin.wait([&] { return got.key == "listen"; });
  CHECK(meta.retained);
  CHECK(meta.cause == 77);
  CHECK(meta.source == 3);
  plugin.stop();
  CHECK(plugin.count(MessageKind::kUnsubscribe) == 1);
}

TEST_CASE("a message for a subscription that has ended reaches nobody") {
  int got = 0;
  Handle handle;
  PluginHarness plugin({.start = [&](Plugin&, Context& ctx) {
    handle = ctx.bus.subscribe<PluginNote>([&](const PluginNote&) { ++got; });
  }});
  plugin.owns(handle);
  CHECK(plugin.begin().ok());
  Message note = plugin.made(MessageKind::kPublish, PluginNote{"x", "k", "v"});
  note.handle = subscribed(plugin).handle;
  plugin.on_loop([&](Context&) {
    handle.reset();
    plugin.push(note);  // under way when the subscription ends
  });
  plugin.on_loop([](Context&) {});
  plugin.on_loop([](Context&) {});
  CHECK(got == 0);
}

TEST_CASE("a subscriber may drop its own handle while it is called") {
  auto handle = std::make_shared<Handle>();
  int got = 0;
  PluginHarness* outer = nullptr;
  PluginHarness plugin({.start = [&](Plugin&, Context& ctx) {
    *handle =
        ctx.bus.subscribe<PluginNote>([&, kept = std::make_shared<std::string>("kept")](const PluginNote&) {
          handle->reset();
          outer->share([&] { got += kept->size() == 4 ? 1 : 100; });  // the function is still whole
        });
  }});
  outer = &plugin;
  CHECK(plugin.begin().ok());
  Message note = plugin.made(MessageKind::kPublish, PluginNote{"x", "k", "v"});
  note.handle = subscribed(plugin).handle;
  plugin.push(note);
  plugin.push(note);
  plugin.wait([&] { return got == 1; });
  plugin.stop();
  CHECK(got == 1);
}

TEST_CASE("a subscriber that throws is logged and gets the next message") {
  int got = 0;
  PluginHarness* outer = nullptr;
  Handle handle;
  PluginHarness plugin({.start =
                            [&](Plugin&, Context& ctx) {
                              handle = ctx.bus.subscribe<PluginNote>([&](const PluginNote&) {
                                outer->share([&] { ++got; });
                                throw std::runtime_error("didn't like it");
                              });
                            },
                        .stop = [&](Context&) { handle.reset(); }});
  outer = &plugin;
  plugin.owns(handle);
  CHECK(plugin.begin().ok());
  Message note = plugin.made(MessageKind::kPublish, PluginNote{"x", "k", "v"});
  note.handle = subscribed(plugin).handle;
  plugin.push(note);
  plugin.push(note);
  plugin.wait([&] { return got == 2; });
  plugin.logged("subscription: didn't like it");
}

TEST_CASE("a damaged message is logged, not delivered") {
  Handle handle;
  PluginHarness plugin({.start =
                            [&](Plugin&, Context& ctx) {
                              handle =
                                  ctx.bus.subscribe<PluginNote>([](const PluginNote&) { FAIL("delivered"); });
                            },
                        .stop = [&](Context&) { handle.reset(); }});
  plugin.owns(handle);
  CHECK(plugin.begin().ok());
  Message note = plugin.made(MessageKind::kPublish, PluginNote{"x", "k", "v"});
  note.handle = subscribed(plugin).handle;
  note.body = Body("anything but a FlatBuffer");
  plugin.push(note);
  plugin.logged("damaged message");
}

TEST_CASE("an answer ends its request, once") {
  std::vector<std::string> answers;
  Handle handle;
  PluginHarness* outer = nullptr;
  PluginHarness plugin({.start = [&](Plugin&, Context& ctx) {
    handle = ctx.bus.request<VerbResult>(
        VerbCall{"word", "verb", {}}, std::chrono::seconds(20), [&](Result<VerbResult> answer) {
          outer->share([&] { answers.push_back(answer.ok() ? answer->text : "error"); });
        });
  }});
  outer = &plugin;
  plugin.owns(handle);
  CHECK(plugin.begin().ok());
  const auto request = plugin.sent(MessageKind::kRequest);
  CHECK(request.flags == HEARTH_WANTS_ANSWER);
  CHECK(request.id >> 40 == PluginHarness::kSource);
  Message answer = plugin.made(MessageKind::kAnswer, VerbResult{"42", {}});
  answer.handle = request.id;
  plugin.push(answer);
  plugin.push(answer);
  plugin.wait([&] { return !answers.empty(); });
  plugin.stop();
  CHECK(answers == std::vector<std::string>{"42"});
}

TEST_CASE("a refusal reaches the asker with its code and its words") {
  Error refusal;
  bool done = false;
  Handle handle;
  PluginHarness* outer = nullptr;
  PluginHarness plugin({.start = [&](Plugin&, Context& ctx) {
    handle =
        ctx.bus.request(VerbCall{"word", "verb", {}}, std::chrono::seconds(20), [&](const Status& status) {
          outer->share([&] {
            refusal = status.error();
            done = true;
          });
        });
  }});
  outer = &plugin;
  plugin.owns(handle);
  CHECK(plugin.begin().ok());
  Message answer;
  answer.kind = MessageKind::kAnswer;
  answer.handle = plugin.sent(MessageKind::kRequest).id;
  answer.status = HEARTH_BUSY;
  answer.body = Body("the lamp is busy");
  plugin.push(answer);
  plugin.wait([&] { return done; });
  CHECK(refusal.code == ErrorCode::kBusy);
  CHECK(refusal.words == "the lamp is busy");
}

TEST_CASE("a request that nobody answers ends as a timeout, and a late answer is dropped") {
  std::vector<ErrorCode> ends;
  Handle handle;
  PluginHarness* outer = nullptr;
  PluginHarness plugin({.start = [&](Plugin&, Context& ctx) {
    handle = ctx.bus.request(
        VerbCall{"word", "verb", {}}, std::chrono::milliseconds(5), [&](const Status& status) {
          outer->share([&] { ends.push_back(status.ok() ? ErrorCode::kFailed : status.error().code); });
        });
  }});
  outer = &plugin;
  plugin.owns(handle);
  CHECK(plugin.begin().ok());
  const auto request = plugin.sent(MessageKind::kRequest);
  plugin.wait([&] { return !ends.empty(); });
  Message late;
  late.kind = MessageKind::kAnswer;
  late.handle = request.id;
  plugin.push(late);
  plugin.on_loop([](Context&) {});
  plugin.stop();
  CHECK(ends == std::vector<ErrorCode>{ErrorCode::kTimeout});
}

TEST_CASE("a request whose handle is dropped never ends") {
  PluginHarness plugin;
  CHECK(plugin.begin().ok());
  plugin.on_loop([](Context& ctx) {
    auto dropped = ctx.bus.request(VerbCall{"w", "v", {}}, std::chrono::seconds(20),
                                   [](const Status&) { FAIL("ended"); });
  });
  Message answer;
  answer.kind = MessageKind::kAnswer;
  answer.handle = plugin.sent(MessageKind::kRequest).id;
  plugin.push(answer);
  plugin.on_loop([](Context&) {});
}

TEST_CASE("open requests end as cancelled when the plugin stops, and new ones are not taken") {
  std::vector<ErrorCode> ends;
  Handle handle, another;
  PluginHarness plugin(
      {.start =
           [&](Plugin&, Context& ctx) {
             handle =
                 ctx.bus.request(VerbCall{"w", "v", {}}, std::chrono::seconds(20), [&](const Status& status) {
                   ends.push_back(status.error().code);
                   another = ctx.bus.request(VerbCall{"w", "v", {}}, std::chrono::seconds(20),
                                             [&](const Status& s) { ends.push_back(s.error().code); });
                 });
           },
       .destroy =
           [&](Context&) {
             handle.reset();
             another.reset();
           }});
  plugin.owns(handle);
  plugin.owns(another);
  CHECK(plugin.begin().ok());
  plugin.stop();
  CHECK(ends == std::vector<ErrorCode>{ErrorCode::kCancelled, ErrorCode::kCancelled});
  CHECK(plugin.count(MessageKind::kRequest) == 1);
}

TEST_CASE("a request to the plugin is served and its answer travels back") {
  PluginHarness plugin({.start = [](Plugin&, Context& ctx) {
    ctx.bus.serve<VerbCall>([](const VerbCall& call, const Meta&, Reply reply) {
      reply.ok(VerbResult{call.verb, {}});
    });
  }});
  CHECK(plugin.begin().ok());
  plugin.push(plugin.made(MessageKind::kRequest, VerbCall{"word", "hello", {}}, 1234));
  const auto answer = plugin.sent(MessageKind::kAnswer);
  CHECK(answer.handle == 1234);
  CHECK(answer.cause == 1234);
  CHECK(answer.status == HEARTH_OK);
  CHECK(decode<VerbResult>(answer.body.bytes())->text == "hello");
}

TEST_CASE("the second answer to one request is stale") {
  hearth_status first = HEARTH_FAILED, second = HEARTH_OK, unasked = HEARTH_OK;
  PluginHarness plugin({.start = [&](Plugin&, Context& ctx) {
    ctx.bus.serve<VerbCall>([&](const VerbCall&, const Meta& meta, Reply reply) {
      first = ctx.host->answer(ctx.host, meta.id, HEARTH_OK, 0, {});
      second = ctx.host->answer(ctx.host, meta.id, HEARTH_OK, 0, {});
      unasked = ctx.host->answer(ctx.host, 999, HEARTH_OK, 0, {});
      reply.ok();
    });
  }});
  CHECK(plugin.begin().ok());
  plugin.push(plugin.made(MessageKind::kRequest, VerbCall{"word", "hello", {}}));
  (void)plugin.sent(MessageKind::kAnswer);
  plugin.stop();
  CHECK(first == HEARTH_OK);
  CHECK(second == HEARTH_STALE);
  CHECK(unasked == HEARTH_STALE);
  CHECK(plugin.count(MessageKind::kAnswer) == 1);
}

TEST_CASE("whoever drops a reply, throws or serves no such type still answers once, in words") {
  PluginHarness plugin({.start = [&](Plugin&, Context& ctx) {
    ctx.bus.serve<VerbCall>([](const VerbCall& call, const Meta&, Reply) {
      if (call.verb == "throw") throw std::runtime_error("no idea");
    });
  }});
  CHECK(plugin.begin().ok());
  for (const auto& verb : {"drop", "throw"}) {
    plugin.push(plugin.made(MessageKind::kRequest, VerbCall{"word", verb, {}}));
    const auto answer = plugin.sent(MessageKind::kAnswer);
    CHECK(answer.status == HEARTH_FAILED);
    CHECK(answer.body.text() == "the plugin gave no answer");
  }
  plugin.push(plugin.made(MessageKind::kRequest, GroupUnwanted{3}));
  CHECK(plugin.sent(MessageKind::kAnswer).status == HEARTH_INVALID);
  plugin.logged("request: no idea");
}

TEST_CASE("a request that arrives while the plugin waits for its workers is answered as unreachable") {
  std::atomic<bool> begun{false}, go_on{false};
  PluginHarness plugin({.start = [&](Plugin&, Context& ctx) {
    ctx.loop.work(
        1,
        [&] {
          begun = true;
          while (!go_on) std::this_thread::yield();
        },
        [](const Status&) {});
    ctx.bus.serve<VerbCall>([](const VerbCall&, const Meta&, Reply) { FAIL("served while stopping"); });
  }});
  CHECK(plugin.begin().ok());
  while (!begun) std::this_thread::yield();
  plugin.stop_without_waiting();
  plugin.wait_for(PluginStep::kStopped);
  plugin.push(plugin.made(MessageKind::kRequest, VerbCall{"word", "late", {}}));
  CHECK(plugin.sent(MessageKind::kAnswer).status == HEARTH_UNREACHABLE);
  go_on = true;
  plugin.wait_for(PluginStep::kEnded);
}
