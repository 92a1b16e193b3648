// A name may hold spaces, so it ends where a device's name ends.
#include "command_line.hpp"

#include <algorithm>
#include <vector>

#include "common/words.hpp"
#include "values.hpp"

namespace hearth::monitor {

using protocols::cut;
using protocols::same_word;

namespace {

constexpr std::size_t kMostQuoted = 80;  // bytes of what was written

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

// Takes the first word off.
std::string_view take_word(std::string_view& rest) {
  const auto word = rest.substr(0, rest.find(' '));
  rest = trimmed(rest.substr(word.size()));
  return word;
}

std::string_view quoted(std::string_view text) { return cut(text, kMostQuoted); }

Error wrong(std::string words) { return {ErrorCode::kInvalid, std::move(words)}; }

// How a device is meant by the beginning of a text.
struct Match {
  const House::Device* device;
  std::size_t length;  // of its name there
  int rank;            // 0 is best

  bool better_than(const Match& other) const {
    return length != other.length ? length > other.length : rank < other.rank;
  }
  bool equal(const Match& other) const { return length == other.length && rank == other.rank; }
};

class Names {
 public:
  // `whole`: a name must be all of the text; else a space follows it.
  Names(std::string_view text, bool whole, const DeviceMap& devices) : text_(text), whole_(whole) {
    for (const auto& [id, device] : devices) look_at(device);
  }

  // The best of those that fit, or words about why there is none.
  template <class Fits>
  Result<Match> best(Fits fits) const {
    std::vector<Match> top;
    for (const auto& match : matches_) {
      if (!fits(match)) continue;
      if (!top.empty() && match.better_than(top.front())) top.clear();
      if (top.empty() || match.equal(top.front())) top.push_back(match);
    }
    if (top.empty()) return wrong(concat("there is no device called ", quoted(text_)));
    if (top.size() == 1) return top.front();
    std::vector<const House::Device*> called;
    for (const auto& one : top) called.push_back(one.device);
    return wrong(protocols::several_called(text_.substr(0, top.front().length), called));
  }

 private:
  void look_at(const House::Device& device) {
    if (begins(device.device, false)) return add(device, device.device.size(), 0);
    if (begins(device.name, false)) return add(device, device.name.size(), 1);
    if (begins(device.name, true)) return add(device, device.name.size(), 2);
    const auto number = concat(device.number);
    if (begins(number, false)) add(device, number.size(), 3);
  }
  bool begins(std::string_view name, bool any_case) const {
    if (name.empty() || text_.size() < name.size() || (whole_ && text_.size() != name.size())) return false;
    const auto begin = text_.substr(0, name.size());
    if (any_case ? !same_word(begin, name) : begin != name) return false;
    return whole_ || (text_.size() > name.size() && text_[name.size()] == ' ');
  }
  void add(const House::Device& device, std::size_t length, int rank) {
    matches_.push_back({&device, length, rank});
  }

  const std::string_view text_;
  const bool whole_;
  std::vector<Match> matches_;
};

const std::string& label(const House::Device& device) {
  return device.name.empty() ? device.device : device.name;
}

Error lacks(const House::Device& device, std::string_view capability) {
  return wrong(concat(label(device), " has no capability ", quoted(capability)));
}

Result<Order> parse_switch(std::string_view word, std::string_view name, const DeviceMap& devices) {
  if (name.empty()) return wrong(concat("a name is missing: ", word, " NAME"));
  const auto match = Names(name, true, devices).best([](const Match&) { return true; });
  if (!match.ok()) return match.error();
  auto wishes = protocols::wishes_of(word, {}, *match->device);
  if (!wishes.ok()) return wishes.error();
  return Order{Order::Kind::kSet, match->device, std::move(*wishes)};
}

Result<Order> parse_set(std::string_view text, const DeviceMap& devices) {
  const auto capability_behind = [text](const Match& match) {
    auto rest = trimmed(text.substr(match.length));
    return take_word(rest);
  };
  const Names names(text, false, devices);
  const auto match =
      names.best([&](const Match& m) { return m.device->find(capability_behind(m)) != nullptr; });
  if (!match.ok()) {
    const auto named = names.best([](const Match&) { return true; });
    return named.ok() ? lacks(*named->device, capability_behind(*named)) : match.error();
  }
  auto rest = trimmed(text.substr(match->length));
  const auto& capability = *match->device->find(take_word(rest));
  if (rest.empty()) return wrong("a value is missing: set NAME CAPABILITY VALUE");
  auto value = value_of(rest, capability);
  if (!value.ok()) return value.error();
  return Order{Order::Kind::kSet, match->device, {{capability.name, std::move(*value)}}};
}

Result<Order> parse_status(std::string_view name, const DeviceMap& devices) {
  if (name.empty()) return Order{Order::Kind::kStatus};
  const auto match = Names(name, true, devices).best([](const Match&) { return true; });
  if (!match.ok()) return match.error();
  return Order{Order::Kind::kStatus, match->device};
}

}  // namespace

Result<Order> parse(std::string_view text, const DeviceMap& devices) {
  auto rest = trimmed(text);
  const auto word = take_word(rest);
  if (same_word(word, "on") || same_word(word, "off") || same_word(word, "toggle"))
    return parse_switch(word, rest, devices);
  if (same_word(word, "set")) return parse_set(rest, devices);
  if (same_word(word, "status")) return parse_status(rest, devices);
  if (same_word(word, "help")) return Order{};
  return wrong(concat("unknown command ", quoted(word), ": ", kHelp));
}

}  // namespace hearth::monitor
