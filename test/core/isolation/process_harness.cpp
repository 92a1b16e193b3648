// Running the loop until something is so.
#include "test/core/isolation/process_harness.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace hearth::core::test {

namespace {

constexpr std::int64_t kPatienceUs = 20'000'000, kTickUs = 10'000;

// Ends the loop when the condition holds, which it looks at after every turn.
class Until : public LoopSource {
 public:
  Until(EventLoop& loop, const std::function<bool()>& condition) : loop_(loop), condition_(condition) {
    loop_.add_source(*this);
  }
  ~Until() override { loop_.remove_source(*this); }
  bool drain() override {
    if (condition_()) loop_.quit();
    return false;
  }
  bool try_sleep() override { return !condition_(); }

 private:
  EventLoop& loop_;
  const std::function<bool()>& condition_;
};

}  // namespace

ProcessHarness::ProcessHarness(std::string library, std::string host) {
  program.host = std::move(host);
  program.library = std::move(library);
  program.permissions = {"bus:listen", "bus:command"};
  setup.id = "unruly";
  setup.source = kSource;
  setup.state_dir = std::filesystem::temp_directory_path();
  setup.word = "unruly";
  setup.files = &files;
}

ProcessHarness::~ProcessHarness() = default;

void ProcessHarness::begin() {
  process = std::make_unique<PluginProcess>(
      loop, setup, program, *this,
      [this](std::uint32_t, std::string_view, std::string_view text) { log += std::string(text) + "\n"; },
      [this](PluginStep step, Status status) { steps.emplace_back(step, std::move(status)); });
  process->begin();
  wait([this] { return has(PluginStep::kStarted) || has(PluginStep::kEnded); });
}

void ProcessHarness::wait(const std::function<bool()>& condition) {
  bool late = false;
  hearth_handle deadline = 0, tick = 0;
  loop.timer(
      kPatienceUs, 0, [](void* of) { *static_cast<bool*>(of) = true; }, &late, &deadline);
  // Some of what is waited for doesn't wake the loop.
  loop.timer(
      kTickUs, kTickUs, [](void*) {}, nullptr, &tick);
  const std::function<bool()> over = [&] { return late || condition(); };
  const Until until(loop, over);
  loop.run();
  loop.cancel(deadline);
  loop.cancel(tick);
  if (late) throw std::runtime_error("waited in vain; its log: " + log);
}

std::uint64_t ProcessHarness::call(const std::string& verb, const std::string& arg) {
  return call_with(verb, {arg}, {});
}

std::uint64_t ProcessHarness::call_with(const std::string& verb, std::vector<std::string> args,
                                        RequestFiles::List came, std::int64_t timeout_us) {
  Builder builder;
  Message m;
  m.kind = MessageKind::kRequest;
  m.id = message_id(0, ++last_id_);
  m.type = kType<VerbCall>;
  m.flags = HEARTH_WANTS_ANSWER;
  m.handle = static_cast<std::uint64_t>(timeout_us);
  m.body = Body(encode(builder, VerbCall{"unruly", verb, std::move(args)}));
  if (!came.empty() &&
      files.keep(m.id, setup.word, std::move(came), steady_now_us() + 600'000'000) != HEARTH_OK)
    throw std::runtime_error("the test has too many files");
  process->inbox().push(std::move(m));
  return last_id_;
}

std::string ProcessHarness::ask(const std::string& verb, const std::string& arg) {
  return answer(call(verb, arg));
}

std::string ProcessHarness::answer(std::uint64_t id) {
  const auto answer = [&] {
    return std::find_if(sent.begin(), sent.end(),
                        [id](const Message& m) { return m.kind == MessageKind::kAnswer && m.handle == id; });
  };
  wait([&] { return answer() != sent.end() || has(PluginStep::kEnded); });
  files.end(id);
  if (answer() == sent.end()) return "ended";
  if (answer()->status != HEARTH_OK) return std::string(answer()->body.text());
  return decode<VerbResult>(answer()->body.bytes())->text;
}

bool ProcessHarness::has(PluginStep step) const {
  return std::any_of(steps.begin(), steps.end(), [step](const auto& s) { return s.first == step; });
}

std::string ProcessHarness::reason() const {
  for (const auto& [step, status] : steps)
    if (!status.ok()) return status.error().words;
  return {};
}

hearth_status ProcessHarness::send(Message message) {
  if (message.kind == MessageKind::kPublish) {
    ++events;
  } else {
    sent.push_back(std::move(message));
  }
  return taken;
}

}  // namespace hearth::core::test
