// Layer: what may stand between a connection and its socket: TLS.
#ifndef HEARTH_NET_LAYER_HPP
#define HEARTH_NET_LAYER_HPP

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace hearth::net {

// Used by one Connection, which knows nothing of what it does. Never blocks. [loop]
class Layer {
 public:
  virtual ~Layer() = default;

  // Both as recv() and send() on a non-blocking socket: bytes, 0 for the peer's orderly end, -1 with errno
  // EAGAIN, or -1 with another errno after a failure, which failure() puts into words.
  virtual ssize_t read(int fd, char* to, std::size_t size) = 0;
  virtual ssize_t write(int fd, std::string_view bytes) = 0;

  // read() would give more although nothing arrives.
  virtual bool has_more() const = 0;
  // What the last EAGAIN waits for, which isn't always the obvious: a handshake reads before it can write.
  virtual bool read_waits_to_write() const = 0;
  virtual bool write_waits_to_read() const = 0;

  // Says goodbye to the peer, if that can be done at once.
  virtual void end(int fd) = 0;
  virtual std::string failure() const = 0;
};

// Makes the layer for a new connection; an empty one makes none.
using LayerMaker = std::function<std::unique_ptr<Layer>()>;

}  // namespace hearth::net

#endif
