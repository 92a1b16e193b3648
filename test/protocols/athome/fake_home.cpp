// Just enough of a home: facts to subscribers, answers to requests.
#include "fake_home.hpp"

#include <Poco/Net/SocketAddress.h>
#include <arpa/inet.h>
#include <flatbuffers/flexbuffers.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hearth/net/json.hpp"

namespace hearth::test {

using core::Message;
using core::MessageKind;
using core::PluginStep;

namespace {

std::vector<std::uint8_t> config_of(const FakeHome::Options& options) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.String("listen", "127.0.0.1:0");
    builder.Vector("allow", [&] {
      for (const auto& network : options.allow) builder.String(network);
    });
    builder.Int("max_connections", options.max_connections);
    builder.Int("max_connections_per_address", 0);
    builder.Int("request_timeout_s", options.request_timeout_s);
  });
  builder.Finish();
  return builder.GetBuffer();
}

}  // namespace

FakeHome::FakeHome() : FakeHome(Options()) {}

FakeHome::FakeHome(const Options& options) {
  core::PluginSetup setup;
  setup.id = "athome";
  setup.source = 1;
  setup.config = config_of(options);
  const auto on_step = [this](PluginStep step, const Status& status) {
    if (!status.ok()) listening_.set_value("failed: " + status.error().words);
    if (step == PluginStep::kEnded) ended_.set_value();
  };
  thread_ = std::make_unique<core::PluginThread>(
      std::move(setup), static_cast<core::Uplink&>(*this),
      [](std::uint32_t, std::string_view, std::string_view) {}, core::Extensions(), on_step);
  thread_->begin([] { return Result<const hearth_plugin*>(hearth_plugin_entry(HEARTH_ABI_MAJOR)); });
  address_ = listening_.get_future().get();
}

FakeHome::~FakeHome() {
  thread_->stop();
  ended_.get_future().wait();
  thread_.reset();
}

void FakeHome::declare(const DeviceDeclared& device) {
  {
    const std::lock_guard lock(mutex_);
    devices_[device.device] = device;
    publish(device, false);
  }
  fence();
}

void FakeHome::remove(const std::string& device) {
  {
    const std::lock_guard lock(mutex_);
    devices_.erase(device);
    publish(DeviceRemoved{device}, false);
  }
  fence();
}

void FakeHome::report(const StateChanged& state) {
  {
    const std::lock_guard lock(mutex_);
    states_[{state.device, state.capability}] = state;
    publish(state, false);
  }
  fence();
}

void FakeHome::announce(const PluginState& plugin) {
  {
    const std::lock_guard lock(mutex_);
    publish(plugin, false);
  }
  fence();
}

// A request that the plugin is bound to refuse, behind everything sent before.
void FakeHome::fence() {
  passed_ = {};
  Message message;
  message.kind = MessageKind::kRequest;
  message.id = core::message_id(2, 1);
  message.type = 1;
  thread_->inbox().push(message);
  passed_.get_future().wait();
}

std::vector<Command> FakeHome::commands() {
  const std::lock_guard lock(mutex_);
  return commands_;
}

std::vector<DeviceWanted> FakeHome::wishes() {
  const std::lock_guard lock(mutex_);
  return wishes_;
}

template <class T>
void FakeHome::publish(const T& fact, bool retained, std::uint64_t only_to) {
  Builder builder;
  Message message;
  message.type = kType<T>;
  message.id = ++counter_;
  message.time_us = 1'700'000'000'000'000;
  message.flags = retained ? HEARTH_RETAINED : 0;
  message.body = core::Body(encode(builder, fact));
  const auto [begin, end] = subscriptions_.equal_range(message.type);
  for (auto it = begin; it != end; ++it) {
    if (only_to != 0 && it->second != only_to) continue;
    message.handle = it->second;
    thread_->inbox().push(message);
  }
}

template <class T>
void FakeHome::answer(const Message& request, const T& answer) {
  Builder builder;
  Message message;
  message.kind = MessageKind::kAnswer;
  message.handle = request.id;
  message.type = kType<T>;
  message.body = core::Body(encode(builder, answer));
  thread_->inbox().push(message);
}

void FakeHome::refuse(const Message& request, const Error& error) {
  Message message;
  message.kind = MessageKind::kAnswer;
  message.handle = request.id;
  message.status = static_cast<std::int32_t>(error.code);
  message.body = core::Body(std::string_view(error.words));
  thread_->inbox().push(message);
}

void FakeHome::standing_facts(const Message& subscription) {
  if (subscription.type == kType<DeviceDeclared>)
    for (const auto& [id, device] : devices_) publish(device, true, subscription.handle);
  if (subscription.type == kType<StateChanged>)
    for (const auto& [key, state] : states_) publish(state, true, subscription.handle);
}

void FakeHome::carry_out(const Message& request) {
  const auto command = *decode<Command>(request.body.bytes());
  commands_.push_back(command);
  if (on_command) {
    if (const auto done = on_command(command)) answer(request, *done);
    return;
  }
  const StateChanged state{command.device, command.capability, command.value};
  states_[{state.device, state.capability}] = state;
  publish(state, false);
  answer(request, CommandDone{command.device, command.capability, Outcome::kOk, ""});
}

void FakeHome::answer_wish(const Message& request) {
  const auto wish = *decode<DeviceWanted>(request.body.bytes());
  wishes_.push_back(wish);
  const auto taken = on_wanted ? on_wanted(wish) : Result<DeviceTaken>(DeviceTaken{wish.driver + ":x", 26});
  taken.ok() ? answer(request, *taken) : refuse(request, taken.error());
}

hearth_status FakeHome::send(Message message) {
  const std::lock_guard lock(mutex_);
  if (message.kind == MessageKind::kSubscribe) {
    subscriptions_.emplace(message.type, message.handle);
    standing_facts(message);
  } else if (message.kind == MessageKind::kRequest && message.type == kType<Sync>) {
    refuse(message, {ErrorCode(HEARTH_OK), ""});
  } else if (message.kind == MessageKind::kRequest) {
    if (message.type == kType<Command>) return carry_out(message), HEARTH_OK;
    if (message.type == kType<DeviceWanted>) return answer_wish(message), HEARTH_OK;
    const bool yes = message.type == kType<DeviceUnwanted> || message.type == kType<StorePut>;
    refuse(message, {ErrorCode(yes ? HEARTH_OK : HEARTH_INVALID), yes ? "" : "not here"});
  } else if (message.kind == MessageKind::kAnswer) {
    passed_.set_value();
  } else if (message.kind == MessageKind::kPublish && message.type == kType<PluginNote>) {
    const auto note = *decode<PluginNote>(message.body.bytes());
    if (note.key == "listen") listening_.set_value(note.value);
  }
  return HEARTH_OK;
}

std::string FakeHome::raw(std::string_view bytes) {
  const Poco::Net::SocketAddress to(address_);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{12, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string all;
  if (::connect(fd, to.addr(), to.length()) == 0) {
    while (!bytes.empty()) {
      const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    char buffer[4096];
    for (ssize_t n; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;)
      all.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(fd);
  return all;
}

boost::json::value FakeHome::ask(std::string_view request) {
  auto answer = net::json::parse(raw(request));
  return answer.ok() ? std::move(*answer) : boost::json::value(boost::json::object());
}

DeviceDeclared bulb() {
  return {"simulated:bulb",
          1,
          "Reading lamp",
          "Study",
          "bulb",
          0,
          "bulb",
          {"on_off", "brightness", "color"},
          true,
          "",
          ""};
}

DeviceDeclared plug() {
  return {"tplink:plug", 2, "Fan", "Bath", "192.0.2.7:9999", 0, "plug", {"on_off"}, true, "", ""};
}

}  // namespace hearth::test
