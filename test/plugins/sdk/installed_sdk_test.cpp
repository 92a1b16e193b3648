// A plugin that was built with nothing but the installed SDK, in the installed server.
#include <catch2/catch.hpp>
#include <fstream>

#include "test/bad_plugins/hearthd_run.hpp"

using hearth::test::HearthdRun;
using namespace std::chrono_literals;

TEST_CASE("a driver built outside of the tree with find_package(hearth) runs and is switched") {
  HearthdRun server;
  std::filesystem::copy_file(LEDS, server.plugins() / "leds.so");
  const auto file = server.folder() / "green";
  server.start(HEARTHD,
               "[[plugin.leds.led]]\nid = \"green\"\ninverted = true\nfile = \"" + file.string() + "\"\n",
               5s);
  CHECK(server.row("leds.so")->getValue<std::string>("state") == "running");

  const auto answer =
      server.call("device.set", R"({"device":"leds:green","capability":"on_off","value":true})").toString();
  INFO(answer);
  std::string content;
  std::ifstream(file) >> content;
  CHECK(content == "0");
  CHECK(answer.find("error") == std::string::npos);
  CHECK(server.terminate(3s) == 0);
}
