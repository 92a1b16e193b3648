// Context: everything that the host gives to a plugin, handed to its constructor and valid until its
// destructor returns.
#ifndef HEARTH_CONTEXT_HPP
#define HEARTH_CONTEXT_HPP

#include <filesystem>
#include <string>
#include <vector>

#include "hearth/bus.hpp"
#include "hearth/config.hpp"
#include "hearth/log.hpp"
#include "hearth/loop.hpp"

namespace hearth {

struct Context {
  Context(const hearth_host* h, const hearth_start_info& info)
      : host(h),
        id(detail::view(info.id)),
        state_dir(std::string(detail::view(info.state_dir))),
        config(info.config),
        saved(info.store.data, info.store.data + info.store.size),
        log(h),
        loop(h),
        bus(h) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // Keeps `data` (at most 64 KiB) for the next start, where it is `saved`. [loop]
  Status save(std::vector<std::uint8_t> data) { return bus.publish(StorePut{std::move(data)}).status(); }
  // The same, and `done` hears when they are on disk; not if the handle is dropped before. [loop]
  [[nodiscard]] Handle save(std::vector<std::uint8_t> data, std::function<void(Status)> done) {
    return bus.request(StorePut{std::move(data)}, std::chrono::seconds(5), std::move(done));
  }

  // Shows `value` beside the plugin in `hearthctl plugins`: note("listen", "127.0.0.1:9999"). [loop]
  void note(std::string key, std::string value) {
    const auto sent = bus.publish(PluginNote{{}, std::move(key), std::move(value)});
    if (!sent.ok()) log.warning(sent.error().words);
  }

  const hearth_host* host;                // abi.h, for what the C++ layer doesn't cover
  const std::string id;                   // "gpio_led"
  const std::filesystem::path state_dir;  // a folder of the plugin's own, mode 0700: tokens, caches
  const Config config;
  const std::vector<std::uint8_t> saved;
  const Log log;
  const Loop loop;
  Bus bus;
};

}  // namespace hearth

#endif
