// Name, socket, connect, wait: the steps of one attempt.
#include "hearth/net/connect.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SocketAddress.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "resolve.hpp"

namespace hearth::net {

namespace {

class TcpAttempt : public std::enable_shared_from_this<TcpAttempt> {
 public:
  TcpAttempt(Io& io, std::string host, std::uint16_t port, const ConnectOptions& options, Connected done)
      : io_(io),
        host_(std::move(host)),
        port_(port),
        options_(options),
        done_(std::move(done)),
        deadline_(io.deadlines,
                  [this] {
                    finish(Error{ErrorCode::kTimeout, concat(name(), ": no connection in time")});
                  }),
        patience_(io.deadlines, [this] { failed(ETIMEDOUT); }) {}
  TcpAttempt(const TcpAttempt&) = delete;
  TcpAttempt& operator=(const TcpAttempt&) = delete;
  ~TcpAttempt() { watch_.reset(); }

  void begin() {
    deadline_.set(options_.timeout);
    Poco::Net::IPAddress ip;
    if (parse(host_, ip)) return open({ip});
    lookup_ = resolve(io_, host_, [this](std::vector<Poco::Net::IPAddress> found) {
      const auto keep = shared_from_this();
      if (found.empty())
        return finish(Error{ErrorCode::kUnreachable, concat("no address is known for ", host_)});
      open(std::move(found));
    });
  }

 private:
  std::string name() const { return concat(host_, ":", port_); }

  static bool parse(const std::string& host, Poco::Net::IPAddress& ip) {
    try {
      return Poco::Net::IPAddress::tryParse(host, ip);
    } catch (const Poco::Exception&) {
      return false;
    }
  }

  void open(std::vector<Poco::Net::IPAddress> addresses) {
    addresses_ = std::move(addresses);
    try_next();
  }

  // Each in turn until one answers; the time that is left is shared out among them.
  void try_next() {
    const auto left = addresses_.size() - next_;
    if (left > 1) patience_.set(options_.timeout / static_cast<std::int64_t>(addresses_.size()));
    const Poco::Net::SocketAddress address(addresses_[next_++], port_);
    std::memcpy(&peer_, address.addr(), address.length());
    socket_ = Fd(::socket(address.af(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_) return fail_later(errno);
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_.get(), address.addr(), address.length()) != 0 && errno != EINPROGRESS)
      return fail_later(errno);
    auto watch = io_.loop.watch(socket_.get(), HEARTH_WRITABLE, [this](std::uint32_t) { connected(); });
    if (!watch.ok()) return fail_later(ENOMEM);
    watch_ = std::move(*watch);
  }

  void failed(int error) {
    const auto keep = shared_from_this();
    patience_.clear();
    watch_.reset();
    socket_.reset();
    next_ < addresses_.size() ? try_next() : finish(refusal(error));
  }

  void connected() {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return failed(error);
    watch_.reset();
    const auto connection =
        std::make_shared<Connection>(io_, std::move(socket_), Ip::of(peer_), options_.limits);
    finish(connection);
    // Whoever wanted it has it now, or it goes.
    if (connection.use_count() > 1 && connection->is_open()) connection->begin();
  }

  Error refusal(int error) const {
    return {ErrorCode::kUnreachable, concat(name(), ": ", std::strerror(error))};
  }

  void fail_later(int error) {
    io_.loop.post([weak = weak_from_this(), error] {
      if (const auto self = weak.lock(); self && self->done_) self->failed(error);
    });
  }

  void finish(Result<std::shared_ptr<Connection>> outcome) {
    const auto keep = shared_from_this();  // done may drop the attempt
    deadline_.clear();
    patience_.clear();
    watch_.reset();
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(outcome));
  }

  Io& io_;
  const std::string host_;
  const std::uint16_t port_;
  const ConnectOptions options_;
  Connected done_;
  Deadline deadline_, patience_;  // for all of it; with one of several addresses
  Attempt lookup_;
  std::vector<Poco::Net::IPAddress> addresses_;
  std::size_t next_ = 0;
  sockaddr_storage peer_{};
  Fd socket_;
  Handle watch_;
};

}  // namespace

Attempt connect(Io& io, std::string host, std::uint16_t port, const ConnectOptions& options, Connected done) {
  auto attempt = std::make_shared<TcpAttempt>(io, std::move(host), port, options, std::move(done));
  attempt->begin();
  return attempt;
}

}  // namespace hearth::net
