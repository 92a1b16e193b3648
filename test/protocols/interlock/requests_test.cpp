// Every form of a request, and everything that is wrong with one.
#include "protocols/interlock/requests.hpp"

#include <catch2/catch.hpp>

#include "hearth/net/json.hpp"

using namespace hearth;
using namespace hearth::interlock;

namespace {

struct Setup {
  protocols::DeviceMap devices;
  std::vector<std::string> commands, orders, messages, answers;
  std::vector<std::function<void(const CommandDone&)>> open;
  Status machine_says, bus_says;
  Board board{[](const StatusChanged&) {}, [] { return Microseconds(0); }};
  Requests requests{devices,
                    board,
                    {[this](const std::string& device, const std::string& capability, const Value& value,
                            std::function<void(const CommandDone&)> done) {
                       commands.push_back(device + " " + capability + " " + to_text(value));
                       open.push_back(std::move(done));
                       return Handle();
                     },
                     [this](std::string_view verb, std::chrono::milliseconds delay) {
                       orders.push_back(concat(verb, " ", delay.count()));
                       return machine_says;
                     },
                     [this](const std::string& kind, const std::string& text) {
                       messages.push_back(kind + ": " + text);
                       return bus_says;
                     }}};

  Setup() {
    board.say(Code::kOk);
    add("sim:lamp", 1, "Lamp", {"on_off", "brightness", "color"});
    add("sim:1.2", 7, "Two", {"on_off"});
    add("sim:twin1", 3, "Twin", {"on_off"});
    add("sim:twin2", 4, "Twin", {"on_off"});
    devices["sim:lamp"].states["on_off"] = {true, 0};
  }
  void add(const std::string& id, std::uint32_t number, const std::string& name,
           std::vector<Capability> capabilities) {
    auto& device = devices[id];
    device.device = id;
    device.number = number;
    device.name = name;
    device.capabilities = std::move(capabilities);
  }
  void handle(const Result<boost::json::value>& request) {
    requests.handle(request, [this](const boost::json::object& answer) {
      answers.push_back(net::json::to_text(answer));
    });
  }
  // What is answered at once.
  std::string ask(std::string_view request) {
    answers.clear();
    handle(net::json::parse(request));
    return answers.size() == 1 ? answers[0] : concat(answers.size(), " answers");
  }
};

const std::string kLamp =
    R"({"id":"sim:lamp","i":1,"name":"Lamp","reachable":true,"states":{"on_off":true}})";

}  // namespace

TEST_CASE("a command is answered with the device once it is done") {
  Setup house;
  CHECK(house.ask(R"({"t":"cmd","i":12,"c":"Lamp.ON"})") == "0 answers");
  CHECK(house.commands == std::vector<std::string>{"sim:lamp on_off on"});
  house.open[0](CommandDone{"sim:lamp", "on_off", Outcome::kOk, ""});
  CHECK(house.answers == std::vector<std::string>{R"({"t":"CMD","i":12,"s":2000,"r":)" + kLamp + "}"});
}

TEST_CASE("a device is meant by its id or name, up to the last dot") {
  Setup house;
  house.ask(R"({"t":"CMD","c":"sim:1.2.off"})");
  house.ask(R"({"t":"CMD","c":"sim:lamp.toggle"})");
  house.ask(R"({"t":"CMD","c":"sim:lamp.Set","a":{"brightness":40,"color":[255,0,0]}})");
  house.ask(R"({"t":"CMD","c":"Lamp.on","a":{"brightness":5}})");
  CHECK(house.commands == std::vector<std::string>{"sim:1.2 on_off off", "sim:lamp on_off off",
                                                   "sim:lamp brightness 40", "sim:lamp color #ff0000",
                                                   "sim:lamp on_off on", "sim:lamp brightness 5"});
}

TEST_CASE("a command that fails is answered with its words") {
  Setup house;
  house.ask(R"({"t":"CMD","i":-3,"c":"Lamp.off"})");
  house.open[0](CommandDone{"sim:lamp", "on_off", Outcome::kError, "the bulb is broken"});
  CHECK(house.answers == std::vector<std::string>{R"({"t":"CMD","i":-3,"s":4100,"e":"the bulb is broken"})"});
}

TEST_CASE("a device that goes while it is commanded is answered for") {
  Setup house;
  house.ask(R"({"t":"CMD","c":"Lamp.off"})");
  house.devices.erase("sim:lamp");
  house.open[0](CommandDone{"sim:lamp", "on_off", Outcome::kOk, ""});
  CHECK(house.answers == std::vector<std::string>{R"({"t":"CMD","s":4100,"e":"the device is gone"})"});
}

TEST_CASE("commands that make no sense are refused, and reach no device") {
  Setup house;
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"t":"CMD"})", "c is missing"},
      {R"({"t":"CMD","c":5})", "c has to be a string"},
      {R"({"t":"CMD","c":null})", "c has to be a string"},
      {R"({"t":"CMD","c":""})", "c has to be <device>.<command>"},
      {R"({"t":"CMD","c":"lamp"})", "c has to be <device>.<command>"},
      {R"({"t":"CMD","c":".on"})", "c has to be <device>.<command>"},
      {R"({"t":"CMD","c":"Lamp."})", "c has to be <device>.<command>"},
      {R"({"t":"CMD","c":"Lamp.on","a":[]})", "a has to be an object"},
      {R"({"t":"CMD","c":"Lamp.on","a":null})", "a has to be an object"},
      {R"({"t":"CMD","c":"nobody.on"})", "there is no device called nobody"},
      {R"({"t":"CMD","c":"Twin.on"})", "2 devices are called Twin: sim:twin1, sim:twin2"},
      {R"({"t":"CMD","c":"Lamp.jump"})", "unknown command jump: on, off, toggle and set are known"},
      {R"({"t":"CMD","c":"Lamp.set"})", "set needs a capability and its value"},
      {R"({"t":"CMD","c":"Lamp.set","a":{"smell":1}})", "Lamp has no capability smell"},
      {R"({"t":"CMD","c":"Lamp.set","a":{"brightness":"much"}})", "brightness is a number"}};
  for (const auto& [request, words] : cases) {
    INFO(request);
    CHECK(house.ask(request) == R"({"t":"CMD","s":4100,"e":")" + words + "\"}");
  }
  CHECK(house.commands.empty());
}

TEST_CASE("no more than 64 commands are under way") {
  Setup house;
  for (std::size_t i = 0; i < Requests::kMostOpen; ++i)
    CHECK(house.ask(R"({"t":"CMD","c":"Lamp.on"})") == "0 answers");
  CHECK(house.ask(R"({"t":"CMD","c":"Lamp.on"})") ==
        R"({"t":"CMD","s":4100,"e":"busy: 64 commands are under way"})");
  house.open[5](CommandDone{"sim:lamp", "on_off", Outcome::kOk, ""});
  CHECK(house.ask(R"({"t":"CMD","c":"Lamp.on"})") == "0 answers");
}

TEST_CASE("device is this machine") {
  Setup house;
  CHECK(house.ask(R"({"t":"CMD","i":1,"c":"device.shutdown","a":{"timeout":100}})") ==
        R"({"t":"CMD","i":1,"s":2000})");
  CHECK(house.ask(R"({"t":"CMD","c":"device.RESTART","a":{}})") == R"({"t":"CMD","s":2000})");
  CHECK(house.ask(R"({"t":"CMD","c":"device.restart","a":{"timeout":3600000}})") ==
        R"({"t":"CMD","s":2000})");
  CHECK(house.orders == std::vector<std::string>{"shutdown 100", "RESTART 0", "restart 3600000"});
  house.machine_says = {ErrorCode::kDenied, "not allowed"};
  CHECK(house.ask(R"({"t":"CMD","c":"device.shutdown"})") == R"({"t":"CMD","s":4100,"e":"not allowed"})");
}

TEST_CASE("a timeout is a number of milliseconds up to an hour") {
  Setup house;
  for (const auto* timeout :
       {"-1", "3600001", "1.5", "\"100\"", "null", "true", "[]", "18446744073709551615"}) {
    INFO(timeout);
    CHECK(house.ask(concat(R"({"t":"CMD","c":"device.shutdown","a":{"timeout":)", timeout, "}}")) ==
          R"({"t":"CMD","s":4100,"e":"timeout is a whole number of milliseconds, 0 to 3600000"})");
  }
  CHECK(house.orders.empty());
}

TEST_CASE("a device is asked for by its number") {
  Setup house;
  CHECK(house.ask(R"({"t":"GET","i":1})") == R"({"t":"GET","i":1,"s":2000,"r":)" + kLamp + "}");
  CHECK(house.ask(R"({"t":"get","i":99})") ==
        R"({"t":"GET","i":99,"s":4100,"e":"there is no device with the number 99"})");
  CHECK(house.ask(R"({"t":"GET","i":-1})") ==
        R"({"t":"GET","i":-1,"s":4100,"e":"there is no device with the number -1"})");
  CHECK(house.ask(R"({"t":"GET","i":4294967297})") ==
        R"({"t":"GET","i":4294967297,"s":4100,"e":"there is no device with the number 4294967297"})");
}

TEST_CASE("no number, or none at all, asks for everything") {
  Setup house;
  const std::string status =
      R"({"status":{"code":2000,"class":"SUCCESS","name":"OK","since":"1970-01-01T00:00:00.000Z"},"devices":[)";
  for (const auto* request : {R"({"t":"GET"})", R"({"t":"GET","i":0})"}) {
    const auto answer = house.ask(request);
    CHECK(answer.find(status) != std::string::npos);
    for (const auto* id : {"sim:lamp", "sim:1.2", "sim:twin1", "sim:twin2"})
      CHECK(answer.find(concat(R"({"id":")", id, "\"")) != std::string::npos);
  }
}

TEST_CASE("a house too large for one answer says so") {
  Setup house;
  for (std::uint32_t i = 100; i < 2100; ++i)
    house.add(concat("big:", i), i, std::string(500, 'x'), {"on_off"});
  CHECK(
      house.ask(R"({"t":"GET"})") ==
      R"({"t":"GET","s":4100,"e":"the house is too large for one answer: ask for the devices one by one"})");
}

TEST_CASE("a number that is no integer is refused") {
  Setup house;
  for (const auto* i : {"\"1\"", "1.5", "1e300", "null", "true", "{}", "[1]"}) {
    INFO(i);
    CHECK(house.ask(concat(R"({"t":"GET","i":)", i, "}")) ==
          R"({"t":"GET","s":4100,"e":"i has to be an integer"})");
  }
}

TEST_CASE("a message is passed on, with its kind") {
  Setup house;
  CHECK(house.ask(R"({"t":"msg","i":4,"m":"hello","mt":"greeting","more":1})") ==
        R"({"t":"MSG","i":4,"s":2000})");
  CHECK(house.ask(R"({"t":"MSG","m":""})") == R"({"t":"MSG","s":2000})");
  CHECK(house.messages == std::vector<std::string>{"greeting: hello", "info: "});
  house.bus_says = {ErrorCode::kBusy, "the queue is full"};
  CHECK(house.ask(R"({"t":"MSG","m":"x"})") == R"({"t":"MSG","s":4100,"e":"the queue is full"})");
}

TEST_CASE("a message without text, or of another type, is refused") {
  Setup house;
  CHECK(house.ask(R"({"t":"MSG"})") == R"({"t":"MSG","s":4100,"e":"m is missing"})");
  CHECK(house.ask(R"({"t":"MSG","m":{}})") == R"({"t":"MSG","s":4100,"e":"m has to be a string"})");
  CHECK(house.ask(R"({"t":"MSG","m":"x","mt":1})") == R"({"t":"MSG","s":4100,"e":"mt has to be a string"})");
  CHECK(house.messages.empty());
}

TEST_CASE("what is no request is answered all the same") {
  Setup house;
  CHECK(house.ask("[]") == R"({"s":4100,"e":"a request is an object"})");
  CHECK(house.ask("null") == R"({"s":4100,"e":"a request is an object"})");
  CHECK(house.ask("{}") == R"({"s":4100,"e":"t is missing"})");
  CHECK(house.ask(R"({"t":5,"i":6})") == R"({"i":6,"s":4100,"e":"t has to be a string"})");
  CHECK(house.ask(R"({"t":"Put"})") ==
        R"({"t":"PUT","s":4100,"e":"unknown type Put: CMD, GET and MSG are known"})");
  house.answers.clear();
  house.handle(Error{ErrorCode::kInvalid, "no JSON"});
  CHECK(house.answers == std::vector<std::string>{R"({"s":4100,"e":"no JSON"})"});
}

TEST_CASE("nesting has a limit, whoever has read the request") {
  Setup house;
  boost::json::value deep = 1;
  for (int i = 0; i < 32; ++i) deep = boost::json::array{deep};
  house.handle(boost::json::value(boost::json::object{{"t", "MSG"}, {"m", "x"}, {"x", deep}}));
  CHECK(house.answers == std::vector<std::string>{R"({"t":"MSG","s":4100,"e":"nested more than 32 deep"})"});
  house.handle(boost::json::value(boost::json::object{{"t", "MSG"}, {"m", "x"}, {"x", deep.at(0)}}));
  CHECK(house.messages.size() == 1);
}

TEST_CASE("an answer isn't answered") {
  Setup house;
  CHECK(house.ask(R"({"t":"MSG","s":2000})") == "0 answers");
  CHECK(house.ask(R"({"s":4100,"e":"m is missing"})") == "0 answers");
  CHECK(house.ask(R"({"t":"MSG","m":"hello","s":1})") == R"({"t":"MSG","s":2000})");
  CHECK(house.ask(R"({"t":"GET","i":1,"s":1})").find(R"("s":2000)") != std::string::npos);
  CHECK(house.ask(R"({"t":"CMD","s":1})").find(R"("s":4100)") != std::string::npos);
}
