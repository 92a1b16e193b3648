// Widths are counted in code points: near enough for names of devices and rooms.
#include "core/control/ctl/table.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <algorithm>
#include <cctype>

#include "core/control/json_text.hpp"
#include "core/control/rpc.hpp"
#include "core/log/one_line.hpp"

namespace hearth::core::ctl {
namespace {

constexpr std::size_t kMaxCell = 400;

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view code(Colour colour) {
  switch (colour) {
    case Colour::kGreen: return "\x1b[32m";
    case Colour::kYellow: return "\x1b[33m";
    case Colour::kRed: return "\x1b[31m";
    case Colour::kDim: return "\x1b[2m";
    case Colour::kNone: break;
  }
  return {};
}

using Poco::Dynamic::Var;

const Poco::JSON::Object* object_of(const Var& value) {
  return value.type() == typeid(Poco::JSON::Object::Ptr) ? value.extract<Poco::JSON::Object::Ptr>().get()
                                                         : nullptr;
}
const Poco::JSON::Array* array_of(const Var& value) {
  return value.type() == typeid(Poco::JSON::Array::Ptr) ? value.extract<Poco::JSON::Array::Ptr>().get()
                                                        : nullptr;
}

std::string upper(std::string text) {
  for (auto& c : text) c = c == '_' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string list_text(const Poco::JSON::Array& list, bool coloured) {
  const auto* first = list.empty() ? nullptr : object_of(list.get(0));
  std::string out;
  if (!first) {
    for (const auto& item : list) out += painted(plain(item), Colour::kNone, false) + "\n";
    return out;
  }
  const auto keys = first->getNames();
  std::vector<std::string> columns(keys.size());
  std::transform(keys.begin(), keys.end(), columns.begin(), upper);
  Table table(columns);
  for (const auto& item : list) {
    const auto* object = object_of(item);
    std::vector<Cell> row;
    for (const auto& key : keys) row.emplace_back(object ? plain(object->get(key)) : std::string());
    table.add(std::move(row));
  }
  return table.text(coloured);
}

void describe_object(const Poco::JSON::Object& object, bool coloured, const std::string& indent,
                     std::string& out) {
  std::size_t widest = 0;
  for (const auto& [key, value] : object) widest = std::max(widest, width(key));
  for (const auto& key : object.getNames()) {
    const auto value = object.get(key);
    const auto* nested = object_of(value);
    const auto* list = array_of(value);
    const auto label = painted(key, Colour::kDim, coloured);
    if (nested && nested->size() > 0) {
      out += indent + label + "\n";
      describe_object(*nested, coloured, indent + "  ", out);
    } else if (list && !list->empty() && object_of(list->get(0))) {
      out += indent + label + "\n" + list_text(*list, coloured);
    } else {
      out += indent + label + std::string(widest - width(key) + 2, ' ') +
             painted(plain(value), Colour::kNone, false) + "\n";
    }
  }
}

}  // namespace

std::string painted(std::string_view text, Colour colour, bool coloured) {
  auto harmless = one_line(text, kMaxCell);
  if (!coloured || colour == Colour::kNone || harmless.empty()) return harmless;
  return std::string(code(colour)) + harmless + "\x1b[0m";
}

std::string Table::text(bool coloured) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < columns_.size(); ++i)
      widths[i] = std::max(widths[i], width(painted(row[i].text, Colour::kNone, false)));
  std::size_t last = columns_.size();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (widths[i] == 0) continue;
    widths[i] = std::max(widths[i], width(columns_[i]));
    last = i;
  }
  std::string out;
  const auto line = [&](const auto& cell_of) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] == 0) continue;
      const Cell cell = cell_of(i);
      out += painted(cell.text, cell.colour, coloured);
      if (i != last) out += std::string(widths[i] - width(painted(cell.text, Colour::kNone, false)) + 2, ' ');
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
  };
  line([&](std::size_t i) { return Cell(columns_[i], Colour::kDim); });
  for (const auto& row : rows_) line([&](std::size_t i) { return row[i]; });
  return out;
}

std::string plain(const Var& value) {
  if (value.isEmpty()) return "-";
  if (value.isBoolean()) return value.convert<bool>() ? "yes" : "no";
  if (value.isString()) return value.extract<std::string>();
  if (const auto* list = array_of(value)) {
    if (list->empty()) return "none";
    std::string out;
    for (const auto& item : *list) out += (out.empty() ? "" : ", ") + plain(item);
    return out;
  }
  if (const auto* object = object_of(value)) {
    if (object->size() == 0) return "none";
    std::string out;
    for (const auto& key : object->getNames())
      out += (out.empty() ? "" : ", ") + key + "=" + plain(object->get(key));
    return out;
  }
  const auto text = json_text(value);
  return text.ok() ? *text : "?";
}

std::string describe(const Var& value, bool coloured) {
  std::string out;
  if (const auto* object = object_of(value)) {
    describe_object(*object, coloured, "", out);
  } else if (const auto* list = array_of(value)) {
    out = list_text(*list, coloured);
  } else {
    out = painted(plain(value), Colour::kNone, false) + "\n";
  }
  return out;
}

}  // namespace hearth::core::ctl
