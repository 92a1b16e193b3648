// The steps of one run, each with its deadline.
#include "core/host/plugin.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/host/private_copy.hpp"
#include "core/log/one_line.hpp"

namespace hearth::core {

namespace {

constexpr std::size_t kMaxReason = 1024;  // bytes

}  // namespace

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

PluginRun::PluginRun(PluginWorld& world, JudgedFile file, RunSettings settings, std::function<void()> changed,
                     std::function<void(bool)> ended)
    : world_(world), file_(std::move(file)), changed_(std::move(changed)), ended_(std::move(ended)) {
  make(std::move(settings));
}

PluginRun::PluginRun(PluginWorld& world, const std::string& id, const hearth_plugin* table,
                     std::uint32_t source, std::function<void()> changed, std::function<void(bool)> ended)
    : world_(world), builtin_(table), changed_(std::move(changed)), ended_(std::move(ended)) {
  file_.manifest.id = id;
  RunSettings settings;
  settings.source = source;
  make(std::move(settings));
}

PluginRun::~PluginRun() {
  world_.loop.cancel(looks_);
  world_.loop.cancel(deadline_);
  if (self_) *self_ = nullptr;
}

void PluginRun::make(RunSettings settings) {
  const auto& m = file_.manifest;
  Endpoint::Identity identity;
  identity.id = m.id;
  identity.source = settings.source;
  for (const auto& type : m.answers) identity.answers.push_back(type_hash(type));
  identity.word = m.word;
  identity.privileged = builtin_ != nullptr;
  identity.may_listen = settings.permissions.bus_listen;
  identity.may_command = settings.permissions.bus_command;
  identity.is_driver = m.kind == "driver";
  endpoint_ = std::make_unique<Endpoint>(std::move(identity), world_.loop);
  self_ = std::make_shared<PluginRun*>(this);

  PluginSetup setup;
  setup.id = m.id;
  setup.source = settings.source;
  setup.state_dir = world_.state_dir / "data" / m.id;
  setup.config = std::move(settings.config);
  setup.store = world_.home.saved(m.id);
  setup.workers = m.workers;
  setup.may_listen = settings.permissions.bus_listen;
  setup.may_command = settings.permissions.bus_command;
  setup.word = m.word;
  if (m.takes_files()) setup.files = &world_.files;
  settings.isolation == config::Isolation::kProcess ? make_process(std::move(setup), settings)
                                                    : make_thread(std::move(setup));
}

void PluginRun::make_thread(PluginSetup setup) {
  auto thread =
      std::make_unique<PluginThread>(std::move(setup), *endpoint_, log_sink(), extensions(), step_sink());
  thread->on_waking([&loop = world_.loop, self = self_] {
    loop.post([self] {
      if (*self) (*self)->look_regularly();
    });
  });
  begin_ = [this, of = thread.get()] {
    of->begin([this]() -> Result<const hearth_plugin*> {
      if (builtin_) return builtin_;
      return library_.open(file_.copy);
    });
  };
  runner_ = std::move(thread);
}

void PluginRun::make_process(PluginSetup setup, const RunSettings& settings) {
  PluginProcess::Program program{world_.plugin_host, file_.copy, to_texts(settings.permissions), kMemory};
  auto process = std::make_unique<PluginProcess>(world_.loop, std::move(setup), std::move(program),
                                                 *endpoint_, log_sink(), step_sink());
  begin_ = [of = process.get()] { of->begin(); };
  runner_ = std::move(process);
}

// The server's own plugin is given the server's own objects; others have what abi.h offers.
Extensions PluginRun::extensions() const {
  if (!builtin_) return {};
  return [&world = world_](std::string_view name) -> const void* {
    if (name == kRequestFilesExtension) return &world.files;
    return world.extensions ? world.extensions(name) : nullptr;
  };
}

LogSink PluginRun::log_sink() const {
  return [&log = world_.log, id = builtin_ ? std::string() : file_.manifest.id](
             std::uint32_t level, std::string_view device, std::string_view text) {
    log.write(static_cast<LogLevel>(std::min<std::uint32_t>(level, HEARTH_ERROR)), id, device, text);
  };
}

PluginRunner::OnStep PluginRun::step_sink() {
  return [&loop = world_.loop, self = self_](PluginStep step, const Status& status) {
    loop.post([self, step, status] {
      if (*self) (*self)->step(step, status);
    });
  };
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
      has_ended_ = true;
      set(LifeState::kRefused, "no folder for it: " + folder.string());
      return ended_(false);
    }
  }
  endpoint_->connect(&runner_->inbox());
  world_.home.attach(*endpoint_);
  attached_ = true;
  expect(start_us(), "loading and creating it");
  begin_();
  look_regularly();
}

void PluginRun::stop() {
  if (has_ended_) return;  // ended_ says so, or has said so
  if (state_ == LifeState::kStopping || state_ == LifeState::kQuarantined) return;
  set(LifeState::kStopping);
  expect(kStopUs, "stopping it");
  runner_->stop();
}

void PluginRun::expect(std::int64_t within_us, std::string what) {
  world_.loop.cancel(deadline_);
  awaited_ = std::move(what);
  world_.loop.timer(
      within_us, 0, [](void* self) { static_cast<PluginRun*>(self)->late(); }, this, &deadline_);
}

void PluginRun::late() {
  const auto words = fmt::format("{} took longer than {} s", awaited_,
                                 (state_ == LifeState::kStopping ? kStopUs : start_us()) / 1'000'000);
  deadline_ = 0;
  if (builtin_) log_sink()(HEARTH_ERROR, {}, "a part of the server itself hangs: " + words);
  if (runner_->pid() != 0) return kill(words);
  world_.home.detach(*endpoint_, "the plugin hangs");
  attached_ = false;
  *self_ = nullptr;
  runner_->stop();  // should it ever come back, it ends there and then
  world_.loop.cancel(std::exchange(looks_, 0));
  set(LifeState::kQuarantined, words + "; its library stays loaded until the server ends");
  ended_(true);
}

// Of a process; that it is gone is heard as a step. Home doesn't wait for that: what is open ends now.
void PluginRun::kill(std::string why) {
  if (killed_because_.empty()) killed_because_ = std::move(why);
  world_.home.detach(*endpoint_, killed_because_);
  attached_ = false;
  runner_->kill();
}

void PluginRun::step(PluginStep step, const Status& status) {
  if (step < PluginStep::kEnded) {
    // Said before it was killed, or not in order, as only a process that doesn't keep to the rules would.
    if (!killed_because_.empty() || step < next_step_) return;
    next_step_ = static_cast<PluginStep>(static_cast<int>(step) + 1);
  }
  // It becomes the reason of everything that it owns: short, and one line.
  if (!status.ok()) reason_ = one_line(status.error().words, kMaxReason);
  switch (step) {
    case PluginStep::kOpened:
      if (status.ok() && state_ != LifeState::kStopping) set(LifeState::kLoaded);
      return;
    case PluginStep::kCreated:
      if (!status.ok() || state_ == LifeState::kStopping) return;
      expect(start_us(), "starting it");
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
    case PluginStep::kDied:
      if (!killed_because_.empty()) reason_ = killed_because_;
      died_ = true;
      return;
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

// It has nothing left to do: what it sent last is heard, then everything of it goes.
void PluginRun::end() {
  world_.loop.cancel(deadline_);
  world_.loop.cancel(std::exchange(looks_, 0));
  const bool asked = state_ == LifeState::kStopping;
  world_.home.detach(*endpoint_, asked   ? "its plugin was stopped"
                                 : died_ ? "its plugin is gone: " + reason_
                                         : "its plugin couldn't start: " + reason_);
  attached_ = false;
  has_ended_ = true;
  stalled_since_us_ = 0;
  runner_->join();
  // The table outlives the mapping, and what home still owes the control server goes to its closed table.
  const bool unmapped = builtin_ || library_.close();
  if (asked || died_) {
    set(LifeState::kUnloaded, unmapped ? "" : "its library stays loaded: something of it is still in use");
  } else {
    set(LifeState::kRefused);
  }
  ended_(!unmapped);
}

// ---- Looking after it ---------------------------------------------------------------------------------

// All plugins at the same moments, so that the server wakes once for all; and none that sleeps.
void PluginRun::look_regularly() {
  if (builtin_ || looks_ != 0 || has_ended_) return;
  world_.loop.timer(
      kLookUs - steady_now_us() % kLookUs, kLookUs, [](void* self) { static_cast<PluginRun*>(self)->look(); },
      this, &looks_);
}

void PluginRun::look() {
  const auto since = runner_->busy_since_us();
  const auto busy_us = since == 0 ? 0 : steady_now_us() - since;
  if (busy_us >= kStallUs && stalled_since_us_ == 0) {
    stalled_since_us_ = since;
    world_.log.warning(fmt::format("plugin {} stalls: it has been busy for {:.1f} s", file_.manifest.id,
                                   static_cast<double>(busy_us) / 1e6));
  } else if (stalled_since_us_ != 0 && since != stalled_since_us_) {
    world_.log.info(fmt::format("plugin {} goes on", file_.manifest.id));
    stalled_since_us_ = 0;
  }
  if (since == 0 && runner_->look_away()) world_.loop.cancel(std::exchange(looks_, 0));
  if (runner_->pid() == 0 || !killed_because_.empty()) return;
  if (busy_us >= kHangUs) return kill(fmt::format("it hung for {} s", kHangUs / 1'000'000));
  if (--looks_until_memory_ <= 0) look_at_memory();
}

// The limit on its data is the kernel's; what it shares or maps beyond that is found here.
void PluginRun::look_at_memory() {
  looks_until_memory_ = static_cast<int>(1'000'000 / kLookUs);
  const auto used = memory_of(runner_->pid());
  if (used > kMemory)
    kill(fmt::format("it used {} MB of memory, its limit is {} MB", used >> 20, kMemory >> 20));
}

}  // namespace hearth::core
