// PluginHarness: a plugin class of the test's on its real thread, inbox and table; the test stands where home
// stands.
#ifndef HEARTH_TEST_CORE_RUNTIME_PLUGIN_HARNESS_HPP
#define HEARTH_TEST_CORE_RUNTIME_PLUGIN_HARNESS_HPP

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/runtime/plugin_thread.hpp"
#include "hearth/plugin.hpp"

namespace hearth::core::test {

class Scripted;

// What the test tells the plugin to do, and what the plugin tells the test; handed over as an extension of
// the host.
struct Script {
  std::function<void(Context&)> create = {};  // in the constructor
  std::function<void(Scripted&, Context&)> start = {};
  std::function<void(Context&)> stop = {};
  std::function<void(Context&)> destroy = {};  // in the destructor
};
inline constexpr std::string_view kScriptExtension = "test.script/1";

// A plugin that does what its Script says.
class Scripted : public Plugin {
 public:
  explicit Scripted(Context& context) : Plugin(context), script_(of(context)) {
    if (script_.create) script_.create(ctx);
  }
  using Plugin::on_verb;
  ~Scripted() override {
    if (script_.destroy) script_.destroy(ctx);
  }
  void start() override {
    if (script_.start) script_.start(*this, ctx);
  }
  void stop() override {
    if (script_.stop) script_.stop(ctx);
  }

 private:
  static const Script& of(const Context& context) {
    return *static_cast<const Script*>(
        context.host->extension(context.host, detail::slice(kScriptExtension)));
  }
  const Script& script_;
};

// Every wait ends after 20 s with an exception. [the test's thread, unless marked otherwise]
class PluginHarness : private Uplink {
 public:
  static constexpr std::uint32_t kSource = 5;

  explicit PluginHarness(Script script = {}) : script_(std::move(script)) {}
  ~PluginHarness() override;

  // Opens, creates and starts the plugin; the first failure, or success once it runs.
  Status begin(const hearth_plugin* table = &detail::Entry<Scripted>::kTable);
  // The same without waiting, with a library of the test's making.
  void begin_with(PluginThread::Open open);
  // Stops it and waits for its end.
  void stop();
  void stop_without_waiting() { thread().stop(); }

  // Until the plugin has sent a message for which `wanted` holds: that message.
  Message sent(const std::function<bool(const Message&)>& wanted);
  Message sent(MessageKind kind) {
    return sent([kind](const Message& m) { return m.kind == kind; });
  }
  template <class T>
  T published() {
    const auto m =
        sent([](const Message& each) { return each.kind == MessageKind::kPublish && each.type == kType<T>; });
    return *decode<T>(m.body.bytes());
  }
  std::size_t count(MessageKind kind);
  void wait_for(PluginStep step);
  std::vector<PluginStep> steps();
  // Until `condition` of what the test shares with the plugin, looked at under share's lock.
  void wait(const std::function<bool()>& condition);
  // Changes what the test shares with the plugin. [any]
  void share(const std::function<void()>& change);
  // Until a logged line contains `text`.
  void logged(const std::string& text);
  bool has_logged(const std::string& text);

  // To the plugin.
  hearth_status push(Message message) { return thread().inbox().push(std::move(message)); }
  template <class T>
  Message made(MessageKind kind, const T& message, std::uint64_t id = 0) {
    Builder builder;
    Message m;
    m.kind = kind;
    m.id = id == 0 ? message_id(0, ++counter_) : id;
    m.type = kType<T>;
    m.body = Body(encode(builder, message));
    if (kind == MessageKind::kRequest) m.flags = HEARTH_WANTS_ANSWER;
    return m;
  }
  // Runs `task` on the plugin's loop, in the middle of its life, and waits until it has.
  void on_loop(std::function<void(Context&)> task);

  // A handle of the test's own, which must not outlive the plugin.
  void owns(Handle& handle) { handles_.push_back(&handle); }

  // Files that come with verbs. The plugin is offered them if `takes_files` is said before it begins.
  RequestFiles files;
  static constexpr const char* kWord = "word";
  bool takes_files = false;

  // What the uplink answers to the next messages. [any]
  void refuse_with(hearth_status status);

  PluginThread& thread() { return *thread_; }

 private:
  hearth_status send(Message message) override;
  void wait_until(const char* what, const std::function<bool()>& condition);

  Script script_;
  std::mutex mutex_;  // guards the five below, and whatever the test shares
  std::condition_variable changed_;
  std::vector<Message> sent_;
  std::vector<PluginStep> steps_;
  Status failure_;
  std::string log_;
  hearth_status refusal_ = HEARTH_OK;
  std::uint64_t counter_ = 0;
  std::size_t looked_at_ = 0;  // in sent_
  Context* context_ = nullptr;
  std::vector<Handle*> handles_;
  std::unique_ptr<PluginThread> thread_;
};

}  // namespace hearth::core::test

#endif
