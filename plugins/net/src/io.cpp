// The goodbye list: connections that ended outside their own callbacks.
#include "hearth/net/io.hpp"

#include "hearth/net/connection.hpp"

namespace hearth::net {

struct Io::Settling {
  std::vector<std::shared_ptr<Connection>> connections;
  bool posted = false;
};

Io::Io(const Loop& its_loop, const Log& its_log)
    : loop(its_loop),
      log(its_log),
      deadlines(loop),
      linger(deadlines),
      scratch(kReadSize),
      settling_(std::make_shared<Settling>()) {}

Io::~Io() {
  // Without a word: their owners are gone already. Moved out first: a callback's end may bring others here.
  for (auto last = std::move(settling_->connections); !last.empty(); last = std::move(settling_->connections))
    for (const auto& connection : last) connection->settle(false);
}

void Io::settle_later(std::shared_ptr<Connection> connection) {
  settling_->connections.push_back(std::move(connection));
  if (std::exchange(settling_->posted, true)) return;
  loop.post([settling = settling_] {
    settling->posted = false;
    const auto connections = std::exchange(settling->connections, {});
    for (const auto& one : connections) one->settle();
  });
}

// One timer for all that comes until it fires.
void Io::push_later(const std::shared_ptr<Connection>& connection) {
  if (soon_.empty())
    soon_timer_ = loop.after(std::chrono::milliseconds(2), [this] {
      for (const auto& weak : std::exchange(soon_, {}))
        if (const auto one = weak.lock()) one->push_soon();
    });
  soon_.push_back(connection);
}

}  // namespace hearth::net
