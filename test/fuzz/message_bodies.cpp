// Fuzzed: the bodies of messages, decoded, encoded again, and printed. Input: a byte that names the type (its
// place in Types below; 255: the rest is a schema for the printer to learn), the body.
#include <cstdint>
#include <cstring>
#include <string>

#include "core/control/message_printer.hpp"
#include "hearth/codec.hpp"
#include "hearth/net/json.hpp"
#include "hearth/traits.hpp"
#include "hearth/traits_program.hpp"
#include "test/fuzz/aligned.hpp"
#include "test/fuzz/require.hpp"

namespace hearth::fuzz {

namespace {

constexpr unsigned kSchema = 255;

// Whatever passes once is the same when it has travelled again.
template <class T>
void decode_and_encode(hearth_bytes body) {
  const auto message = decode<T>(body);
  require(message.ok() || !message.error().words.empty(), "a refusal has words");
  if (!message.ok()) return;
  Builder first, second;
  const Aligned travelled(encode(first, *message));
  const auto once = travelled.get();
  const auto again = decode<T>(once);
  require(again.ok(), "what was encoded can be decoded", MessageTraits<T>::kName);
  const auto twice = encode(second, *again);
  require(once.size == twice.size && std::memcmp(once.data, twice.data, once.size) == 0,
          "what was decoded is what was encoded", MessageTraits<T>::kName);
}

template <class T>
void speak(hearth_bytes body) {
  const auto message = decode<T>(body);
  if constexpr (requires { message->outcome; })
    if (message.ok()) require(!name(message->outcome).empty(), "an outcome has a name");
  if constexpr (requires { message->program.trigger; })
    if (message.ok())
      require(!name(message->program.trigger).empty() && !name(message->program.command).empty(),
              "trigger and command have names");
}

void print(const core::MessagePrinter& printer, hearth_type type, hearth_bytes body) {
  hearth_message message{};
  message.size = sizeof message;
  message.id = 1;
  message.type = type;
  message.body = body;
  const auto line = printer.print(message);
  require(line.find('\n') == std::string::npos, "a message is one line", line);
  const auto parsed = net::json::parse(line, {.max_depth = 256, .max_keys = 1 << 20});
  require(parsed.ok(), "a message is printed as JSON", line);
}

template <class... T>
struct Types {
  static void fuzz(unsigned place, hearth_bytes body, const core::MessagePrinter& printer) {
    unsigned at = 0;
    (void)((at++ == place % sizeof...(T)
                ? (decode_and_encode<T>(body), speak<T>(body), print(printer, kType<T>, body), true)
                : false) ||
           ...);
  }
};

using House = Types<DeviceDeclared, DeviceRemoved, DeviceReachable, DeviceWanted, DeviceUnwanted,
                    DevicesSought, DevicesFound, DeviceTaken, Command, CommandDone, StateChanged,
                    StatusChanged, GroupDefined, GroupRemoved, GroupWanted, GroupUnwanted, StorePut,
                    PluginState, PluginNote, Sync, VerbCall, VerbProgress, VerbResult, ProgramDefined,
                    ProgramRemoved, ProgramWanted, ProgramUnwanted, ProgramAssignment, ProgramAssigned,
                    ProgramFired, SunWanted, SunTimes, GroupMember, HouseImport, HouseImported>;

void fuzz(unsigned place, hearth_bytes body) {
  static const core::MessagePrinter printer;
  if (place != kSchema) return House::fuzz(place, body, printer);
  core::MessagePrinter learning;
  static_cast<void>(learning.add_schema(body));
  print(learning, type_hash("vendor.Name"), body);
}

}  // namespace

}  // namespace hearth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const hearth::fuzz::Aligned body({data + 1, size - 1});
  hearth::fuzz::fuzz(data[0], body.get());
  return 0;
}
