// Answers and counts as it should, and crashes, hangs, leaks and floods when it is asked to.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

#include "hearth/plugin.hpp"

namespace {

using hearth::Reply;
using hearth::StateChanged;
using hearth::StatusChanged;
using hearth::StatusClass;
using hearth::VerbCall;
using hearth::VerbResult;

class Unruly : public hearth::Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    on_verb("echo", [](const VerbCall& call, Reply reply) { reply.ok(VerbResult{call.args.at(0), {}}); });
    // Publishes as many events, then answers; what the host doesn't take at once is tried again.
    on_verb("flood", [this](const VerbCall& call, Reply reply) {
      left_ = std::stoull(call.args.at(0));
      flood_ = std::move(reply);
      flood();
    });
    // Answers when that many states have come in.
    on_verb("count", [this](const VerbCall& call, Reply reply) {
      awaited_ = std::stoull(call.args.at(0));
      states_ = ctx.bus.subscribe<StateChanged>([this](const StateChanged&) {
        if (++counted_ == awaited_) count_.ok();
      });
      count_ = std::move(reply);
    });
    on_verb("log", [this](const VerbCall& call, Reply reply) {
      ctx.log.warning(call.args.at(0));
      reply.ok();
    });
    on_verb("crash", [](const VerbCall&, Reply) { std::raise(SIGSEGV); });
    on_verb("abort", [this](const VerbCall&, Reply) {
      ctx.log.error("last words");
      std::abort();
    });
    on_verb("exit", [](const VerbCall&, Reply) { _exit(0); });
    on_verb("throw", [](const VerbCall&, Reply) { throw std::runtime_error("thrown"); });
    on_verb("hang", [](const VerbCall&, Reply) {
      for (volatile bool forever = true; forever;) std::this_thread::yield();
    });
    on_verb("close", [](const VerbCall&, Reply) {
      for (int fd = 3; fd < 64; ++fd) ::close(fd);
    });
    on_verb("garbage", [](const VerbCall&, Reply) { static_cast<void>(!::write(3, "no frame at all", 15)); });
    on_verb("eat", [this](const VerbCall& call, Reply reply) {
      eaten_.resize(eaten_.size() + (std::stoull(call.args.at(0)) << 20), 'x');
      reply.ok();
    });
  }

 private:
  void flood() {
    for (; left_ > 0; --left_) {
      if (ctx.bus.publish(StatusChanged{"flood", StatusClass::kWarning, 0, "once more"}).ok()) continue;
      again_ = ctx.loop.after(std::chrono::microseconds(100), [this] { flood(); });
      return;
    }
    flood_.ok();
  }

  std::uint64_t left_ = 0, awaited_ = 0, counted_ = 0;
  Reply flood_, count_;
  hearth::Handle again_, states_;
  std::vector<char> eaten_;
};

}  // namespace

HEARTH_PLUGIN(Unruly)
