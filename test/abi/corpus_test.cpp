// Plugins built against abi.h as it was, by each compiler, run and do their job in the server as it is.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "test/bad_plugins/hearthd_run.hpp"

using hearth::test::HearthdRun;
using namespace std::chrono_literals;

namespace {

const std::string kC = "plain C of 1.0", kCpp = "plain C++ of 1.0";

struct Server : HearthdRun {
  std::string answer(const std::string& id) {
    return call("verb.call", R"({"word":")" + id + R"(","verb":"answer","args":[]})").toString();
  }
};

}  // namespace

TEST_CASE("plugins of every published ABI load, run and answer, whichever compiler made them") {
  const std::string isolation = GENERATE(as<std::string>(), "none", "process");
  CAPTURE(isolation);
  Server server;
  std::string configuration;
  std::vector<std::string> ids;
  for (const auto& file : std::filesystem::directory_iterator(PLUGINS)) {
    std::filesystem::copy_file(file, server.plugins() / file.path().filename());
    ids.push_back(file.path().stem());
    configuration += "[plugin." + ids.back() + "]\nisolation = \"" + isolation + "\"\n";
  }
  REQUIRE(ids.size() == 4);
  server.start(HEARTHD, configuration, 5s);
  for (const auto& id : ids) {
    const auto row = server.row(id + ".so");
    INFO(id << "\n" << server.log());
    CHECK(row->getValue<std::string>("state") == "running");
    CHECK(row->getValue<std::string>("isolation") == isolation);
    for (int i = 0; i < 3; ++i) {
      const auto answer = server.answer(id);
      CHECK(answer.find(id.find("xx") == std::string::npos ? kC : kCpp) != std::string::npos);
    }
    if (id.find("xx") != std::string::npos)
      CHECK(server.row(id + ".so")->getObject("notes")->getValue<std::string>("corpus") == "1.0");
  }
  CHECK(server.terminate(3s) == 0);
}
