// Answers and counts as it should, and crashes, hangs, leaks and floods when it is asked to.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "hearth/plugin.hpp"

namespace {

using hearth::StateChanged;
using hearth::StatusChanged;
using hearth::StatusClass;
using hearth::Verb;

class Unruly : public hearth::Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    on_verb("echo", [](Verb verb) { verb.ok(verb.args().at(0)); });
    // Publishes as many events, then answers; what the host doesn't take at once is tried again.
    on_verb("flood", [this](Verb verb) {
      left_ = std::stoull(verb.args().at(0));
      flood_ = std::move(verb);
      flood();
    });
    // Answers when that many states have come in.
    on_verb("count", [this](Verb verb) {
      awaited_ = std::stoull(verb.args().at(0));
      states_ = ctx.bus.subscribe<StateChanged>([this](const StateChanged&) {
        if (++counted_ == awaited_) count_->ok("yes");
      });
      count_ = std::move(verb);
    });
    on_verb("log", [this](Verb verb) {
      ctx.log.warning(verb.args().at(0));
      verb.ok("yes");
    });
    on_verb("crash", [](const Verb&) { std::raise(SIGSEGV); });
    on_verb("abort", [this](const Verb&) {
      ctx.log.error("last words");
      std::abort();
    });
    on_verb("exit", [](const Verb&) { _exit(0); });
    on_verb("throw", [](const Verb&) { throw std::runtime_error("thrown"); });
    on_verb("hang", [](const Verb&) {
      for (volatile bool forever = true; forever;) std::this_thread::yield();
    });
    on_verb("close", [](const Verb&) {
      for (int fd = 3; fd < 64; ++fd) ::close(fd);
    });
    on_verb("garbage", [](const Verb&) { static_cast<void>(!::write(3, "no frame at all", 15)); });
    // Of the kind that only the server sends.
    on_verb("files-frame", [](const Verb&) {
      char frame[72] = {};
      frame[4] = 7;
      static_cast<void>(!::write(3, frame, sizeof frame));
    });
    on_verb("hand-over", [](const Verb&) {
      alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
      char frame[72] = {};
      iovec part{frame, sizeof frame};
      msghdr header{};
      header.msg_iov = &part;
      header.msg_iovlen = 1;
      header.msg_control = control;
      header.msg_controllen = sizeof control;
      auto* rights = CMSG_FIRSTHDR(&header);
      rights->cmsg_level = SOL_SOCKET;
      rights->cmsg_type = SCM_RIGHTS;
      rights->cmsg_len = CMSG_LEN(sizeof(int));  // descriptor 0
      ::sendmsg(3, &header, 0);
    });
    on_verb("eat", [this](Verb verb) {
      eaten_.resize(eaten_.size() + (std::stoull(verb.args().at(0)) << 20), 'x');
      verb.ok("yes");
    });
    files();
  }

 private:
  void files() {
    // What stands in the files that came for its arguments, one after the other.
    on_verb("read", [](Verb verb) {
      std::string all;
      for (std::size_t i = 0; i < verb.args().size(); ++i) {
        const auto file = verb.file(i);
        const auto text = file.ok() ? file->read_all(1000) : hearth::Result<std::string>(file.error());
        all += text.ok() ? *text : std::string(name(text.error().code));
      }
      verb.ok(all);
    });
    // The same file twice.
    on_verb("read-again", [](Verb verb) {
      const auto first = verb.file(0), second = verb.file(0);
      verb.ok(first.ok() && !second.ok() ? std::string(name(second.error().code)) : "twice");
    });
    // The file by the path that a descriptor has.
    on_verb("reopen", [](Verb verb) {
      const auto file = verb.file(0);
      const auto path = "/proc/self/fd/" + std::to_string(file.ok() ? file->fd() : -1);
      const hearth::File again(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
      verb.ok(again ? "opened" : std::generic_category().message(errno));
    });
    // Never answered, nothing taken.
    on_verb("keep", [this](Verb verb) { kept_.push_back(std::move(verb)); });
    on_verb("answer-kept", [this](Verb verb) {
      kept_.clear();
      verb.ok("yes");
    });
    // Takes every descriptor that it may have, until it is told again.
    on_verb("hog", [this](Verb verb) {
      if (hogged_.empty()) {
        for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) hogged_.push_back(fd);
      } else {
        for (const int fd : hogged_) ::close(fd);
        hogged_.clear();
      }
      verb.ok("yes");
    });
    on_verb("descriptors", [](Verb verb) {
      int open = 0;
      for (int fd = 0; fd < 1024; ++fd) open += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
      verb.ok(std::to_string(open));
    });
  }

  void flood() {
    for (; left_ > 0; --left_) {
      if (ctx.bus.publish(StatusChanged{"flood", StatusClass::kWarning, 0, "once more"}).ok()) continue;
      again_ = ctx.loop.after(std::chrono::microseconds(100), [this] { flood(); });
      return;
    }
    flood_->ok("yes");
  }

  std::uint64_t left_ = 0, awaited_ = 0, counted_ = 0;
  std::optional<Verb> flood_, count_;
  std::vector<Verb> kept_;
  std::vector<int> hogged_;
  hearth::Handle again_, states_;
  std::vector<char> eaten_;
};

}  // namespace

HEARTH_PLUGIN(Unruly)
