// Messages to and from the process, its steps, and its end.
#include "core/isolation/plugin_process.hpp"

#include <algorithm>

#include "hearth/codec.hpp"

namespace hearth::core {

namespace {

constexpr std::int64_t kGraceUs = 500'000;
constexpr std::size_t kMostOwed = 2 * 4096;  // messages that wait for it: then it isn't heard until it reads
constexpr int kPackets = 4;                  // read in one turn, so that a flood costs the others little

hearth_bytes bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
hearth_bytes bytes(const std::vector<std::uint8_t>& v) { return {v.data(), v.size()}; }

}  // namespace

// Only home pushes into the inbox, on the loop that empties it: nobody has to be woken.
PluginProcess::PluginProcess(EventLoop& loop, PluginSetup setup, Program program, Uplink& uplink, LogSink log,
                             OnStep on_step)
    : loop_(loop),
      setup_(std::move(setup)),
      program_(std::move(program)),
      uplink_(uplink),
      log_(std::move(log)),
      on_step_(std::move(on_step)),
      inbox_(setup_.inbox, [] {}) {
  loop_.add_source(*this);
}

PluginProcess::~PluginProcess() {
  loop_.remove_source(*this);
  loop_.cancel(socket_watch_);
  loop_.cancel(exit_watch_);
  loop_.cancel(grace_);
}

void PluginProcess::begin() {
  const auto status = launch();
  if (status.ok()) return;
  on_step_(PluginStep::kDied, status);
  ended_ = true;
  on_step_(PluginStep::kEnded, {});
}

Status PluginProcess::launch() {
  auto child = Child::start(program_.host, setup_.id);
  if (!child.ok()) return child.status();
  child_ = std::move(*child);
  channel_ = std::make_unique<Channel>(child_->take_channel());
  if (auto status = send_options(); !status.ok()) return status;
  const auto on_socket = [](void* self, std::uint32_t) { static_cast<PluginProcess*>(self)->readable(); };
  const auto on_exit = [](void* self, std::uint32_t) { static_cast<PluginProcess*>(self)->process_ended(); };
  if (loop_.watch(channel_->fd(), HEARTH_READABLE, on_socket, this, &socket_watch_) != HEARTH_OK ||
      loop_.watch(child_->pid_fd(), HEARTH_READABLE, on_exit, this, &exit_watch_) != HEARTH_OK)
    return {ErrorCode::kFailed, "its process can't be watched"};
  watch_for_room();  // the orders may not have gone out as a whole
  return {};
}

Status PluginProcess::send_options() {
  if (setup_.config.size() > kMaxFrameBody || setup_.store.size() > kMaxFrameBody)
    return {ErrorCode::kInvalid, "its configuration is over 192 KiB: too much for a process of its own"};
  const auto add = [this](Option option, hearth_bytes value) {
    Frame frame;
    frame.kind = FrameKind::kOption;
    frame.handle = static_cast<std::uint64_t>(option);
    channel_->add(frame, value);
  };
  const auto add_number = [&](Option option, std::uint64_t number) {
    add(option, {reinterpret_cast<const std::uint8_t*>(&number), sizeof number});
  };
  add(Option::kId, bytes(setup_.id));
  add_number(Option::kSource, setup_.source);
  add(Option::kLibrary, bytes(program_.library.native()));
  add(Option::kStateDir, bytes(setup_.state_dir.native()));
  add(Option::kConfig, bytes(setup_.config));
  add(Option::kStore, bytes(setup_.store));
  add_number(Option::kWorkers, setup_.workers);
  add_number(Option::kMemory, program_.memory_bytes);
  for (const auto& permission : program_.permissions) add(Option::kPermission, bytes(permission));
  if (setup_.files) add(Option::kTakesFiles, {});
  if (program_.only_open) add(Option::kOnlyOpen, {});
  Frame begin;
  begin.kind = FrameKind::kBegin;
  channel_->add(begin);
  watch_for_room();
  return {};
}

void PluginProcess::stop() {
  if (!channel_ || ended_) return;
  may_end_ = true;
  Frame frame;
  frame.kind = FrameKind::kStop;
  channel_->add(frame);
  watch_for_room();
}

bool PluginProcess::kill() {
  if (!child_) return false;
  child_->kill();
  return true;
}

// ---- Down ---------------------------------------------------------------------------------------------

bool PluginProcess::drain() {
  if (!channel_ || ended_ || channel_->is_blocked()) return false;
  if (next_ == batch_.size()) {
    batch_.clear();
    next_ = 0;
    if (!inbox_.take(batch_)) return false;
  }
  while (next_ < batch_.size() && !channel_->is_blocked()) add(batch_[next_++]);
  watch_for_room();
  return !channel_->is_blocked();
}

// A request goes with its files; from then on they are the process's.
void PluginProcess::add(const Message& message) {
  if (setup_.files && message.kind == MessageKind::kRequest && message.type == kType<VerbCall>) {
    auto files = setup_.files->take_all(message.id, setup_.word);
    if (!files.empty()) return channel_->add(message, std::move(files));
  }
  channel_->add(message);
}

// Sends, and hears of it when the socket takes more.
void PluginProcess::watch_for_room() {
  const bool all = channel_->flush();
  const bool heard = inbox_.size() < kMostOwed;
  if (socket_watch_ != 0)
    loop_.rewatch(socket_watch_, (heard ? HEARTH_READABLE : 0) | (all ? 0 : HEARTH_WRITABLE));
}

bool PluginProcess::try_sleep() {
  if (!channel_ || ended_ || channel_->is_blocked()) return true;
  return next_ == batch_.size() && inbox_.try_sleep();
}

// ---- Up -----------------------------------------------------------------------------------------------

void PluginProcess::readable() {
  for (int i = 0; i < kPackets && !ended_ && inbox_.size() < kMostOwed; ++i) {
    switch (channel_->receive([this](const FrameReader::Item& item) { received(item); })) {
      case Channel::Received::kSome: continue;
      case Channel::Received::kNothing: break;
      case Channel::Received::kEnd: return line_ended();
      case Channel::Received::kBroken:
        fault_ = "it sent what is no frame";
        child_->kill();
        return;
    }
    break;
  }
  if (!ended_ && (channel_->is_blocked() || inbox_.size() >= kMostOwed)) watch_for_room();
}

// How it ended is known once the process is gone, which is at once unless it has only closed the socket.
void PluginProcess::line_ended() {
  loop_.cancel(std::exchange(socket_watch_, 0));
  loop_.timer(
      kGraceUs, 0,
      [](void* self) {
        auto& me = *static_cast<PluginProcess*>(self);
        me.grace_ = 0;
        me.fault_ = "it closed its line to the server";
        me.child_->kill();
      },
      this, &grace_);
}

void PluginProcess::received(const FrameReader::Item& item) {
  switch (item.frame.kind) {
    case FrameKind::kMessage: {
      const bool taken = uplink_.send(item.message()) == HEARTH_OK;
      if (!taken && item.frame.message == MessageKind::kRequest) {
        Message refused;
        refused.kind = MessageKind::kAnswer;
        refused.handle = item.frame.id;
        refused.status = HEARTH_BUSY;
        inbox_.push(std::move(refused));
      }
      return;
    }
    case FrameKind::kStep: return step(item);
    case FrameKind::kLog: {
      const auto text = item.text();
      const auto device = text.substr(0, std::min<std::size_t>(item.frame.handle, text.size()));
      return log_(item.frame.flags, device, text.substr(device.size()));
    }
    case FrameKind::kNotice: return log_(HEARTH_WARNING, {}, item.text());
    case FrameKind::kOption:
    case FrameKind::kBegin:
    case FrameKind::kFiles:
    case FrameKind::kStop: fault_ = "it sent what only the server sends"; child_->kill();
  }
}

// Of kEnded the server hears from the system, and of kDied too.
void PluginProcess::step(const FrameReader::Item& item) {
  if (item.frame.handle >= static_cast<std::uint64_t>(PluginStep::kEnded)) return;
  may_end_ = may_end_ || item.frame.status != HEARTH_OK;
  const auto code = std::clamp(static_cast<int>(item.frame.status), static_cast<int>(HEARTH_SUPERSEDED), 0);
  on_step_(static_cast<PluginStep>(item.frame.handle),
           code == HEARTH_OK ? Status() : Status(static_cast<ErrorCode>(code), std::string(item.text())));
}

// What it sent last is still in the socket.
void PluginProcess::process_ended() {
  std::string how;
  if (ended_ || !child_->reap(&how)) return;
  loop_.cancel(std::exchange(exit_watch_, 0));
  loop_.cancel(std::exchange(socket_watch_, 0));
  loop_.cancel(std::exchange(grace_, 0));
  while (channel_->receive([this](const FrameReader::Item& item) { received(item); }) ==
         Channel::Received::kSome) {
  }
  ended_ = true;
  inbox_.close();
  if (how.empty() && !may_end_ && !program_.only_open) how = "it ended its process";
  if (!fault_.empty()) how = fault_;
  if (!how.empty()) on_step_(PluginStep::kDied, {ErrorCode::kFailed, how});
  on_step_(PluginStep::kEnded, {});
}

// ---- Supervision --------------------------------------------------------------------------------------

// What it shows of itself, or since when it has taken nothing of what waits for it, whichever is longer ago:
// a process that is stopped shows nothing, and one that lies shows what it likes.
std::int64_t PluginProcess::busy_since_us() const {
  if (!child_ || ended_) return 0;
  const auto said = child_->vitals().busy_since_us.load(std::memory_order_relaxed);
  const auto now = steady_now_us();
  const auto unread = channel_->unread();
  const bool moves = unread != last_unread_ || channel_->packets_sent() != last_sent_;
  last_unread_ = unread;
  last_sent_ = channel_->packets_sent();
  if (unread == 0 || moves) {
    unread_since_us_ = 0;
  } else if (unread_since_us_ == 0) {
    unread_since_us_ = now;
  }
  if (said <= 0 || said > now) return unread_since_us_;
  return unread_since_us_ == 0 ? said : std::min(said, unread_since_us_);
}

std::int64_t PluginProcess::longest_callback_us() const {
  return child_ ? std::max<std::int64_t>(0, child_->vitals().longest_us.load(std::memory_order_relaxed)) : 0;
}

}  // namespace hearth::core
