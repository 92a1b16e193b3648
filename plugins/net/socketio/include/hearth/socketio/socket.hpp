// Socket: one namespace of one Socket.IO connection, seen from either side: events, acks, the end.
#ifndef HEARTH_SOCKETIO_SOCKET_HPP
#define HEARTH_SOCKETIO_SOCKET_HPP

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/loop.hpp"
#include "hearth/net/connection.hpp"
#include "hearth/socketio/packet.hpp"

namespace hearth::socketio {

class Socket;

using Attachments = std::vector<std::string>;

// Answers an event that asked for it; once, later calls do nothing. Nothing happens once the peer is gone.
// [loop]
class Ack {
 public:
  Ack() = default;
  Ack(std::weak_ptr<Socket> socket, std::uint64_t id) : socket_(std::move(socket)), id_(id) {}

  // Does the peer wait for it?
  explicit operator bool() const { return id_.has_value(); }
  void operator()(const boost::json::array& args = {}, const Attachments& attachments = {});

 private:
  std::weak_ptr<Socket> socket_;
  std::optional<std::uint64_t> id_;
};

// What the peer has emitted. Binary arguments stand in `args` as {"_placeholder":true,"num":N} and mean
// attachments[N]; sent back together they arrive as they came.
struct Event {
  std::string name;
  boost::json::array args;
  Attachments attachments;
  Ack ack;

  // args[n] if that is an object, else an empty one: for peers that leave the argument out.
  const boost::json::object& object(std::size_t n = 0) const;
};

struct Answer {
  boost::json::array args;
  Attachments attachments;
};

// Who carries a socket's packets; for the server and the client of this library.
class Link {
 public:
  virtual void send(std::string_view packet, const Attachments& attachments, net::Haste haste) = 0;
  // The socket has said that it leaves; `whole`: end the connection behind it too.
  virtual void left(Socket& socket, bool whole) = 0;
  // See Socket::probe().
  virtual void probe(Microseconds timeout, std::function<void(bool alive)> done) = 0;
  virtual std::size_t queued() const = 0;
  virtual const Loop& loop() const = 0;
  virtual const net::Ip& peer() const = 0;
  // The page that a browser is showing; empty for other peers.
  virtual const std::string& origin() const = 0;

 protected:
  ~Link() = default;
};

// Callbacks come from the loop and may leave. They are let go of at the end; what they capture must not own
// the socket. A server's socket is kept by its connection, a client's by whoever connected: dropped, it ends
// the connection. [loop]
class Socket : public std::enable_shared_from_this<Socket> {
 public:
  Socket(Link& link, std::string nsp, std::string id);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  virtual ~Socket();

  const std::string& id() const { return id_; }  // the server's name for it; no secret
  const std::string& nsp() const { return nsp_; }
  bool is_open() const { return link_ != nullptr; }
  // Bytes that wait for the peer; all namespaces of the connection together.
  std::size_t queued() const { return link_ ? link_->queued() : 0; }
  // Only while it is open.
  const net::Ip& peer() const { return link_->peer(); }
  const std::string& origin() const { return link_->origin(); }

  void on_event(std::function<void(Event&)> call) { event_ = std::move(call); }
  // It has ended otherwise than by disconnect() or close(); in words. Called once.
  void on_disconnect(std::function<void(std::string_view why)> call) { ended_ = std::move(call); }

  // Nothing happens once it has ended.
  void emit(std::string_view event, const boost::json::array& args = {}, const Attachments& attachments = {});
  // The same with event_json() already done: for what is said often. kSoon only helps on a WebSocket.
  void emit_json(std::string_view json, net::Haste haste = net::Haste::kNow);
  // Emits and waits for the ack: `done` is called once, from the loop: with kTimeout, or kUnreachable if the
  // peer goes; not if this side leaves.
  void ask(std::string_view event, const boost::json::array& args, Microseconds timeout,
           std::function<void(Result<Answer>)> done);

  // Does the peer still live? Sends it a ping at once: `done` is called once, from the loop, as soon as
  // anything comes, or with false after `timeout` or when the connection has ended. From a socket that has
  // ended already it isn't called.
  void probe(Microseconds timeout, std::function<void(bool alive)> done);

  // Leaves the namespace. close(): and ends the whole connection; what was emitted arrives before.
  void disconnect();
  void close();

  // For the link, which keeps it meanwhile: a packet of this namespace (event or ack), and the end, with
  // words or without any.
  void received(Packet& packet);
  void ended(std::string_view why);
  void detach();

 protected:
  void set_id(std::string id) { id_ = std::move(id); }

 private:
  friend class Ack;
  struct Asked {
    std::function<void(Result<Answer>)> done;
    Handle timeout;
  };

  void send(PacketType plain, PacketType binary, std::optional<std::uint64_t> id, std::string_view json,
            const Attachments& attachments, net::Haste haste = net::Haste::kNow);
  void leave(bool whole);
  void deliver(Packet& packet);
  void answered(Packet& packet);
  void late(std::uint64_t id);

  Link* link_;
  const std::string nsp_;
  std::string id_;
  std::function<void(Event&)> event_;
  std::function<void(std::string_view)> ended_;
  std::map<std::uint64_t, Asked> asked_;
  std::uint64_t next_ask_ = 0;
  std::string scratch_;  // memory of the last packet that was sent
};

}  // namespace hearth::socketio

#endif
