// Fuzzed: hearth.toml, and a plugin's schema, which anybody may bring. Input: the file; after the byte 0x1e,
// the schema of the plugin "p".
#include <string>

#include "core/config/flexbuffer.hpp"
#include "core/config/load.hpp"
#include "core/config/plugin_settings.hpp"
#include "test/fuzz/memory_file.hpp"

namespace hearth::fuzz {

namespace {

constexpr char kSchema = '\x1e';

void require_words(const config::ConfigErrors& errors) {
  for (const auto& error : errors) {
    require(!error.message.empty(), "an error has words");
    require(config::to_string(error).find('\n') == std::string::npos, "an error is one line",
            config::to_string(error));
  }
}

void fuzz(std::string_view input) {
  static MemoryFile file;
  const auto toml = input.substr(0, input.find(kSchema));
  const auto schema = input.substr(std::min(input.size(), toml.size() + 1));
  file.fill(toml);
  const auto loaded = config::load(file.path());
  if (!loaded) {
    require(!loaded.errors().empty(), "a refusal says why");
    return require_words(loaded.errors());
  }
  require_words(loaded->problems());
  if (schema.empty()) return;
  const auto settings = config::validate_plugin(loaded->section("p"), schema);
  if (!settings) return require_words(settings.errors());
  static_cast<void>(config::to_flexbuffer(**settings));
}

}  // namespace

}  // namespace hearth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hearth::fuzz::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
