// Accepting: who may, how many, and what happens when descriptors run out.
#include "hearth/net/listener.hpp"

#include <Poco/Exception.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace hearth::net {

namespace {

constexpr int kBacklog = 1024;
constexpr int kAcceptsPerTurn = 32;
constexpr Microseconds kPause = std::chrono::milliseconds(100);
constexpr Microseconds kWarnEvery = std::chrono::seconds(10);

Fd open_reserve() { return Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

ListenerOptions ListenerOptions::from(const Config& config) {
  ListenerOptions options;
  options.listen = config.text("listen");
  options.allow = config.texts("allow");
  options.max_connections = static_cast<std::size_t>(config.integer("max_connections"));
  return options;
}

std::size_t Listener::IpHash::operator()(const Ip& ip) const {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(ip.bytes.data()), ip.bytes.size()});
}

Result<std::unique_ptr<Listener>> Listener::open(Io& io, const ListenerOptions& options, Accept accept) {
  const auto address = parse_endpoint(options.listen);
  if (!address.ok()) return address.error();
  auto allow = AllowList::parse(options.allow);
  if (!allow.ok()) return allow.error();
  std::unique_ptr<Listener> listener(new Listener(io, options, std::move(*allow), std::move(accept)));
  if (const auto status = listener->listen(*address); !status.ok()) return status.error();
  return listener;
}

Listener::Listener(Io& io, const ListenerOptions& options, AllowList allow, Accept accept)
    : io_(io),
      options_(options),
      allow_(std::move(allow)),
      accept_(std::move(accept)),
      reserve_(open_reserve()) {}

Listener::~Listener() {
  watch_.reset();
  for (auto& [connection, keep] : std::exchange(connections_, {})) {
    connection->on_released(nullptr);
    connection->close();
  }
  for (const auto& weak : failed_)
    if (const auto connection = weak.lock()) connection->close();
}

Status Listener::listen(const Poco::Net::SocketAddress& address) {
  try {
    // Never SO_REUSEPORT: a second server on the port must be told so.
    if (address.family() == Poco::Net::SocketAddress::IPv6) {
      socket_.bind6(address, true, false, true);
    } else {
      socket_.bind(address, true, false);
    }
    socket_.listen(kBacklog);
    socket_.setBlocking(false);
    socket_.setOption(IPPROTO_TCP, TCP_NODELAY, 1);  // inherited by every connection
  } catch (const Poco::Exception& e) {
    return {ErrorCode::kFailed, concat("cannot listen on ", options_.listen, ": ", e.displayText())};
  }
  ::fcntl(socket_.impl()->sockfd(), F_SETFD, FD_CLOEXEC);
  const std::uint32_t events = options_.closed_at_first ? 0 : HEARTH_READABLE;
  auto watch = io_.loop.watch(socket_.impl()->sockfd(), events, [this](std::uint32_t) { accept_some(); });
  if (!watch.ok()) return watch.error();
  watch_ = std::move(*watch);
  return {};
}

void Listener::admit() {
  if (const auto status = io_.loop.rewatch(watch_, HEARTH_READABLE); !status.ok())
    io_.log.error(status.error().words);
}

std::string Listener::address() const { return socket_.address().toString(); }

void Listener::accept_some() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    sockaddr_storage from;
    socklen_t size = sizeof from;
    Fd socket(::accept4(socket_.impl()->sockfd(), reinterpret_cast<sockaddr*>(&from), &size,
                        SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      switch (errno) {
        case EAGAIN: return;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM: return out_of_descriptors(errno);
        default: continue;  // that one connection failed before it was ours (ECONNABORTED and the like)
      }
    }
    const auto peer = Ip::of(from);
    if (may_connect(peer)) welcome(std::move(socket), peer);
  }
}

bool Listener::may_connect(const Ip& peer) {
  if (!allow_.allows(peer)) {
    ++counters_.refused_by_address;
    warn(concat("connection from ", peer.text(), " refused: not in 'allow'"));
    return false;
  }
  const bool full = connections_.size() >= options_.max_connections;
  const auto same = options_.max_per_address == 0 ? per_address_.end() : per_address_.find(peer);
  if (full || (same != per_address_.end() && same->second >= options_.max_per_address)) {
    ++counters_.refused_by_limit;
    warn(concat("connection from ", peer.text(),
                " refused: ", full ? options_.max_connections : options_.max_per_address,
                full ? " are open" : " of its own are open"));
    return false;
  }
  return true;
}

// Most requests are answered before begin() returns; only a connection that has to wait is entered in the
// table.
void Listener::welcome(Fd socket, const Ip& peer) {
  ++counters_.accepted;
  const auto connection = std::make_shared<Connection>(io_, std::move(socket), peer, options_.limits);
  accept_(*connection);
  if (!connection->is_open()) return;
  connection->begin();
  if (connection->fd() < 0) return;
  connections_.emplace(connection.get(), connection);
  if (options_.max_per_address != 0) ++per_address_[peer];
  connection->on_released([this](Connection& ended) { forget(ended); });
}

void Listener::forget(Connection& connection) {
  if (!connection.reason().words.empty()) {
    if (failed_.empty()) told_ = io_.loop.after(Microseconds(0), [this] { failed_.clear(); });
    failed_.push_back(connection.weak_from_this());
    if (connection.reason().code == ErrorCode::kBusy) ++counters_.dropped;
    if (connection.reason().code == ErrorCode::kTimeout) ++counters_.timed_out;
  }
  if (options_.max_per_address != 0) {
    const auto same = per_address_.find(connection.peer());
    if (same != per_address_.end() && --same->second == 0) per_address_.erase(same);
  }
  connections_.erase(&connection);
}

// The client is turned away with the reserve descriptor, so that it doesn't wait and the loop doesn't spin
// over it.
void Listener::out_of_descriptors(int error) {
  ++counters_.out_of_descriptors;
  warn(concat("no more connections for now: ", std::strerror(error)));
  io_.linger.clear();
  reserve_.reset();
  Fd(::accept4(socket_.impl()->sockfd(), nullptr, nullptr, SOCK_CLOEXEC)).reset();
  reserve_ = open_reserve();
  if (!io_.loop.rewatch(watch_, 0).ok()) return;
  pause_ = io_.loop.after(kPause, [this] {
    if (!reserve_) reserve_ = open_reserve();
    admit();
  });
}

void Listener::warn(const std::string& words) {
  const auto now = io_.loop.steady();
  if (warned_.count() != 0 && now - warned_ < kWarnEvery) return;
  warned_ = now;
  io_.log.warning(words, " (", counters_.refused_by_limit + counters_.refused_by_address, " refused so far)");
}

}  // namespace hearth::net
