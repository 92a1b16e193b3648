// Fuzzed: what an Interlock server may say: requests, each of which is answered once and soundly, and answers
// about the token. Input: a byte that says which, the text.
#include <string>
#include <string_view>

#include "hearth/net/json.hpp"
#include "protocols/interlock/linking.hpp"
#include "protocols/interlock/requests.hpp"
#include "test/fuzz/require.hpp"

namespace hearth::fuzz {

namespace {

using namespace interlock;
namespace json = net::json;

protocols::DeviceMap house() {
  protocols::DeviceMap devices;
  for (const std::uint32_t number : {1U, 2U, 3U}) {
    const auto id = concat("sim:", number);
    auto& device = devices[id];
    device.device = id;
    device.number = number;
    device.name = number == 1 ? "Lamp" : "Twin";
    device.capabilities = {"on_off", "brightness", "color", "pattern"};
    device.states["on_off"] = {false, 0};
  }
  return devices;
}

// Every command is carried out at once, so that every answer comes at once.
void request(std::string_view text) {
  const auto devices = house();
  Board board([](const StatusChanged&) {}, [] { return Microseconds(0); });
  const auto done = [](std::string device, std::string capability, const Value& value,
                       const std::function<void(const CommandDone&)>& end) {
    require(type_of(value) != ValueType::kNone, "a command has a value");
    end({std::move(device), std::move(capability), Outcome::kOk, {}});
    return Handle();
  };
  const auto machine = [](std::string_view, std::chrono::milliseconds delay) {
    require(delay.count() >= 0 && delay <= std::chrono::hours(1), "a delay is an hour at most");
    return Status(ErrorCode::kDenied, "not allowed");
  };
  const auto message = [](const std::string&, const std::string&) { return Status(); };
  Requests requests(devices, board, {done, machine, message});
  int answers = 0;
  requests.handle(json::parse(text), [&](const boost::json::object& answer) {
    ++answers;
    const auto* state = answer.if_contains("s");
    require(state && state->is_int64(), "an answer has its state");
    const bool good = *state == 2000;
    require(good || *state == 4100, "it is good or not");
    require(good != answer.contains("e"), "what isn't good says why");
    const auto again = json::parse(json::to_text(answer));
    require(again.ok() && *again == boost::json::value(answer), "an answer reads back");
  });
  const bool may_be_answer = text.find("\"s\"") != text.npos || text.find("\\u") != text.npos;
  require(answers == 1 || (answers == 0 && may_be_answer), "each request has one answer");
}

void link(std::string_view text) {
  for (const int status : {200, 401, 403, 500}) {
    net::HttpAnswer answer;
    answer.status = status;
    answer.body = text;
    const auto linked = read_link(answer);
    const bool is_token = linked.how == Linked::How::kToken;
    require(!is_token || (status == 200 && !linked.text.empty()), "a token comes with a good answer");
  }
}

}  // namespace

}  // namespace hearth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  data[0] & 1 ? hearth::fuzz::link(text) : hearth::fuzz::request(text);
  return 0;
}
