// The fake house's thread, the steps of the plugin, and the raw client.
#include "test/core/control/running_server.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <stdexcept>

#include "core/control/control_server.hpp"
#include "core/control/control_socket.hpp"
#include "core/control/rpc.hpp"
#include "core/log/log.hpp"

namespace hearth::core::test {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::uint32_t kOwnSource = 7;

LogOptions quiet() {
  LogOptions options;
  options.fd = -1;
  return options;
}

}  // namespace

bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

void write_log(House& house, const std::string& text) { house.log().info(text); }

House::House() : log_(std::make_shared<Log>(quiet())), thread_([this] { run(); }) {}

House::~House() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void House::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
}

Log& House::log() { return *log_; }

void House::call(const std::string& method, Poco::JSON::Object::Ptr params, Done done) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back([this, method, params, done] {
      const auto known = methods.find(method);
      if (known == methods.end()) return done(Error{ErrorCode::kInvalid, "no such method: " + method});
      done(known->second(*params));
    });
  }
  wake_.notify_one();
}

void House::connect_to(Queue* inbox) {
  const std::lock_guard lock(mutex_);
  inbox_ = inbox;
}

void House::push(Message message) {
  if (inbox_) inbox_->push(std::move(message));
}

Message House::made(MessageKind kind, hearth_type type, hearth_bytes body, std::uint64_t cause) {
  Message m;
  m.kind = kind;
  m.id = message_id(kOwnSource, ++counter_);
  m.cause = cause;
  m.time_us = 1'709'294'400'000'000;
  m.type = type;
  m.source = kOwnSource;
  m.body = Body(body);
  return m;
}

std::uint64_t House::publish(hearth_type type, hearth_bytes body, std::uint64_t cause) {
  const std::lock_guard lock(mutex_);
  Message m = made(MessageKind::kPublish, type, body, cause);
  for (const auto& [handle, wanted] : subscriptions_) {
    if (wanted != 0 && wanted != type) continue;
    m.handle = handle;
    push(m);
  }
  return m.id;
}

void House::keep(const StateChanged& fact) {
  const std::lock_guard lock(mutex_);
  Builder builder;
  facts_.push_back(made(MessageKind::kPublish, kType<StateChanged>, encode(builder, fact), 0));
}

void House::answer(std::uint64_t request, const VerbResult& result) {
  const std::lock_guard lock(mutex_);
  Builder builder;
  Message m = made(MessageKind::kAnswer, kType<VerbResult>, encode(builder, result), request);
  m.handle = request;
  push(std::move(m));
}

void House::refuse(std::uint64_t request, std::int32_t status, std::string_view words) {
  const std::lock_guard lock(mutex_);
  Message m = made(MessageKind::kAnswer, 0, {}, request);
  m.body = Body(words);
  m.handle = request;
  m.status = status;
  push(std::move(m));
}

std::size_t House::subscriptions() {
  const std::lock_guard lock(mutex_);
  return subscriptions_.size();
}

hearth_status House::send(Message message) {
  switch (message.kind) {
    case MessageKind::kSubscribe: {
      const std::lock_guard lock(mutex_);
      for (auto fact : facts_) {
        if (message.type != 0 && message.type != fact.type) continue;
        fact.flags = HEARTH_RETAINED;
        fact.handle = message.handle;
        push(std::move(fact));
      }
      subscriptions_[message.handle] = message.type;
      break;
    }
    case MessageKind::kUnsubscribe: {
      const std::lock_guard lock(mutex_);
      subscriptions_.erase(message.handle);
      break;
    }
    case MessageKind::kRequest:
      if (message.type == kType<Sync>) {
        refuse(message.id, HEARTH_OK, "");
      } else if (verb && message.type == kType<VerbCall>) {
        verb(*this, *decode<VerbCall>(message.body.bytes()), message.id);
      } else {
        refuse(message.id, HEARTH_UNREACHABLE, "nobody answers that type of request");
      }
      break;
    default: break;
  }
  return HEARTH_OK;
}

struct RunningServer::Steps {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<PluginStep, Status> done;

  Status wait(PluginStep step) {
    std::unique_lock lock(mutex);
    if (!changed.wait_for(lock, kPatience,
                          [&] { return done.contains(step) || done.contains(PluginStep::kEnded); }))
      throw std::runtime_error("the plugin hangs");
    for (const auto& [which, status] : done)
      if (!status.ok()) return status;
    return {};
  }
};

RunningServer::RunningServer(House& house) : steps_(std::make_shared<Steps>()) {
  PluginSetup setup;
  setup.id = "control";
  setup.source = 1;
  const auto extensions = [&house](std::string_view name) -> const void* {
    if (name == kRequestFilesExtension) return &house.files;
    return name == kServicesExtension ? static_cast<Services*>(&house) : nullptr;
  };
  const auto log = [](std::uint32_t, std::string_view, std::string_view) {};
  thread_ = std::make_unique<PluginThread>(setup, house, log, extensions,
                                           [steps = steps_](PluginStep step, Status status) {
                                             const std::lock_guard lock(steps->mutex);
                                             steps->done[step] = std::move(status);
                                             steps->changed.notify_all();
                                           });
  house.connect_to(&thread_->inbox());
  thread_->begin([]() -> Result<const hearth_plugin*> { return &detail::Entry<ControlServer>::kTable; });
  const auto started = steps_->wait(PluginStep::kStarted);
  if (started.ok()) return;
  (void)steps_->wait(PluginStep::kEnded);
  throw std::runtime_error(started.error().words);
}

RunningServer::~RunningServer() {
  if (!thread_) return;
  thread_->stop();
  (void)steps_->wait(PluginStep::kEnded);
}

RawClient::RawClient(House& house) {
  auto fd = connect_to(house.socket_path());
  if (!fd.ok()) throw std::runtime_error(fd.error().words);
  fd_ = std::move(*fd);
}

void RawClient::send(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("the server doesn't take it");
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string RawClient::line() {
  for (;;) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      auto line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    pollfd poll{fd_.get(), POLLIN, 0};
    if (::poll(&poll, 1, 10'000) <= 0) throw std::runtime_error("no line in time");
    char portion[65536];
    const auto got = ::recv(fd_.get(), portion, sizeof portion, 0);
    if (got <= 0) return {};
    buffer_.append(portion, static_cast<std::size_t>(got));
  }
}

Poco::JSON::Object::Ptr RawClient::json() {
  const auto parsed = parse_json(line());
  if (!parsed.ok()) throw std::runtime_error(parsed.error().words);
  return parsed->extract<Poco::JSON::Object::Ptr>();
}

std::string RawClient::call(const std::string& method, const std::string& params) {
  const auto id = ++last_id_;
  send("{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) + ",\"method\":\"" + method +
       "\",\"params\":" + params + "}\n");
  for (;;) {
    const auto answer = json();
    if (answer->has("method")) continue;
    return answer->has("error") ? "error: " + answer->getObject("error")->getValue<std::string>("message")
                                : *json_text(answer->get("result"));
  }
}

}  // namespace hearth::core::test
