// hearth-plugin-host: runs one plugin in a process of its own, with the table of functions that the server
// would give it. Started by the server, which holds the other end of descriptor 3; never by a person.
#include <dlfcn.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "core/isolation/channel.hpp"
#include "core/isolation/child.hpp"
#include "core/runtime/plugin_table.hpp"
#include "core/runtime/plugin_thread.hpp"
#include "core/sandbox/sandbox.hpp"
#include "hearth/log.hpp"

namespace hearth::core {

namespace {

constexpr int kOptionsMs = 10'000;                     // until the server has said what to do
constexpr int kLastWordsMs = 500;                      // for what was said last to be read
constexpr std::size_t kMostWaiting = 4 * 1024 * 1024;  // bytes that the server hasn't taken yet
constexpr int kPackets = 16;                           // read in one turn

// A sanitizer maps memory that isn't the plugin's: then only the server's look at the process counts.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

struct Orders {
  PluginSetup setup;
  SandboxPlan sandbox;
  bool takes_files = false;
  bool only_open = false;
  bool begin = false;
};

bool wait_for(int fd, short events, int ms) {
  pollfd poll{fd, events, 0};
  return ::poll(&poll, 1, ms) > 0;
}

std::uint64_t number_in(const FrameReader::Item& item) {
  std::uint64_t number = 0;
  std::memcpy(&number, item.body.data, std::min<std::size_t>(sizeof number, item.body.size));
  return number;
}

void take_option(const FrameReader::Item& item, Orders& orders, std::vector<std::string>& permissions) {
  const std::string text(item.text());
  const auto bytes = [&] {
    return std::vector<std::uint8_t>(item.body.data, item.body.data + item.body.size);
  };
  switch (static_cast<Option>(item.frame.handle)) {
    case Option::kId: orders.setup.id = text; return;
    case Option::kSource: orders.setup.source = static_cast<std::uint32_t>(number_in(item)); return;
    case Option::kLibrary: orders.sandbox.library = text; return;
    case Option::kStateDir: orders.setup.state_dir = orders.sandbox.state_dir = text; return;
    case Option::kConfig: orders.setup.config = bytes(); return;
    case Option::kStore: orders.setup.store = bytes(); return;
    case Option::kWorkers: orders.setup.workers = number_in(item); return;
    case Option::kMemory: orders.sandbox.memory_bytes = kSanitized ? 0 : number_in(item); return;
    case Option::kPermission: permissions.push_back(text); return;
    case Option::kTakesFiles: orders.takes_files = true; return;
    case Option::kOnlyOpen: orders.only_open = true; return;
  }
}

Result<Orders> hear_orders(Channel& channel) {
  Orders orders;
  std::vector<std::string> permissions;
  while (!orders.begin) {
    if (!wait_for(channel.fd(), POLLIN, kOptionsMs)) return Error{ErrorCode::kTimeout, "no orders"};
    const auto received = channel.receive([&](const FrameReader::Item& item) {
      if (item.frame.kind == FrameKind::kOption) take_option(item, orders, permissions);
      if (item.frame.kind == FrameKind::kBegin) orders.begin = true;
    });
    if (received == Channel::Received::kEnd || received == Channel::Received::kBroken)
      return Error{ErrorCode::kFailed, "no server"};
  }
  auto parsed = Permissions::parse(permissions);
  if (!parsed.ok()) return parsed.error();
  orders.setup.may_listen = parsed->bus_listen;
  orders.setup.may_command = parsed->bus_command;
  orders.sandbox.permissions = std::move(*parsed);
  return orders;
}

// The line to the server, on the plugin's loop.
class Line : public Uplink, public LoopSource {
 public:
  Line(Channel& channel, RequestFiles& files) : channel_(channel), files_(files) {}

  // Begins to listen. The plugin, whose messages have `source`, outlives it.
  Status connect(PluginThread& plugin, std::uint32_t source) {
    plugin_ = &plugin;
    source_ = source;
    plugin.loop().add_source(*this);
    const auto ready = [](void* self, std::uint32_t) { static_cast<Line*>(self)->readable(); };
    return plugin.loop().watch(channel_.fd(), HEARTH_READABLE, ready, this, &watch_) == HEARTH_OK
               ? Status()
               : Status(ErrorCode::kFailed, "the line to the server can't be watched");
  }

  hearth_status send(Message message) override {
    const bool ends_something =
        message.kind == MessageKind::kAnswer || message.kind == MessageKind::kUnsubscribe;
    if (!ends_something && channel_.waiting() >= kMostWaiting) return HEARTH_BUSY;
    channel_.add(message);
    return HEARTH_OK;
  }

  void tell(PluginStep step, const Status& status) {
    Frame frame;
    frame.kind = FrameKind::kStep;
    frame.handle = static_cast<std::uint64_t>(step);
    if (!status.ok()) frame.status = static_cast<std::int32_t>(status.error().code);
    channel_.add(frame, detail::slice(status.ok() ? std::string_view() : status.error().words));
  }

 private:
  bool drain() override {
    flush();
    return false;
  }
  bool try_sleep() override {
    flush();
    return true;
  }

  void flush() {
    if (channel_.waiting() == 0) return;
    const bool all = channel_.flush();
    if (all == !waits_for_room_) return;
    waits_for_room_ = !all;
    plugin_->loop().rewatch(watch_, HEARTH_READABLE | (all ? 0 : HEARTH_WRITABLE));
  }

  void readable() {
    for (int i = 0; i < kPackets && plugin_->inbox().size() < kHalfInbox; ++i) {
      const auto received =
          channel_.receive([this](const FrameReader::Item& item) { take(item); }, &descriptors_);
      if (received == Channel::Received::kNothing) return;
      // The server is gone, and nobody would hear what an orderly stop has to say.
      if (received != Channel::Received::kSome) _exit(1);
    }
  }

  void take(const FrameReader::Item& item) {
    if (item.frame.kind == FrameKind::kStop) return plugin_->stop();
    if (item.frame.kind == FrameKind::kFiles) return keep(item);
    if (item.frame.kind != FrameKind::kMessage) return;
    if (item.frame.id == no_room_for_ && no_room_for_ != 0) return refuse(item.frame.id);
    auto message = item.message();
    const auto id = message.id;
    const bool asks = message.kind == MessageKind::kRequest;
    if (plugin_->inbox().push(std::move(message)) == HEARTH_BUSY && asks) refuse(id);
  }

  void refuse(std::uint64_t request) {
    files_.end(request);
    Message refused;
    refused.kind = MessageKind::kAnswer;
    refused.id = message_id(source_, 0);
    refused.handle = request;
    refused.status = HEARTH_BUSY;
    refused.body = Body(std::string_view("the plugin is busy"));
    channel_.add(refused);
  }

  // A request's files come before it. A plugin that answers nothing may not keep them for ever.
  void keep(const FrameReader::Item& item) {
    RequestFiles::List files;
    for (std::size_t i = 0; i < std::min(descriptors_.size(), item.body.size / sizeof(std::uint32_t)); ++i) {
      auto& file = files.emplace_back();
      std::memcpy(&file.argument, item.body.data + i * sizeof file.argument, sizeof file.argument);
      file.fd = std::move(descriptors_[i]);
    }
    const auto until = steady_now_us() + static_cast<std::int64_t>(item.frame.handle);
    if (files_.keep(item.frame.id, {}, std::move(files), until) != HEARTH_OK) no_room_for_ = item.frame.id;
    if (expiry_ == 0) expire();
  }

  void expire() {
    const auto now = steady_now_us();
    const auto next = files_.expire(now);
    expiry_ = 0;
    if (next == 0) return;
    plugin_->loop().timer(
        next - now, 0, [](void* self) { static_cast<Line*>(self)->expire(); }, this, &expiry_);
  }

  static constexpr std::size_t kHalfInbox = 2048;

  Channel& channel_;
  RequestFiles& files_;
  PluginThread* plugin_ = nullptr;
  std::uint32_t source_ = 0;
  hearth_handle watch_ = 0, expiry_ = 0;
  std::vector<UniqueFd> descriptors_;  // of the packet that is being read
  std::uint64_t no_room_for_ = 0;      // the files of this request; 0: none
  bool waits_for_room_ = false;
};

Result<const hearth_plugin*> open_library(const std::string& file) {
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) return Error{ErrorCode::kInvalid, concat("it can't be loaded: ", dlerror())};
  using Entry = const hearth_plugin*(std::uint32_t);
  auto* entry = reinterpret_cast<Entry*>(dlsym(library, "hearth_plugin_entry"));
  if (!entry) return Error{ErrorCode::kInvalid, "it doesn't export hearth_plugin_entry"};
  return table_of(entry);
}

// The plugin is destroyed. What its library would do on the way out isn't waited for.
[[noreturn]] void end(Channel& channel) {
  while (!channel.flush() && wait_for(channel.fd(), POLLOUT, kLastWordsMs)) {
  }
  std::fflush(nullptr);
  _exit(kOrderlyExit);
}

// Returns only when it couldn't begin.
int host() {
  void* shared = mmap(nullptr, sizeof(Vitals), PROT_READ | PROT_WRITE, MAP_SHARED, kVitalsFd, 0);
  if (shared == MAP_FAILED) {
    std::fputs("hearth-plugin-host is started by hearthd, for a plugin with isolation = \"process\"\n",
               stderr);
    return 2;
  }
  close(kVitalsFd);
  Channel channel(kChannelFd);
  auto orders = hear_orders(channel);
  if (!orders.ok()) return 2;
  prctl(PR_SET_NAME, orders->setup.id.substr(0, 15).c_str());

  RequestFiles files;
  if (orders->takes_files) orders->setup.files = &files;
  Line line(channel, files);
  const auto sandboxed = enter_sandbox(orders->sandbox);
  if (sandboxed.ok()) {
    for (const auto& notice : *sandboxed) {
      Frame frame;
      frame.kind = FrameKind::kNotice;
      channel.add(frame, detail::slice(notice));
    }
  }
  // At once and past everything else: what is logged just before a crash is heard too.
  const auto log = [&channel](std::uint32_t level, std::string_view device, std::string_view text) {
    Frame frame;
    frame.kind = FrameKind::kLog;
    frame.flags = level;
    const auto named = device.substr(0, 256);
    frame.handle = named.size();
    const auto body = concat(named, text.substr(0, 8192));
    channel.send_now(frame, detail::slice(body));
  };
  const auto open = [&]() -> Result<const hearth_plugin*> {
    if (!sandboxed.ok()) return sandboxed.error();
    return open_library(orders->sandbox.library);
  };
  if (orders->only_open) {
    line.tell(PluginStep::kOpened, open().status());
    end(channel);
  }
  PluginThread plugin(
      orders->setup, line, log, {},
      [&line](PluginStep step, const Status& status) {
        if (step != PluginStep::kEnded) line.tell(step, status);
      },
      static_cast<Vitals*>(shared));
  if (const auto status = line.connect(plugin, orders->setup.source); !status.ok()) return 2;
  plugin.run(open);
  end(channel);
}

}  // namespace
}  // namespace hearth::core

int main() {
  // The server's end is this process's, whatever the plugin is at; before it is looked for, so that none is
  // missed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  return hearth::core::host();
}
