// Turns the structs of messages.hpp into FlatBuffers and back. Authors need it only for message types of
// their own.
#ifndef HEARTH_CODEC_HPP
#define HEARTH_CODEC_HPP

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/abi.h"
#include "hearth/messages.hpp"
#include "hearth/messages/command_generated.h"
#include "hearth/messages/device_generated.h"
#include "hearth/messages/home_generated.h"
#include "hearth/messages/program_generated.h"
#include "hearth/messages/state_generated.h"
#include "hearth/messages/system_generated.h"
#include "hearth/status.hpp"

namespace hearth {

// FNV-1a, 64 bits (offset basis and prime as published by its authors).
constexpr hearth_type type_hash(std::string_view full_name) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : full_name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3u;
  return hash;
}

// What a message struct has to bring. For a type of your own specialise it:
//   static constexpr std::string_view kName   its table's full name, "vendor.Name"
//   using Wire                                flatc's generated table
//   pack(builder, struct) -> Offset<Wire>     and   unpack(wire) -> struct
template <class T>
struct MessageTraits;

template <class T>
inline constexpr hearth_type kType = type_hash(MessageTraits<T>::kName);

using Builder = flatbuffers::FlatBufferBuilder;
template <class W>
using Offset = flatbuffers::Offset<W>;

// Depth and tables that a verified message may have; larger ones are refused.
inline constexpr flatbuffers::uoffset_t kMaxMessageDepth = 32;
inline constexpr flatbuffers::uoffset_t kMaxMessageTables = 65536;

// Reads `body`. The base must be aligned to 8 bytes (the 2.0.8 verifier doesn't notice if it isn't, so this
// does).
template <class T>
Result<T> decode(hearth_bytes body) {
  using Traits = MessageTraits<T>;
  if (reinterpret_cast<std::uintptr_t>(body.data) % 8 != 0)
    return Error{ErrorCode::kInvalid, std::string(Traits::kName) + ": misaligned"};
  flatbuffers::Verifier verifier(body.data, body.size, kMaxMessageDepth, kMaxMessageTables);
  if (body.size < 8 || !verifier.VerifyBuffer<typename Traits::Wire>(nullptr))
    return Error{ErrorCode::kInvalid, std::string(Traits::kName) + ": damaged message"};
  return Traits::unpack(*flatbuffers::GetRoot<typename Traits::Wire>(body.data));
}

// Writes `message` into `builder`, which is cleared first. The bytes stay the builder's.
template <class T>
hearth_bytes encode(Builder& builder, const T& message) {
  builder.Clear();
  builder.Finish(MessageTraits<T>::pack(builder, message));
  return {builder.GetBufferPointer(), builder.GetSize()};
}

namespace detail {

inline std::string text(const flatbuffers::String* s) { return s ? s->str() : std::string(); }

inline Offset<flatbuffers::String> text(Builder& builder, std::string_view s) {
  return s.empty() ? Offset<flatbuffers::String>() : builder.CreateString(s.data(), s.size());
}

inline std::vector<std::string> texts(const flatbuffers::Vector<Offset<flatbuffers::String>>* list) {
  std::vector<std::string> all;
  if (!list) return all;
  all.reserve(list->size());
  for (const auto* s : *list) all.push_back(text(s));
  return all;
}

// The union's content; its type is type_of(value), whose numbers are the union's.
inline Offset<void> pack_value(Builder& builder, const Value& value) {
  switch (type_of(value)) {
    case ValueType::kNone: return 0;
    case ValueType::kBool: return builder.CreateStruct(wire::Flag(std::get<bool>(value))).Union();
    case ValueType::kInteger:
      return builder.CreateStruct(wire::Integer(std::get<std::int64_t>(value))).Union();
    case ValueType::kNumber: return builder.CreateStruct(wire::Number(std::get<double>(value))).Union();
    case ValueType::kText:
      return wire::CreateText(builder, builder.CreateString(std::get<std::string>(value))).Union();
    case ValueType::kColor: {
      const auto& color = std::get<Color>(value);
      return builder.CreateStruct(wire::Color(color.hue, color.saturation)).Union();
    }
  }
  return 0;
}

inline wire::Value wire_type(const Value& value) { return static_cast<wire::Value>(value.index()); }

template <class W>
Value unpack_value(const W& holder) {
  if (!holder.value()) return {};  // a type without a content passes the verifier
  switch (holder.value_type()) {
    case wire::Value::Flag: return holder.value_as_Flag()->value();
    case wire::Value::Integer: return holder.value_as_Integer()->value();
    case wire::Value::Number: return holder.value_as_Number()->value();
    case wire::Value::Text: return holder.value_as_Text()->value()->str();
    case wire::Value::Color: {
      const auto* color = holder.value_as_Color();
      return Color{color->hue(), color->saturation()};
    }
    default: return {};
  }
}

}  // namespace detail
}  // namespace hearth

#include "hearth/traits.hpp"

#endif
