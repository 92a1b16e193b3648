// Client: one connection: packets in, answers and other clients' packets out.
#ifndef HEARTH_RELAY_CLIENT_HPP
#define HEARTH_RELAY_CLIENT_HPP

#include <memory>
#include <string>
#include <string_view>

#include "outbox.hpp"
#include "packet_stream.hpp"

namespace hearth::relay {

class Router;

// What a client has said of itself.
struct Card {
  std::string name;  // empty: it isn't registered
  std::string description, version, interface;
};

// Lives as long as its connection can call it. Every packet gets one answer, in order: while one waits for
// the house, those behind it aren't looked at. [loop]
class Client : public std::enable_shared_from_this<Client> {
 public:
  // Gives `connection` a client of its own, whose packets go to `router`.
  static void serve(net::Connection& connection, Router& router);

  Client(net::Connection& connection, Router& router)
      : connection_(connection), outbox_(connection), router_(router) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const std::string& name() const { return card_.name; }
  const Card& card() const { return card_; }
  bool is_registered() const { return !card_.name.empty(); }
  // For the directory.
  void set_card(Card card);

  // The answer to its present packet, or another line of the server's own.
  void say(std::string_view line);
  // The answer comes later, with resume(), never from inside the function that calls this.
  void wait() { waiting_ = true; }
  void resume(std::string_view line);

  // A packet of somebody else's. False if it doesn't read and has no room for more.
  bool forward(std::string_view head, std::string_view payload);
  // What it sends to others begins so.
  const std::string& head() const { return head_; }

  // For the router, at the end of the loop's turn.
  void flush();

 private:
  std::size_t data(std::string_view bytes);
  std::string_view work_off(std::string_view bytes);
  void found(PacketStream::Found what);
  void go_on();
  void ended();
  void gone();
  void finish();

  net::Connection& connection_;
  PacketStream stream_;
  Outbox outbox_;
  Router& router_;
  Card card_;
  std::string head_;
  bool waiting_ = false;       // for the house
  bool ended_ = false;         // it has sent all it will
  bool flush_is_due_ = false;  // the router knows
  std::string unread_;         // what has come and waits, from used_ on
  std::size_t used_ = 0;
};

}  // namespace hearth::relay

#endif
