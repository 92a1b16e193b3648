// Frame: what travels between the server and a plugin's own process, and how it stands in a packet.
#ifndef HEARTH_CORE_ISOLATION_FRAME_HPP
#define HEARTH_CORE_ISOLATION_FRAME_HPP

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/bus/message.hpp"
#include "core/runtime/plugin_runner.hpp"

namespace hearth::core {

enum class FrameKind : std::uint8_t {
  kMessage,  // both ways
  kOption,   // down, before kBegin: `handle` is an Option, the body its value
  kBegin,    // down: load, create, start
  kStop,     // down
  kStep,     // up: `handle` is a PluginStep, `status` its outcome, the body words
  kLog,      // up: `flags` is the level, the body `handle` bytes of device, then the text
  kNotice,   // up: the body says what of the sandbox this kernel can't enforce
  kFiles,    // down, alone in a packet with the request `id` behind it: for each descriptor of the packet the
             // body has the argument that it came for, in 4 bytes; kept for `handle` microseconds
};

// What a process is told before it begins. Numbers are eight bytes in the machine's order.
enum class Option : std::uint64_t {
  kId,
  kSource,
  kLibrary,
  kStateDir,
  kConfig,
  kStore,
  kWorkers,
  kMemory,
  kPermission,  // once for each
  kTakesFiles,  // no value: hearth.files/1 is offered
  kOnlyOpen     // no value: open the library, tell kOpened, and end
};

// Both ends are the same build on the same machine, so it lies in memory as it travels. In a packet each
// frame is followed by its body, filled up to eight bytes.
struct Frame {
  std::uint32_t body_size = 0;
  FrameKind kind = FrameKind::kMessage;
  MessageKind message = MessageKind::kPublish;
  std::uint16_t reserved = 0;
  std::uint64_t id = 0;
  std::uint64_t cause = 0;
  std::int64_t time_us = 0;
  std::uint64_t type = 0;
  std::uint64_t handle = 0;
  std::uint64_t fact = 0;
  std::uint32_t source = 0;
  std::int32_t status = 0;
  std::uint32_t flags = 0;
  std::uint32_t reserved2 = 0;
};
static_assert(sizeof(Frame) == 72 && std::is_trivially_copyable_v<Frame>);

inline constexpr std::size_t kMaxFrameBody = 192 * 1024;
inline constexpr std::size_t kMaxFilesBody = 32;
inline constexpr std::size_t kMaxPacket = 2 * sizeof(Frame) + kMaxFilesBody + kMaxFrameBody;
inline constexpr std::size_t kGoodPacket = 64 * 1024;  // several frames are packed up to here

void append(std::vector<std::uint8_t>& packet, Frame frame, hearth_bytes body);
void append(std::vector<std::uint8_t>& packet, const Message& message);

// Takes a packet apart. What it reads is hostile: a frame that doesn't fit ends it, and broken() is true.
class FrameReader {
 public:
  // `packet` is aligned to 8 bytes, as are the bodies that it yields, and outlives them.
  explicit FrameReader(std::span<const std::uint8_t> packet) : rest_(packet) {}

  struct Item {
    Frame frame;
    hearth_bytes body;
    std::string_view text() const { return {reinterpret_cast<const char*>(body.data), body.size}; }
    // For FrameKind::kMessage; copies the body.
    Message message() const;
  };
  std::optional<Item> next();
  bool broken() const { return broken_; }

 private:
  std::span<const std::uint8_t> rest_;
  bool broken_ = false;
};

}  // namespace hearth::core

#endif
