// Learning schemas, naming types, and the envelope around a body.
#include "core/control/message_printer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "core/control/body_text.hpp"
#include "core/control/embedded_schemas.hpp"
#include "core/control/json_text.hpp"
#include "core/control/message_schema.hpp"
#include "core/control/nearest.hpp"
#include "hearth/codec.hpp"

namespace hearth::core {
namespace {

constexpr std::string_view kHouse = "hearth.wire.";

// Its body is a plugin's own memory: tokens and keys are no business of whoever watches the bus.
constexpr hearth_type kStorePut = kType<StorePut>;

// Are the numbers of its kinds ones that the enumeration has? Read as numbers: nothing else may be asked of
// them before.
bool sound(const reflection::Type& type) {
  const auto& table = reinterpret_cast<const flatbuffers::Table&>(type);  // its base, which it hides
  const auto known = [&](flatbuffers::voffset_t field) {
    const auto number = table.GetField<std::int8_t>(field, 0);
    return number >= 0 && number < reflection::MaxBaseType;
  };
  return known(reflection::Type::VT_BASE_TYPE) && known(reflection::Type::VT_ELEMENT);
}

bool sound(const reflection::Schema& schema) {
  for (const auto* object : *schema.objects())
    for (const auto* field : *object->fields())
      if (!sound(*field->type())) return false;
  for (const auto* list : *schema.enums())
    for (const auto* value : *list->values())
      if (value->union_type() && !sound(*value->union_type())) return false;
  return true;
}

std::string_view short_name(std::string_view name) {
  return name.starts_with(kHouse) ? name.substr(kHouse.size()) : name;
}

}  // namespace

MessagePrinter::MessagePrinter() {
  for (const auto& bfbs : embedded_schemas()) {
    const auto added = add_schema(bfbs);
    if (!added.ok()) throw std::logic_error(added.error().words);  // built wrong
  }
  own_schemas_ = schemas_.size();
}

MessagePrinter::~MessagePrinter() = default;

Status MessagePrinter::add_schema(hearth_bytes bfbs) {
  if (bfbs.size > kMaxSchema)
    return {ErrorCode::kInvalid, fmt::format("a schema of {} bytes; {} at most", bfbs.size, kMaxSchema)};
  auto schema = std::make_unique<MessageSchema>();
  schema->bytes.assign(bfbs.data, bfbs.data + bfbs.size);
  flatbuffers::Verifier verifier(schema->bytes.data(), schema->bytes.size(), kMaxMessageDepth,
                                 kMaxMessageTables);
  if (bfbs.size < 16 || !reflection::VerifySchemaBuffer(verifier))
    return {ErrorCode::kInvalid, "not a binary schema (.bfbs)"};
  schema->root = reflection::GetSchema(schema->bytes.data());
  if (!sound(*schema->root)) return {ErrorCode::kInvalid, "a binary schema with unknown kinds of fields"};
  for (const auto* object : *schema->root->objects()) {
    auto& fields = schema->fields.emplace_back(object->fields()->begin(), object->fields()->end());
    std::stable_sort(fields.begin(), fields.end(),
                     [](const auto* a, const auto* b) { return a->id() < b->id(); });
  }
  for (std::size_t i = 0; i < schema->fields.size(); ++i) {
    const auto* object = schema->object(static_cast<int>(i));
    if (object->is_struct()) continue;
    std::string name(text_of(object->name()));
    const auto type = type_hash(name);
    tables_.try_emplace(type, Table{schema.get(), static_cast<int>(i), std::move(name)});
  }
  schemas_.push_back(std::move(schema));
  return {};
}

void MessagePrinter::forget_added() {
  const auto end = schemas_.begin() + static_cast<std::ptrdiff_t>(own_schemas_);
  std::erase_if(tables_, [&](const auto& entry) {
    return std::any_of(end, schemas_.end(),
                       [&](const auto& schema) { return schema.get() == entry.second.schema; });
  });
  schemas_.erase(end, schemas_.end());
}

std::string MessagePrinter::print(const hearth_message& message) const {
  const auto known = tables_.find(message.type);
  const Table* table = known == tables_.end() ? nullptr : &known->second;
  std::string out = "{\"type\":";
  if (table) {
    append_json(out, short_name(table->name));
    out += ",\"name\":";
    append_json(out, table->name);
  } else {
    fmt::format_to(std::back_inserter(out), "\"0x{:016x}\",\"name\":null", message.type);
  }
  fmt::format_to(
      std::back_inserter(out),
      ",\"id\":{},\"cause\":{},\"source\":{},\"time\":\"{}\",\"retained\":{},\"body\":", message.id,
      message.cause, message.source, iso_time(message.time_us), (message.flags & HEARTH_RETAINED) != 0);
  const auto before = out.size();
  if (message.type == kStorePut) {
    fmt::format_to(std::back_inserter(out), "{{\"bytes\":{}}}", message.body.size);
  } else if (!table || !append_body(out, *table->schema, table->object, message.body, kMaxBodyText)) {
    out.resize(before);
    append_json_hex(out, message.body.data, message.body.size, kMaxHex);
  }
  out += '}';
  return out;
}

Result<hearth_type> MessagePrinter::type_of(std::string_view name) const {
  if (name.find('.') != std::string_view::npos) return type_hash(name);
  const auto type = type_hash(std::string(kHouse) + std::string(name));
  if (tables_.contains(type)) return type;
  std::vector<std::string> names;
  for (const auto& [hash, table] : tables_) names.emplace_back(short_name(table.name));
  const auto near = nearest(name, names);
  return Error{ErrorCode::kInvalid, fmt::format("no message type '{}'{}", name,
                                                near.empty() ? "" : fmt::format("; did you mean {}?", near))};
}

}  // namespace hearth::core
