// Sockets of one process: what one end has written the other can read at once.
#include "scene.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <stdexcept>

#include "hearth/net/json.hpp"

namespace hearth::test {

namespace {

hearth_start_info info_of(std::string_view id) {
  hearth_start_info info{};
  info.id = detail::slice(id);
  return info;
}

}  // namespace

std::string refused(std::string_view words) {
  std::string line = R"({"success":false,"error_message":)";
  net::json::append_text(line, words);
  return line + "}";
}

std::string sent(std::string_view sender, std::string_view payload) {
  return R"({"sender":")" + std::string(sender) + R"(","payload":)" + std::string(payload) + "}";
}

std::string packet(std::string_view target, std::string_view payload) {
  return R"({"target":")" + std::string(target) + R"(","payload":)" + std::string(payload) + "}";
}

SocketHost::SocketHost() : hearth_host() {
  static_cast<hearth_host&>(*this) = *base.table();
  watch = [](const hearth_host* host, int32_t fd, uint32_t events, hearth_watch_fn fn, void* arg,
             hearth_handle* out) {
    const auto status = of(host).base.table()->watch(host, fd, events, fn, arg, out);
    of(host).watches_[*out] = {fd, events, fn, arg};
    return status;
  };
  rewatch = [](const hearth_host* host, hearth_handle handle, uint32_t events) {
    of(host).watches_.at(handle).events = events;
    return hearth_status{HEARTH_OK};
  };
  cancel = [](const hearth_host* host, hearth_handle handle) {
    of(host).watches_.erase(handle);
    return of(host).base.table()->cancel(host, handle);
  };
}

bool SocketHost::dispatch() {
  bool any = false;
  const auto all = watches_;
  for (const auto& [handle, one] : all) {
    const auto current = watches_.find(handle);
    if (current == watches_.end()) continue;
    const auto wanted = current->second.events;
    pollfd ready{one.fd, 0, 0};
    ready.events = static_cast<short>((wanted & HEARTH_READABLE ? POLLIN : 0) |
                                      (wanted & HEARTH_WRITABLE ? POLLOUT : 0));
    if (::poll(&ready, 1, 0) <= 0) continue;
    std::uint32_t events = 0;
    if (ready.revents & POLLIN) events |= HEARTH_READABLE;
    if (ready.revents & POLLOUT) events |= HEARTH_WRITABLE;
    if (ready.revents & (POLLHUP | POLLERR)) events |= HEARTH_HANGUP;
    one.fn(one.arg, events);
    any = true;
  }
  return any;
}

Scene::Scene(std::string token)
    : context(&host, info_of("relay")),
      targets(house, "relay",
              [this](const std::string& device, const std::string& capability, Value value, auto done) {
                asked.push_back({device + " " + capability, std::move(value), std::move(done)});
                return Handle();
              }),
      directory({.objection =
                     [this](const std::string& name) { return objection ? objection(name) : std::string(); },
                 .came = [this](const relay::Card& card) { told.push_back("came " + card.name); },
                 .went = [this](const std::string& name,
                                const std::string& why) { told.push_back("went " + name + ": " + why); }}),
      router(directory, targets, std::move(token),
             [this](std::function<void()> task) { context.loop.post(std::move(task)); }) {
  house.follow(context);
}

Scene::~Scene() {
  for (auto& [connection, keep] : std::exchange(connections, {})) {
    connection->on_released(nullptr);
    connection->close();
  }
  settle();
}

void Scene::settle() {
  for (bool any = true; any;) {
    host.base.run();
    any = host.dispatch();
    for (auto* peer : peers) any = peer->push() || any;
  }
  host.base.run();
}

void Scene::has(const std::string& id, const std::string& name, std::vector<Capability> capabilities) {
  DeviceDeclared device;
  device.device = id;
  device.number = ++last_number_;
  device.name = name;
  device.kind = "bulb";
  device.capabilities = std::move(capabilities);
  device.reachable = true;
  host.base.publish(device);
  reports(id, "on_off", true);
}

void Scene::reports(const std::string& id, const std::string& capability, Value value) {
  host.base.publish(StateChanged{id, capability, std::move(value)});
  settle();
}

Peer::Peer(Scene& scene, Bare) : scene_(scene) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::runtime_error("no sockets");
  constexpr int kSmall = 16 * 1024;
  for (const int end : ends) ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &kSmall, sizeof kSmall);
  fd_ = net::Fd(ends[0]);
  connection_ =
      std::make_shared<net::Connection>(scene.io, net::Fd(ends[1]), net::Ip{}, net::ConnectionLimits());
  connection_->on_released([&scene](net::Connection& ended) { scene.connections.erase(&ended); });
  scene.connections.emplace(connection_.get(), connection_);
  scene.peers.push_back(this);
}

Peer::Peer(Scene& scene) : Peer(scene, Bare::kYes) {
  relay::Client::serve(*connection_, scene.router);
  connection_->begin();
  scene.settle();
}

Peer::Peer(Scene& scene, const std::string& name) : Peer(scene) {
  std::string payload = R"({"device_name":)";
  net::json::append_text(payload, name);
  if (const auto line = asks("server", payload + "}"); line != kDone) throw std::runtime_error(line);
}

Peer::~Peer() {
  goes();
  std::erase(scene_.peers, this);
}

bool Peer::push() {
  if (!fd_ || unsent_.empty()) return false;
  const auto n = ::send(fd_.get(), unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n > 0) unsent_.erase(0, static_cast<std::size_t>(n));
  if (n < 0 && errno != EAGAIN) unsent_.clear();
  if (unsent_.empty() && ends_) ::shutdown(fd_.get(), SHUT_WR);
  return n > 0;
}

void Peer::says(std::string_view bytes) {
  unsent_ += bytes;
  scene_.settle();
}

void Peer::tells(std::string_view target, std::string_view payload) {
  std::string packet = R"({"target":)";
  net::json::append_text(packet, target);
  says(packet + R"(,"payload":)" + std::string(payload) + "}");
}

std::string Peer::asks(std::string_view target, std::string_view payload) {
  tells(target, payload);
  const auto lines = heard();
  return lines.size() == 1 ? lines.front() : "not one line but " + std::to_string(lines.size());
}

std::string Peer::reads(std::size_t most) {
  std::string all;
  while (fd_ && all.size() < most) {
    scene_.settle();
    char buffer[4096];
    const auto n = ::recv(fd_.get(), buffer, std::min(sizeof buffer, most - all.size()), MSG_DONTWAIT);
    closed_ = closed_ || n == 0;
    if (n <= 0) break;
    all.append(buffer, static_cast<std::size_t>(n));
  }
  scene_.settle();
  return all;
}

Lines Peer::heard() {
  partial_ += reads(std::string::npos);
  Lines lines;
  for (auto end = partial_.find('\n'); end != partial_.npos; end = partial_.find('\n')) {
    lines.push_back(partial_.substr(0, end));
    partial_.erase(0, end + 1);
  }
  return lines;
}

void Peer::ends() {
  ends_ = true;
  if (unsent_.empty()) ::shutdown(fd_.get(), SHUT_WR);
  scene_.settle();
}

void Peer::goes() {
  fd_.reset();
  unsent_.clear();
  scene_.settle();
}

bool Peer::is_closed() {
  partial_ += reads(std::string::npos);
  return closed_;
}

}  // namespace hearth::test
