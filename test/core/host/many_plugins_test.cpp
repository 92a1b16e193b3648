// What is said to all plugins at once: safe mode, and its end.
#include <catch2/catch.hpp>

#include "core/host/methods.hpp"
#include "test/bad_plugins/altered.hpp"
#include "test/core/host/running_host.hpp"

namespace fs = std::filesystem;

using hearth::Status;
using hearth::core::host_methods;
using hearth::core::PluginHost;
using hearth::core::test::RunningHost;
using hearth::test::Altered;

namespace {

const std::string kWhy = "safe mode: the server has crashed three times";

// Another plugin: the same with another id.
void add_other(const fs::path& file) {
  Altered(fs::path(SAMPLE)).replaced("\"id\": \"sample\"", "\"id\": \"simple\"").write(file);
}

struct Held : RunningHost {
  Held() {
    fs::create_directory(local());
    add_other(local() / "simple.so");
    add();
    on_home([this](PluginHost& h) {
      h.hold_local(kWhy);
      h.on_release = [this] { ++released; };
    });
  }
  void begin(const std::string& more = {}) { start("[plugin.simple]\nisolation = \"none\"\n" + more); }
  Status enable_all() {
    return settled([](PluginHost& h, PluginHost::Done done) { h.enable_all(std::move(done)); });
  }
  int released = 0;
};

}  // namespace

TEST_CASE_METHOD(Held, "in safe mode packaged plugins run, and local ones are disabled with the reason") {
  begin();
  CHECK(state() == "running");
  CHECK(state("simple.so") == "disabled");
  CHECK(reason("simple.so") == kWhy);
  CHECK(enable("simple").error().words == kWhy);
  CHECK(state("simple.so") == "disabled");
}

TEST_CASE_METHOD(Held, "in safe mode local plugins that are dropped in or loaded aren't started either") {
  fs::remove(local() / "simple.so");
  begin();
  add_other(local() / "late.so");
  wait_for("disabled", "late.so");
  CHECK(reason("late.so") == kWhy);
  CHECK(load(local() / "late.so").error().words == kWhy);
  const auto elsewhere = state_dir() / "elsewhere.so";
  add_other(elsewhere);
  CHECK_FALSE(load(elsewhere).ok());
}

TEST_CASE_METHOD(Held, "the end of safe mode starts what was held, and nothing that was disabled otherwise") {
  add_other(local() / "simple.so");
  begin();
  CHECK(disable().ok());
  on_home([](PluginHost& h) { h.release_local(); });
  wait_for("running", "simple.so");
  CHECK(state() == "disabled");
  CHECK(released == 0);
}

TEST_CASE_METHOD(Held, "enabling all ends safe mode and undoes every disabling, for good") {
  begin();
  CHECK(disable().ok());
  CHECK(enable_all().ok());
  CHECK(state() == "running");
  CHECK(state("simple.so") == "running");
  on_home([this](PluginHost&) { CHECK(released == 1); });
  restart("[plugin.simple]\nisolation = \"none\"\n");
  CHECK(state() == "running");
}

TEST_CASE_METHOD(Held, "enabling all doesn't overrule the configuration, and says what couldn't start") {
  begin("volume = 13\n\n[plugin.sample]\nenabled = false\n");
  const auto status = enable_all();
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().words == "simple refused: 13 brings bad luck");
  CHECK(state() == "disabled");
  CHECK(reason() == "enabled = false");
}

TEST_CASE_METHOD(Held, "all are enabled through the control socket's method") {
  begin();
  bool well = false;
  on_home([&](PluginHost& h) {
    const Poco::JSON::Object none;
    host_methods(h).at("plugins.enable_all")(none, [&](const auto& result) { well = result.ok(); });
  });
  wait_for("running", "simple.so");
  on_home([&](PluginHost&) { CHECK(well); });
}
