// Socket.IO packets (protocol 5): PacketDecoder out of Engine.IO messages, and the writing of one.
#ifndef HEARTH_SOCKETIO_PACKET_HPP
#define HEARTH_SOCKETIO_PACKET_HPP

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::socketio {

// The digit in front of a packet.
enum class PacketType : char {
  kConnect = '0',
  kDisconnect = '1',
  kEvent = '2',
  kAck = '3',
  kConnectError = '4',
  kBinaryEvent = '5',
  kBinaryAck = '6'
};

// Of binary packets the data holds {"_placeholder":true,"num":N} for attachments[N].
struct Packet {
  PacketType type = PacketType::kEvent;
  std::string nsp = "/";            // the namespace
  std::optional<std::uint64_t> id;  // of an event: it wants an ack; of an ack: whose
  boost::json::value data;          // none is null: an object, an array, or nothing, as the type demands
  std::vector<std::string> attachments;
};

struct PacketLimits {
  static constexpr std::size_t kMaxAttachments = 10, kMaxNamespace = 256, kMaxDepth = 64;
  static constexpr std::uint64_t kMaxId = (std::uint64_t{1} << 53) - 1;  // what every client can hold
};

// Checks everything that the protocol demands of a packet: its form, its type, the shape of its data, event
// names, that exactly the announced attachments follow and every placeholder has one. [any, one at a time]
class PacketDecoder {
 public:
  enum class From : std::uint8_t { kClient, kServer };
  enum class Event : std::uint8_t {
    kNeedMore,  // attachments are still to come
    kPacket,    // packet() is whole
    kRefused    // fault() says why; the connection has to end
  };

  explicit PacketDecoder(From from) : from_(from) {}

  // The next message of the connection.
  Event text(std::string_view message);
  Event binary(std::string_view message);

  // Until the next call; may be moved from.
  Packet& packet() { return packet_; }
  std::string_view fault() const { return fault_; }
  // Are attachments missing? What the unfinished packet takes, about.
  bool unfinished() const { return missing_ != 0; }
  std::size_t held() const { return held_; }

 private:
  bool read_head(std::string_view& rest);
  bool read_attachments(std::string_view& rest);
  bool read_namespace(std::string_view& rest);
  bool read_id(std::string_view& rest);
  bool read_data(std::string_view rest);
  bool check_shape();
  bool refuse(std::string_view words);

  const From from_;
  Packet packet_;
  std::size_t missing_ = 0;  // attachments
  std::size_t held_ = 0;
  std::string fault_;
};

// May a client's event be called so? connect, disconnect and the like have a meaning of their own.
bool is_reserved_event(std::string_view name);

// Appends a packet's text: "2", "51-/nsp,12[...]". `json` is its data, ready; `attachments` how many follow.
void append_packet(std::string& out, PacketType type, std::string_view nsp, std::optional<std::uint64_t> id,
                   std::string_view json, std::size_t attachments = 0);

// `["name",first,second]`, ready to be sent.
std::string event_json(std::string_view name, const boost::json::array& args = {});

}  // namespace hearth::socketio

#endif
