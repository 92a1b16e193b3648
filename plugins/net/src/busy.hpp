// Connection::Busy: around everything that may call a connection's owner.
#ifndef HEARTH_NET_SRC_BUSY_HPP
#define HEARTH_NET_SRC_BUSY_HPP

#include <memory>

#include "hearth/net/connection.hpp"

namespace hearth::net {

// Keeps the connection, and settles it after the outermost callback.
class Connection::Busy {
 public:
  explicit Busy(Connection& of) : self_(of.shared_from_this()) { ++self_->depth_; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() {
    if (--self_->depth_ == 0 && self_->settling_) self_->settle();
  }

 private:
  const std::shared_ptr<Connection> self_;
};

}  // namespace hearth::net

#endif
