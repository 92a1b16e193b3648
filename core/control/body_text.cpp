// A walk over a FlatBuffer along its reflection, bounded in depth, steps and output.
#include "core/control/body_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/control/flat_reader.hpp"
#include "core/control/json_text.hpp"
#include "core/control/message_printer.hpp"

namespace hearth::core {
namespace {

using reflection::BaseType;

constexpr int kMaxDepth = 24;       // with the envelope and the notification within kMaxRpcDepth
constexpr int kMaxSteps = 200'000;  // fields and elements looked at

// Bytes in a struct, a vector or an inline field; 0 for what has no fixed size.
std::uint64_t width(BaseType type) {
  switch (type) {
    case reflection::UType:
    case reflection::Bool:
    case reflection::Byte:
    case reflection::UByte: return 1;
    case reflection::Short:
    case reflection::UShort: return 2;
    case reflection::Int:
    case reflection::UInt:
    case reflection::Float: return 4;
    case reflection::Long:
    case reflection::ULong:
    case reflection::Double: return 8;
    case reflection::String: return 4;
    default: return 0;
  }
}

class Walk {
 public:
  Walk(std::string& out, const MessageSchema& schema, hearth_bytes body, std::size_t limit)
      : out_(out), schema_(schema), reader_(body.data, body.size), limit_(out.size() + limit) {}

  bool message(int object) {
    const auto* table = schema_.object(object);
    if (!table || table->is_struct()) return false;
    this->table(object, reader_.follow(0));
    return reader_.ok();
  }

 private:
  // False once something is wrong or too much; nothing is to be written then.
  bool step() {
    if (++steps_ > kMaxSteps || depth_ > kMaxDepth || out_.size() > limit_) reader_.fail();
    return reader_.ok();
  }

  void key(std::string_view name, bool& first) {
    if (!first) out_ += ',';
    first = false;
    append_json(out_, name);
    out_ += ':';
  }

  void table(int object, std::uint64_t at) {
    ++depth_;
    out_ += '{';
    bool first = true;
    for (const auto* field : schema_.fields[static_cast<std::size_t>(object)])
      if (step()) table_field(*field, at, first);
    out_ += '}';
    --depth_;
  }

  void table_field(const reflection::Field& field, std::uint64_t table, bool& first) {
    const auto& type = *field.type();
    const auto at = reader_.field(table, field.offset());
    switch (type.base_type()) {
      case reflection::Union: return union_field(field, table, at, first);
      case reflection::UType: return;  // told with its union
      case reflection::String:
      case reflection::Vector:
      case reflection::Obj:
        if (at == 0) return;
        key(text_of(field.name()), first);
        return element(type.base_type(), type, at);
      default:
        key(text_of(field.name()), first);
        if (at != 0) return element(type.base_type(), type, at);
        return absent(field);
    }
  }

  void absent(const reflection::Field& field) {
    const auto base = field.type()->base_type();
    if (field.optional()) {
      out_ += "null";
    } else if (base == reflection::Float || base == reflection::Double) {
      append_json(out_, field.default_real());
    } else {
      integer(base, *field.type(), field.default_integer());
    }
  }

  void structure(int object, std::uint64_t at) {
    ++depth_;
    out_ += '{';
    bool first = true;
    for (const auto* field : schema_.fields[static_cast<std::size_t>(object)]) {
      if (!step()) break;
      key(text_of(field->name()), first);
      element(field->type()->base_type(), *field->type(), at + field->offset());
    }
    out_ += '}';
    --depth_;
  }

  // What stands at `at`: a scalar or a struct itself, everything else by its offset.
  void element(BaseType base, const reflection::Type& type, std::uint64_t at) {
    if (!step()) return;
    switch (base) {
      case reflection::String: return append_json(out_, reader_.bytes(reader_.follow(at)));
      case reflection::Vector: return list(type, reader_.follow(at));
      case reflection::Array: return elements(type, at, type.fixed_length());
      case reflection::Obj: return object(type.index(), at);
      case reflection::Float: return append_json(out_, reader_.read<float>(at));
      case reflection::Double: return append_json(out_, reader_.read<double>(at));
      default: return integer(base, type, number(base, at));
    }
  }

  void object(int index, std::uint64_t at) {
    const auto* known = schema_.object(index);
    if (!known) return reader_.fail();
    if (known->is_struct()) return structure(index, at);
    table(index, reader_.follow(at));
  }

  void list(const reflection::Type& type, std::uint64_t vector) {
    if (type.element() == reflection::UByte && type.index() < 0) {
      const auto bytes = reader_.bytes(vector);
      return append_json_hex(out_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                             MessagePrinter::kMaxHex);
    }
    elements(type, vector + 4, reader_.vector_size(vector));
  }

  void elements(const reflection::Type& type, std::uint64_t at, std::uint32_t count) {
    auto stride = width(type.element());
    if (type.element() == reflection::Obj) {
      const auto* object = schema_.object(type.index());
      stride = !object               ? 0
               : object->is_struct() ? static_cast<std::uint64_t>(std::max(object->bytesize(), 0))
                                     : 4;
    }
    if (stride == 0 && count > 0) return reader_.fail();
    ++depth_;
    out_ += '[';
    for (std::uint32_t i = 0; i < count && step(); ++i) {
      if (i > 0) out_ += ',';
      element(type.element(), type, at + i * stride);
    }
    out_ += ']';
    --depth_;
  }

  std::int64_t number(BaseType base, std::uint64_t at) {
    switch (base) {
      case reflection::UType:
      case reflection::Bool:
      case reflection::UByte: return reader_.read<std::uint8_t>(at);
      case reflection::Byte: return reader_.read<std::int8_t>(at);
      case reflection::Short: return reader_.read<std::int16_t>(at);
      case reflection::UShort: return reader_.read<std::uint16_t>(at);
      case reflection::Int: return reader_.read<std::int32_t>(at);
      case reflection::UInt: return reader_.read<std::uint32_t>(at);
      case reflection::Long:
      case reflection::ULong: return reader_.read<std::int64_t>(at);
      default: reader_.fail(); return 0;
    }
  }

  void integer(BaseType base, const reflection::Type& type, std::int64_t value) {
    if (base == reflection::Bool) {
      out_ += value != 0 ? "true" : "false";
      return;
    }
    const auto* names = schema_.enumeration(type.index());
    if (const auto* name = names ? MessageSchema::value(*names, value) : nullptr)
      return append_json(out_, text_of(name->name()));
    if (base == reflection::ULong) {
      fmt::format_to(std::back_inserter(out_), "{}", static_cast<std::uint64_t>(value));
    } else {
      fmt::format_to(std::back_inserter(out_), "{}", value);
    }
  }

  // A union's type stands in the field before it. A Value is shown bare; of other unions the type is told
  // beside it.
  void union_field(const reflection::Field& field, std::uint64_t table, std::uint64_t at, bool& first) {
    const auto* names = schema_.enumeration(field.type()->index());
    if (!names || field.offset() < 6) return reader_.fail();
    const auto type_at = reader_.field(table, static_cast<std::uint16_t>(field.offset() - 2));
    const std::int64_t number = type_at == 0 ? 0 : reader_.read<std::uint8_t>(type_at);
    const auto* member = MessageSchema::value(*names, number);
    const bool bare = text_of(names->name()) == "hearth.wire.Value";
    if (!bare) {
      key(std::string(text_of(field.name())) + "_type", first);
      if (member) {
        append_json(out_, text_of(member->name()));
      } else {
        fmt::format_to(std::back_inserter(out_), "{}", number);
      }
    }
    key(text_of(field.name()), first);
    const auto* type = member ? member->union_type() : nullptr;
    if (number == 0 || at == 0 || !type || type->base_type() == reflection::None) {
      out_ += "null";
    } else if (type->base_type() == reflection::String) {
      append_json(out_, reader_.bytes(reader_.follow(at)));
    } else {
      member_object(type->index(), reader_.follow(at), bare);
    }
  }

  // `at` is the object itself: in a union even a struct stands behind an offset.
  void member_object(int index, std::uint64_t at, bool bare) {
    const auto* known = schema_.object(index);
    if (!known) return reader_.fail();
    const auto& fields = schema_.fields[static_cast<std::size_t>(index)];
    if (!bare || fields.size() != 1) return known->is_struct() ? structure(index, at) : table(index, at);
    const auto& type = *fields.front()->type();
    const auto held =
        known->is_struct() ? at + fields.front()->offset() : reader_.field(at, fields.front()->offset());
    if (held == 0) {
      out_ += "null";
    } else {
      element(type.base_type(), type, held);
    }
  }

  std::string& out_;
  const MessageSchema& schema_;
  FlatReader reader_;
  const std::size_t limit_;
  int depth_ = 0;
  int steps_ = 0;
};

}  // namespace

bool append_body(std::string& out, const MessageSchema& schema, int object, hearth_bytes body,
                 std::size_t limit) {
  return Walk(out, schema, body, limit).message(object);
}

}  // namespace hearth::core
