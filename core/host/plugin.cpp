// The steps of one run, each with its deadline.
#include "core/host/plugin.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/host/private_copy.hpp"

namespace hearth::core {

std::string_view name(LifeState state) {
  constexpr std::string_view names[] = {"discovered", "verified", "loaded",      "configured", "running",
                                        "stopping",   "unloaded", "quarantined", "refused",    "disabled"};
  return names[static_cast<std::size_t>(state)];
}

Result<JudgedFile> judge_file(const std::filesystem::path& file, const std::filesystem::path& copies) {
  const auto copy = make_private_copy(file, copies);
  if (!copy.ok()) return copy.error();
  const int fd = open(copy->c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Error{ErrorCode::kFailed, "its private copy can't be opened"};
  auto notes = read_elf_notes(fd);
  close(fd);
  if (!notes.ok()) return notes.error();
  if (notes->abi_major != HEARTH_ABI_MAJOR || notes->abi_minor > HEARTH_ABI_MINOR)
    return Error{ErrorCode::kInvalid,
                 fmt::format("built for ABI {}.{}; this server speaks {}.{}", notes->abi_major,
                             notes->abi_minor, HEARTH_ABI_MAJOR, HEARTH_ABI_MINOR)};
  auto manifest = Manifest::parse(notes->manifest);
  if (!manifest.ok()) return manifest.error();
  return JudgedFile{file, *copy, std::move(*manifest), std::move(*notes)};
}

PluginRun::PluginRun(PluginWorld& world, JudgedFile file, std::vector<std::uint8_t> config,
                     std::uint32_t source, std::function<void()> changed, std::function<void(bool)> ended)
    : world_(world),
      file_(std::move(file)),
      source_(source),
      changed_(std::move(changed)),
      ended_(std::move(ended)) {
  make(std::move(config), false);
}

PluginRun::PluginRun(PluginWorld& world, const std::string& id, const hearth_plugin* table,
                     std::uint32_t source, std::function<void()> changed, std::function<void(bool)> ended)
    : world_(world),
      builtin_(table),
      source_(source),
      changed_(std::move(changed)),
      ended_(std::move(ended)) {
  file_.manifest.id = id;
  make({}, true);
}

PluginRun::~PluginRun() {
  if (self_) *self_ = nullptr;
}

void PluginRun::make(std::vector<std::uint8_t> config, bool builtin) {
  const auto& m = file_.manifest;
  Endpoint::Identity identity{m.id, source_, {}, m.word, builtin};
  for (const auto& type : m.answers) identity.answers.push_back(type_hash(type));
  endpoint_ = std::make_unique<Endpoint>(std::move(identity), world_.loop);

  PluginSetup setup;
  setup.id = m.id;
  setup.source = source_;
  setup.state_dir = world_.state_dir / "data" / m.id;
  setup.config = std::move(config);
  setup.store = world_.home.saved(m.id);
  setup.workers = m.workers;
  self_ = std::make_shared<PluginRun*>(this);
  thread_ = std::make_unique<PluginThread>(
      std::move(setup), *endpoint_,
      [&log = world_.log, id = builtin ? std::string() : m.id](std::uint32_t level, std::string_view device,
                                                               std::string_view text) {
        log.write(static_cast<LogLevel>(std::min<std::uint32_t>(level, HEARTH_ERROR)), id, device, text);
      },
      builtin ? world_.extensions : Extensions(),
      [&loop = world_.loop, self = self_](PluginStep step, const Status& status) {
        loop.post([self, step, status] {
          if (*self) (*self)->step(step, status);
        });
      });
}

void PluginRun::set(LifeState state, std::string reason) {
  state_ = state;
  if (!reason.empty()) reason_ = std::move(reason);
  changed_();
}

void PluginRun::start() {
  if (!builtin_) {
    const auto folder = world_.state_dir / "data" / file_.manifest.id;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error || chmod(folder.c_str(), 0700) != 0) {
      set(LifeState::kRefused, "no folder for it: " + folder.string());
      return ended_(false);
    }
  }
  endpoint_->connect(&thread_->inbox());
  world_.home.attach(*endpoint_);
  attached_ = true;
  expect(kStartUs, "loading and creating it");
  thread_->begin([this]() -> Result<const hearth_plugin*> {
    if (builtin_) return builtin_;
    return library_.open(file_.copy);
  });
}

void PluginRun::stop() {
  if (has_ended_) return;  // ended_ says so, or has said so
  if (state_ == LifeState::kStopping || state_ == LifeState::kQuarantined) return;
  set(LifeState::kStopping);
  expect(kStopUs, "stopping it");
  thread_->stop();
}

void PluginRun::expect(std::int64_t within_us, std::string what) {
  world_.loop.cancel(deadline_);
  awaited_ = std::move(what);
  world_.loop.timer(
      within_us, 0, [](void* self) { static_cast<PluginRun*>(self)->late(); }, this, &deadline_);
}

void PluginRun::late() {
  const auto words =
      fmt::format("{} took longer than {} s; its library stays loaded until the server ends", awaited_,
                  state_ == LifeState::kStopping ? kStopUs / 1'000'000 : kStartUs / 1'000'000);
  world_.home.detach(*endpoint_, "the plugin hangs");
  attached_ = false;
  *self_ = nullptr;
  thread_->stop();  // should it ever come back, it ends there and then
  set(LifeState::kQuarantined, words);
  ended_(true);
}

void PluginRun::step(PluginStep step, const Status& status) {
  if (!status.ok()) reason_ = status.error().words;
  switch (step) {
    case PluginStep::kOpened:
      if (status.ok() && state_ != LifeState::kStopping) set(LifeState::kLoaded);
      return;
    case PluginStep::kCreated:
      if (!status.ok() || state_ == LifeState::kStopping) return;
      expect(kStartUs, "starting it");
      return set(LifeState::kConfigured);
    case PluginStep::kStarted:
      if (!status.ok()) return expect(kStopUs, "stopping it");
      if (state_ == LifeState::kStopping) return;
      world_.home.started(*endpoint_);
      return settle();
    case PluginStep::kSettled:
      if (state_ == LifeState::kStopping) return;
      world_.loop.cancel(deadline_);
      world_.home.hear(*endpoint_);
      return set(LifeState::kRunning);
    case PluginStep::kStopped: return;
    case PluginStep::kEnded: return end();
  }
}

// It runs once it has seen what its start asked home for: the house as it is now, and what it wanted to say
// to that has been said.
void PluginRun::settle() {
  Message m;
  m.kind = MessageKind::kSettle;
  endpoint_->push(std::move(m));
}

// The thread has nothing left to do: what it sent last is heard, then everything of it goes.
void PluginRun::end() {
  world_.loop.cancel(deadline_);
  const bool asked = state_ == LifeState::kStopping;
  world_.home.detach(*endpoint_, asked ? "its plugin was stopped" : "its plugin couldn't start: " + reason_);
  attached_ = false;
  has_ended_ = true;
  thread_->join();
  // The table outlives the mapping, and what home still owes the control server goes to its closed table.
  const bool unmapped = builtin_ || library_.close();
  if (asked) {
    set(LifeState::kUnloaded, unmapped ? "" : "its library stays loaded: something of it is still in use");
  } else {
    set(LifeState::kRefused);
  }
  ended_(!unmapped);
}

}  // namespace hearth::core
