// Each key is checked before it is believed.
#include "requests.hpp"

#include <algorithm>
#include <utility>

#include "common/json_values.hpp"
#include "common/words.hpp"
#include "hearth/net/json.hpp"

namespace hearth::interlock {

namespace {

namespace json = boost::json;

constexpr std::size_t kMostQuoted = 80;  // bytes of what was asked for
constexpr std::int64_t kMostDelayMs = 60 * 60 * 1000;

Error wrong(std::string words) { return {ErrorCode::kInvalid, std::move(words)}; }

bool deeper_than(const json::value& value, std::size_t levels) {
  if (!value.is_structured()) return false;
  if (levels == 0) return true;
  if (const auto* list = value.if_array())
    return std::ranges::any_of(*list, [&](const json::value& one) { return deeper_than(one, levels - 1); });
  return std::ranges::any_of(value.get_object(),
                             [&](const auto& one) { return deeper_than(one.value(), levels - 1); });
}

std::string upper(std::string_view text) {
  std::string word(text);
  for (char& c : word)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return word;
}

// The text behind `key`; an error if it isn't there or isn't one.
Result<std::string_view> text_of(const json::object& request, std::string_view key) {
  const auto* value = request.if_contains(key);
  if (!value) return wrong(concat(key, " is missing"));
  const auto* text = value->if_string();
  if (!text) return wrong(concat(key, " has to be a string"));
  return std::string_view(*text);
}

bool is_integer(const json::value& value) { return value.is_int64() || value.is_uint64(); }

// What every answer begins with.
json::object answer_to(const json::object* request) {
  json::object answer;
  if (!request) return answer;
  if (const auto* t = request->if_contains("t"); t && t->is_string()) answer["t"] = upper(t->get_string());
  if (const auto* i = request->if_contains("i"); i && is_integer(*i)) answer["i"] = *i;
  return answer;
}

void refuse(json::object answer, std::string_view words, const Answer& send) {
  answer["s"] = number(Code::kServiceError);
  answer["e"] = words;
  send(answer);
}

// To what was pushed, a MSG; errors may leave out what they answer. Answered in turn, the two sides would
// never come to an end.
bool is_answer(const json::object& object) {
  const auto* state = object.if_contains("s");
  if (!state || !is_integer(*state) || object.contains("m")) return false;
  const auto* type = object.if_contains("t");
  if (!type) return !object.contains("c");
  return type->is_string() && protocols::same_word(type->get_string(), "MSG");
}

// An empty object if there is none.
Result<json::object> args_of(const json::object& request) {
  const auto* args = request.if_contains("a");
  if (!args) return json::object();
  if (!args->is_object()) return wrong("a has to be an object");
  return args->get_object();
}

}  // namespace

void Requests::handle(const Result<json::value>& request, const Answer& answer) {
  if (!request.ok()) return refuse({}, request.error().words, answer);
  const auto* object = request->if_object();
  if (object && is_answer(*object)) return;
  auto head = answer_to(object);
  const auto done = [head, answer](const Body& body) {
    if (!body.ok()) return refuse(head, body.error().words, answer);
    auto all = head;
    all["s"] = number(Code::kOk);
    if (!body->is_null()) all["r"] = *body;
    answer(all);
  };
  if (!object) return done(wrong("a request is an object"));
  if (deeper_than(*request, kMostDepth)) return done(wrong(concat("nested more than ", kMostDepth, " deep")));
  const auto type = text_of(*object, "t");
  if (!type.ok()) return done(type.error());
  if (protocols::same_word(*type, "CMD")) return command(*object, done);
  if (protocols::same_word(*type, "GET")) return done(get(*object));
  if (!protocols::same_word(*type, "MSG"))
    return done(
        wrong(concat("unknown type ", protocols::cut(*type, kMostQuoted), ": CMD, GET and MSG are known")));
  const auto status = message(*object);
  done(status.ok() ? Body(json::value()) : Body(status.error()));
}

void Requests::command(const json::object& request, std::function<void(const Body&)> done) {
  const auto name = text_of(request, "c");
  if (!name.ok()) return done(name.error());
  const auto args = args_of(request);
  if (!args.ok()) return done(args.error());
  const auto dot = name->rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name->size())
    return done(wrong("c has to be <device>.<command>"));
  const auto target = name->substr(0, dot), verb = name->substr(dot + 1);
  if (target == "device") {
    const auto status = command_machine(verb, *args);
    return done(status.ok() ? Body(json::value()) : Body(status.error()));
  }
  const auto device = protocols::find_device(target, devices_);
  if (!device.ok()) return done(device.error());
  if (orders_.open() >= kMostOpen)
    return done(Error{ErrorCode::kBusy, concat("busy: ", kMostOpen, " commands are under way")});
  auto wishes = protocols::wishes_of(verb, *args, **device);
  if (!wishes.ok()) return done(wishes.error());
  const std::string id = (*device)->device;
  orders_.run(id, *std::move(wishes), [this, id, done = std::move(done)](const Status& how) {
    if (!how.ok()) return done(how.error());
    const auto now = devices_.find(id);
    if (now == devices_.end()) return done(wrong("the device is gone"));
    done(json::value(protocols::shown(now->second, true)));
  });
}

Status Requests::command_machine(std::string_view verb, const json::object& args) {
  std::int64_t delay_ms = 0;
  if (const auto* timeout = args.if_contains("timeout")) {
    const auto* number = timeout->if_int64();
    if (!number || *number < 0 || *number > kMostDelayMs)
      return wrong(concat("timeout is a whole number of milliseconds, 0 to ", kMostDelayMs));
    delay_ms = *number;
  }
  return hooks_.machine(verb, std::chrono::milliseconds(delay_ms));
}

Requests::Body Requests::get(const json::object& request) const {
  const auto* i = request.if_contains("i");
  if (!i) return everything();
  if (!is_integer(*i)) return wrong("i has to be an integer");
  if (*i == 0) return everything();
  const auto found = std::ranges::find_if(devices_, [i](const auto& one) { return *i == one.second.number; });
  if (found == devices_.end())
    return wrong(concat("there is no device with the number ", net::json::to_text(*i)));
  return json::value(protocols::shown(found->second, true));
}

Requests::Body Requests::everything() const {
  json::array devices;
  for (const auto& [id, device] : devices_) devices.emplace_back(protocols::shown(device, true));
  json::object all{{"status", shown(board_)}, {"devices", std::move(devices)}};
  if (net::json::to_text(all).size() > kMostAnswer)
    return Error{ErrorCode::kFailed, "the house is too large for one answer: ask for the devices one by one"};
  return json::value(std::move(all));
}

Status Requests::message(const json::object& request) {
  const auto text = text_of(request, "m");
  if (!text.ok()) return text.error();
  const auto kind = request.contains("mt") ? text_of(request, "mt") : std::string_view("info");
  if (!kind.ok()) return kind.error();
  return hooks_.message(std::string(*kind), std::string(*text));
}

json::object shown(const Board& board) {
  return {{"code", number(board.code())},
          {"class", class_name(board.code())},
          {"name", name(board.code())},
          {"since", iso_utc(board.since())}};
}

}  // namespace hearth::interlock
