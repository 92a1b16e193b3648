// Folders, configuration, start.
#include "house.hpp"

#include <stdlib.h>

#include <array>
#include <fstream>
#include <stdexcept>

namespace hearth::bench {

namespace {

namespace fs = std::filesystem;

// Does the plugin's schema, beside its source, know the key `listen`?
bool listens(const std::string& plugin) {
  for (const auto* floor : {"protocols", "drivers"}) {
    std::ifstream in(fs::path(HEARTH_SOURCE_DIR) / floor / plugin / "config.schema.json");
    const std::string schema(std::istreambuf_iterator<char>(in), {});
    if (schema.find("\"listen\"") != std::string::npos) return true;
  }
  return false;
}

std::string simulated_devices(int count) {
  constexpr std::array kKinds = {"light", "dimmer", "color"};
  std::string text;
  for (int i = 0; i < count; ++i) {
    const auto id = "lamp" + std::to_string(i);
    text += "[[plugin.simulated.device]]\nid = \"" + id + "\"\nname = \"Lamp " + std::to_string(i) +
            "\"\nlocation = \"Room " + std::to_string(i % 10) + "\"\nkind = \"" +
            kKinds[static_cast<std::size_t>(i) % kKinds.size()] + "\"\n";
  }
  return text;
}

}  // namespace

House::House(const HouseOptions& options) : options_(options) {
  auto pattern = (fs::temp_directory_path() / "hearth-bench-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  std::ofstream(folder_ / "hearth.toml") << configuration();
}

House::~House() {
  server_.reset();
  std::error_code error;
  fs::remove_all(folder_, error);
}

std::string House::configuration() const {
  std::string text;
  for (const auto& file : fs::directory_iterator(options_.build / "lib/hearth/plugins")) {
    const auto id = file.path().stem().string();
    if (file.path().extension() != ".so") continue;
    const bool needed = id == "athome" || id == "simulated";
    text += "[plugin." + id + "]\n";
    const auto also = options_.also.find(id);
    if (!needed && !options_.every_plugin && also == options_.also.end()) {
      text += "enabled = false\n";
    } else {
      if (also != options_.also.end()) text += also->second;
      if (needed && options_.isolated) text += "isolation = \"process\"\n";
      if (listens(id)) text += "listen = \"127.0.0.1:0\"\n";
    }
  }
  return text + simulated_devices(options_.devices);
}

double House::start() {
  const auto begin = std::chrono::steady_clock::now();
  server_ = std::make_unique<Child>(std::vector<std::string>{
      options_.build / "bin/hearthd", "--config", folder_ / "hearth.toml", "--state-dir", folder_ / "state",
      "--runtime-dir", folder_ / "run", "--plugin-dir", options_.build / "lib/hearth/plugins"});
  server_->wait_for("hearthd ready in ");
  const Seconds took = std::chrono::steady_clock::now() - begin;
  port_ = port_of("athome");
  return took.count() * 1000;
}

std::uint16_t House::port_of(const std::string& plugin) {
  return static_cast<std::uint16_t>(std::stoi(server_->wait_for(plugin + ": listening on 127.0.0.1:")));
}

std::string House::ctl(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{options_.build / "bin/hearthctl", "--runtime-dir", folder_ / "run"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Child hearthctl(all);
  return hearthctl.finish();
}

}  // namespace hearth::bench
