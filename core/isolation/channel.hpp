// Channel: one end of the socket pair between the server and a plugin's process.
#ifndef HEARTH_CORE_ISOLATION_CHANNEL_HPP
#define HEARTH_CORE_ISOLATION_CHANNEL_HPP

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "core/isolation/frame.hpp"
#include "core/runtime/request_files.hpp"

namespace hearth::core {

// Non-blocking; SOCK_SEQPACKET, so that a packet arrives whole or not at all. [one thread]
class Channel {
 public:
  // Owns `fd`.
  explicit Channel(int fd);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel();

  int fd() const { return fd_; }

  // Packed with what was added before; full packets are sent. What the socket doesn't take waits here.
  void add(const Frame& frame, hearth_bytes body = {});
  void add(const Message& message);
  // The same for a request and the files that came with it.
  void add(const Message& request, RequestFiles::List files);
  // Sends what was added. False: some still waits, until the socket is writable.
  bool flush();
  // Bytes added and not yet sent.
  std::size_t waiting() const { return packet_.bytes.size() + waiting_bytes_; }
  // Full packets wait for the socket.
  bool is_blocked() const { return !waiting_.empty(); }

  enum class Received { kSome, kNothing, kEnd, kBroken };
  // Reads one packet and hands out its frames, whose bodies are valid during the call. Descriptors that come
  // with it stand in `descriptors` by then; null: it is broken if there are any.
  Received receive(const std::function<void(const FrameReader::Item&)>& take,
                   std::vector<UniqueFd>* descriptors = nullptr);

  // Sends one frame past everything that waits, or drops it if the socket is full. [any]
  bool send_now(const Frame& frame, hearth_bytes body) const;

  std::uint64_t packets_sent() const { return packets_sent_; }
  // Memory of what the other end has not read yet.
  std::size_t unread() const;

 private:
  struct Packet {
    std::vector<std::uint8_t> bytes;
    std::vector<UniqueFd> descriptors;
  };

  bool try_send(Packet& packet) const;
  void close_packet();

  const int fd_;
  Packet packet_;               // being packed
  std::deque<Packet> waiting_;  // to be sent, in order
  std::size_t waiting_bytes_ = 0;
  std::uint64_t packets_sent_ = 0;
  // Of words, so that what is read is aligned; pages that no packet has reached cost nothing.
  const std::unique_ptr<std::uint64_t[]> buffer_;
};

}  // namespace hearth::core

#endif
