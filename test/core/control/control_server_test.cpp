// Tests of core/control/control_server.hpp: requests, limits, and clients that misbehave.
#include <sys/socket.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <deque>

#include "core/control/rpc.hpp"
#include "test/core/control/running_server.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

Result<Poco::Dynamic::Var> echo(const Poco::JSON::Object& params) { return Poco::Dynamic::Var(params); }

}  // namespace

TEST_CASE("a method of the server's is passed through with its parameters and result") {
  House house;
  house.methods["echo"] = echo;
  const RunningServer server(house);
  RawClient client(house);
  CHECK(client.call("echo", R"({"b":1,"a":[true,null,"x"]})") == R"({"b":1,"a":[true,null,"x"]})");
}

TEST_CASE("a method that doesn't exist is told as JSON-RPC says") {
  House house;
  const RunningServer server(house);
  RawClient client(house);
  client.send("{\"id\":\"x\",\"method\":\"nonsense\"}\n");
  CHECK(
      client.line() ==
      R"({"jsonrpc":"2.0","id":"x","error":{"code":-32601,"message":"no such method: nonsense","data":{"code":"invalid"}}})");
}

TEST_CASE("an error of the house's keeps its code and words") {
  House house;
  house.methods["fail"] = [](const auto&) { return Error{ErrorCode::kDenied, "not you"}; };
  const RunningServer server(house);
  RawClient client(house);
  client.send("{\"id\":1,\"method\":\"fail\"}\n");
  CHECK(client.line() ==
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"not you","data":{"code":"denied"}}})");
}

TEST_CASE("the server tells its version") {
  House house;
  const RunningServer server(house);
  CHECK(RawClient(house).call("version").starts_with("{\"version\":\""));
}

TEST_CASE("a notification is carried out and not answered") {
  House house;
  std::atomic<int> calls{0};
  house.methods["count"] = [&](const auto&) {
    ++calls;
    return Poco::Dynamic::Var(calls.load());
  };
  const RunningServer server(house);
  RawClient client(house);
  client.send("{\"method\":\"count\"}\n{\"id\":1,\"method\":\"count\"}\n");
  CHECK(client.line() == R"({"jsonrpc":"2.0","id":1,"result":2})");
}

TEST_CASE("what is not JSON is answered, and the connection closed") {
  House house;
  const RunningServer server(house);
  RawClient client(house);
  client.send("GET / HTTP/1.1\r\n\r\n");
  const auto answer = client.json();
  CHECK(answer->isNull("id"));
  CHECK(answer->getObject("error")->getValue<int>("code") == kParseError);
  CHECK(client.line().empty());
}

TEST_CASE("a line longer than a mebibyte is refused before it ends") {
  House house;
  const RunningServer server(house);
  RawClient client(house);
  try {
    client.send(std::string(kMaxRpcLine + 100'000, 'x'));
  } catch (const std::exception&) {
    // closed already
  }
  CHECK(client.json()->getObject("error")->getValue<std::string>("message") == "a line longer than 1 MiB");
}

TEST_CASE("a client that has said everything still gets its answers") {
  House house;
  house.methods["echo"] = echo;
  const RunningServer server(house);
  RawClient client(house);
  client.send("{\"id\":1,\"method\":\"echo\"}\n{\"id\":2,\"method\":\"echo\"}\n");
  ::shutdown(client.fd(), SHUT_WR);
  CHECK(client.line() == R"({"jsonrpc":"2.0","id":1,"result":{}})");
  CHECK(client.line() == R"({"jsonrpc":"2.0","id":2,"result":{}})");
  CHECK(client.line().empty());
}

TEST_CASE("the 65th client is told why it is sent away, and may come when another has left") {
  House house;
  house.methods["echo"] = echo;
  const RunningServer server(house);
  std::deque<RawClient> clients;
  for (int i = 0; i < 64; ++i) clients.emplace_back(house).call("echo");
  CHECK(RawClient(house).json()->getObject("error")->getValue<std::string>("message") ==
        "64 clients are connected already");
  clients.pop_front();
  CHECK(eventually([&] {
    RawClient next(house);
    next.send("{\"id\":1,\"method\":\"echo\"}\n");
    return next.line().find("result") != std::string::npos;
  }));
}

TEST_CASE("a client that asks and never reads is closed, and others are served") {
  House house;
  house.methods["big"] = [](const auto&) { return Poco::Dynamic::Var(std::string(1'000'000, 'x')); };
  const RunningServer server(house);
  RawClient greedy(house);
  CHECK_THROWS([&] {
    for (int i = 0; i < 100'000; ++i) greedy.send("{\"id\":1,\"method\":\"big\"}\n");
  }());
  CHECK(RawClient(house).call("version").find("version") != std::string::npos);
}

TEST_CASE("too many open calls are refused as busy") {
  House house;
  std::mutex gate;
  house.methods["wait"] = [&](const auto&) {
    const std::lock_guard lock(gate);
    return Poco::Dynamic::Var(1);
  };
  const RunningServer server(house);
  RawClient client(house);
  gate.lock();
  for (int i = 0; i < 65; ++i) client.send("{\"id\":" + std::to_string(i) + ",\"method\":\"wait\"}\n");
  CHECK(
      client.line() ==
      R"({"jsonrpc":"2.0","id":64,"error":{"code":-32003,"message":"64 calls are open already","data":{"code":"busy"}}})");
  gate.unlock();
  for (int i = 0; i < 64; ++i) CHECK(client.line().find("\"result\":1") != std::string::npos);
}

TEST_CASE("a client that leaves with calls open harms nobody") {
  House house;
  std::mutex gate;
  house.methods["wait"] = [&](const auto&) {
    const std::lock_guard lock(gate);
    return Poco::Dynamic::Var(1);
  };
  const RunningServer server(house);
  gate.lock();
  {
    RawClient client(house);
    client.send("{\"id\":1,\"method\":\"wait\"}\n");
    CHECK(client.call("version").find("version") != std::string::npos);
  }
  gate.unlock();
  CHECK(RawClient(house).call("wait") == "1");
}

TEST_CASE("a follower of the log gets what is logged, from any thread") {
  House house;
  const RunningServer server(house);
  RawClient client(house);
  CHECK(client.call("log.follow", R"({"level":"info"})") == "{}");
  std::thread([&] { write_log(house, "from elsewhere"); }).join();
  CHECK(client.line().find("\"method\":\"log.entry\"") != std::string::npos);
  CHECK(RawClient(house).call("log.get").find("from elsewhere") != std::string::npos);
}

TEST_CASE("a second server is refused and the first goes on") {
  House house;
  const RunningServer server(house);
  CHECK_THROWS_WITH([&] { const RunningServer second(house); }(),
                    Catch::Contains("another hearthd is running"));
  RawClient client(house);
  client.send("{\"id\":1,\"method\":\"version\"}\n");
  CHECK(client.line().find("result") != std::string::npos);
}

TEST_CASE("stopping with clients connected ends their connections and removes the socket") {
  House house;
  auto server = std::make_unique<RunningServer>(house);
  RawClient client(house);
  client.call("bus.follow");
  client.call("log.follow");
  server.reset();
  while (!client.line().empty()) {
  }
  CHECK_FALSE(std::filesystem::exists(house.socket_path()));
}
