// Plugin: what drivers and protocols have in common, and HEARTH_PLUGIN, the one line that makes a class a
// plugin.
#ifndef HEARTH_PLUGIN_HPP
#define HEARTH_PLUGIN_HPP

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "hearth/context.hpp"
#include "hearth/verb.hpp"

namespace hearth {

// A class derived from Driver or Protocol (rarely: from this), with a constructor that takes a Context&.
// Everything is called on the plugin's own thread unless marked otherwise; what it throws becomes a refusal
// in words.
class Plugin {
 public:
  explicit Plugin(Context& context) : ctx(context) {}
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  virtual ~Plugin() = default;

  // Open sockets and devices, subscribe. Must not wait for a network: return, and go on from a callback. At
  // most 2 s.
  virtual void start() {}
  // Close what start opened, so that a blocked worker returns at once. At most 1 s. Publishing and answering
  // still work.
  virtual void stop() {}

  // Steps of the life cycle around start and stop; for the base classes of the SDK, not for authors.
  virtual void begin() { start(); }
  virtual void end() { stop(); }

 protected:
  // Answers `hearthctl WORD VERB args` (word and verbs stand in plugin.json). Call it in start.
  void on_verb(const std::string& verb, std::function<void(Verb)> run) {
    if (verbs_.empty())
      ctx.bus.serve<VerbCall>([this](const VerbCall& call, const Meta& meta, Reply reply) {
        Verb asked(ctx, call, meta.id, std::move(reply));
        const auto known = verbs_.find(call.verb);
        if (known == verbs_.end()) return asked.fail(ErrorCode::kInvalid, "no such verb: " + call.verb);
        known->second(std::move(asked));
      });
    verbs_[verb] = std::move(run);
  }

  Context& ctx;

 private:
  std::map<std::string, std::function<void(Verb)>> verbs_;
};

namespace detail {

// The C table of one plugin class.
template <class T>
struct Entry {
  struct Instance {
    Instance(const hearth_host* host, const hearth_start_info& info) : context(host, info), plugin(context) {}
    Context context;
    T plugin;
  };

  static hearth_status refuse(const hearth_host* host, std::string_view words) noexcept {
    host->explain(host, slice(words));
    return HEARTH_FAILED;
  }

  template <class Body>
  static hearth_status explained(const hearth_host* host, Body body) noexcept {
    try {
      body();
      return HEARTH_OK;
    } catch (const std::exception& e) {
      return refuse(host, e.what());
    } catch (...) {
      return refuse(host, "unknown exception");
    }
  }

  static hearth_status create(const hearth_host* host, const hearth_start_info* info, void** self) noexcept {
    return explained(host, [&] { *self = std::make_unique<Instance>(host, *info).release(); });
  }
  static hearth_status start(void* self) noexcept {
    auto& instance = *static_cast<Instance*>(self);
    return explained(instance.context.host, [&] { instance.plugin.begin(); });
  }
  static void receive(void* self, const hearth_message* message) noexcept {
    auto& instance = *static_cast<Instance*>(self);
    guarded(instance.context.host, "request", [&] { instance.context.bus.receive(message); });
  }
  static void stop(void* self) noexcept {
    auto& instance = *static_cast<Instance*>(self);
    guarded(instance.context.host, "stop", [&] { instance.plugin.end(); });
  }
  static void destroy(void* self) noexcept {
    const std::unique_ptr<Instance> last(static_cast<Instance*>(self));
  }

  static constexpr hearth_plugin kTable{sizeof(hearth_plugin),
                                        HEARTH_ABI_MAJOR,
                                        HEARTH_ABI_MINOR,
                                        create,
                                        start,
                                        receive,
                                        stop,
                                        destroy,
                                        nullptr};
};

}  // namespace detail
}  // namespace hearth

// Makes `Class` the plugin of this library. Once, at file scope.
#define HEARTH_PLUGIN(Class)                                                \
  extern "C" const hearth_plugin* hearth_plugin_entry(uint32_t abi_major) { \
    if (abi_major != HEARTH_ABI_MAJOR) return nullptr;                      \
    return &::hearth::detail::Entry<Class>::kTable;                         \
  }

#endif
