// MessagePrinter: any message of the bus as one line of JSON, through the schemas of the house and of the
// plugins.
#ifndef HEARTH_CORE_CONTROL_MESSAGE_PRINTER_HPP
#define HEARTH_CORE_CONTROL_MESSAGE_PRINTER_HPP

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hearth/abi.h"
#include "hearth/status.hpp"

namespace hearth::core {

struct MessageSchema;

// Knows the types of schemas/messages from the start. One thread at a time.
class MessagePrinter {
 public:
  static constexpr std::size_t kMaxSchema = 256 * 1024;  // bytes
  static constexpr std::size_t kMaxBodyText = 1024 * 1024;
  static constexpr std::size_t kMaxHex = 64;  // bytes shown of a body that can't be read, or of a byte vector

  MessagePrinter();
  ~MessagePrinter();
  MessagePrinter(const MessagePrinter&) = delete;
  MessagePrinter& operator=(const MessagePrinter&) = delete;

  // Learns every table of a binary schema (.bfbs); the bytes may be hostile. A name that is known keeps its
  // first meaning.
  Status add_schema(hearth_bytes bfbs);
  // Back to the types of schemas/messages.
  void forget_added();

  // {"type","name","id","cause","source","time","retained","body"}. A type that is not known is "0x..." and
  // has a null name; its body, like one that contradicts its schema, is the first bytes in hexadecimal.
  std::string print(const hearth_message& message) const;

  // "StateChanged" (of hearth.wire) or a full name. A full name needs no schema; an unknown short one is
  // refused with the nearest.
  Result<hearth_type> type_of(std::string_view name) const;

 private:
  struct Table {
    const MessageSchema* schema;
    int object;  // its place in the schema
    std::string name;
  };

  std::vector<std::unique_ptr<MessageSchema>> schemas_;
  std::size_t own_schemas_ = 0;  // of the house; they come first
  std::unordered_map<hearth_type, Table> tables_;
};

}  // namespace hearth::core

#endif
