// Building up, running, reloading, taking down.
#include "core/app/server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "core/app/systemd.hpp"
#include "core/config/load.hpp"
#include "core/config/plugin_settings.hpp"
#include "core/control/control_server.hpp"
#include "core/host/elf_notes.hpp"
#include "core/host/methods.hpp"

namespace hearth::core {

namespace {

constexpr std::int64_t kStopUs =
    2'500'000;  // SIGTERM ends the server within 3 s, whoever doesn't want to stop

constexpr auto kSafeMode =
    "safe mode: no orderly stop followed the last 3 starts within 5 minutes, so local plugins aren't "
    "started; it ends 10 minutes after the start, or by 'hearthctl plugins enable --all'";

LogOptions log_options(const std::string& level) {
  LogOptions options;
  if (level == "debug") options.level = LogLevel::kDebug;
  if (level == "warning") options.level = LogLevel::kWarning;
  if (level == "error") options.level = LogLevel::kError;
  return options;
}

std::vector<std::string> lines_of(const config::ConfigErrors& errors) {
  std::vector<std::string> lines;
  for (const auto& error : errors) lines.push_back(config::to_string(error));
  return lines;
}

// hearth-plugin-host stands beside this program, as it is built, or where it is installed.
std::filesystem::path plugin_host() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto beside = self.parent_path() / "hearth-plugin-host";
  return std::filesystem::exists(beside, error) ? beside : std::filesystem::path(HEARTH_PLUGIN_HOST);
}

config::ZoneFiles zone_files() {
  config::ZoneFiles files;
  if (const char* tz = std::getenv("TZ")) files.tz = tz;
  return files;
}

// The manifest's id and the schema of each plugin file in `folders`, for --check.
std::map<std::string, std::string> schemas_in(const std::vector<std::filesystem::path>& folders) {
  std::map<std::string, std::string> schemas;
  for (const auto& folder : folders) {
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
      if (file.path().extension() != ".so") continue;
      const int fd = open(file.path().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
      if (fd < 0) continue;
      const auto notes = read_elf_notes(fd);
      close(fd);
      const auto manifest = notes.ok() ? Manifest::parse(notes->manifest) : Result<Manifest>(notes.error());
      if (manifest.ok()) schemas[manifest->id] = notes->schema;
    }
  }
  return schemas;
}

}  // namespace

Server::Server(Options options)
    : options_(std::move(options)),
      began_us_(steady_now_us()),
      zones_(zone_files()),
      log_(log_options(options_.log_level)),
      starts_(options_.state_dir / "starts", current_boot_id(), steady_now_us) {}

Server::~Server() = default;

int Server::check(const Options& options) {
  const auto loaded = config::load(options.config);
  auto lines = loaded.ok() ? lines_of(loaded->problems()) : lines_of(loaded.errors());
  if (loaded.ok()) {
    auto folders = options.packaged();
    for (const auto& local : options.local()) folders.push_back(local);
    const auto schemas = schemas_in(folders);
    for (const auto& [id, section] : loaded->plugins) {
      const auto schema = schemas.find(id);
      if (schema == schemas.end()) {
        fmt::print(stderr, "warning: [plugin.{}] is configured, but there is no such plugin\n", id);
      } else if (section.problems.empty()) {
        const auto settings = config::validate_plugin(section, schema->second);
        if (!settings.ok())
          for (auto& line : lines_of(settings.errors())) lines.push_back(std::move(line));
      }
    }
  }
  for (const auto& line : lines) fmt::print(stderr, "{}\n", line);
  if (lines.empty()) fmt::print("{} is right\n", options.config.string());
  return lines.empty() ? 0 : 1;
}

Status Server::make_folders() {
  std::error_code error;
  const auto& runtime = options_.runtime_dir;
  for (const auto& folder :
       {options_.state_dir, options_.state_dir / "copies", options_.state_dir / "data", runtime}) {
    const bool fresh = std::filesystem::create_directories(folder, error);
    if (error) return {ErrorCode::kFailed, fmt::format("{}: {}", folder.string(), error.message())};
    if (fresh && folder != runtime) chmod(folder.c_str(), 0700);
  }
  // Copies of the last run: made anew from the files that are there now.
  for (const auto& copy : std::filesystem::directory_iterator(options_.state_dir / "copies", error))
    std::filesystem::remove(copy, error);
  return {};
}

Status Server::prepare() {
  auto loaded = config::load(options_.config, zones_);
  if (!loaded.ok()) return {ErrorCode::kInvalid, config::to_string(loaded.errors())};
  configuration_ = std::move(*loaded);
  // The plugins' local time is the house's. There is one thread yet, so the environment may be changed.
  setenv("TZ", configuration_.home.timezone.c_str(), 1);
  tzset();
  log_.set_entries(configuration_.server.log_entries);
  if (!configuration_.zone_doubt.empty()) log_.warning(configuration_.zone_doubt);
  if (auto status = make_folders(); !status.ok()) return status;
  auto store =
      store::Store::open(options_.state_dir, [this](const std::string& words) { log_.error(words); });
  if (!store.ok()) return store.status();
  store_ = std::move(*store);
  const auto crash_loop = starts_.begin();
  if (!crash_loop.ok()) log_.warning("a crash loop would go unnoticed: " + crash_loop.error().words);
  safe_mode_ = crash_loop.ok() && *crash_loop;
  return {};
}

int Server::run() {
  if (const auto status = prepare(); !status.ok()) {
    log_.error(status.error().words);
    return 1;
  }
  signals_.watch(loop_, [this](int number) { on_signal(number); });
  home_ = std::make_unique<Home>(loop_, *store_, log_);
  loop_.post([this] { start(); });
  loop_.run();
  if (const auto status = starts_.clear(); !status.ok()) log_.warning(status.error().words);
  if (pinned_) {
    // A thread of a plugin still runs in its library: taking anything down would pull the floor from under
    // it.
    store_->close();
    std::fflush(nullptr);
    _exit(0);
  }
  host_.reset();
  home_.reset();
  store_->close();
  return 0;
}

void Server::place_home() {
  const auto& home = configuration_.home;
  const auto zone = Zone::find(home.timezone);
  if (!zone.ok()) log_.error(zone.error().words + ": programs run by UTC");
  std::optional<Coordinates> where;
  if (home.latitude && home.longitude) where = Coordinates{*home.latitude, *home.longitude};
  home_->set_place(Place(zone.ok() ? *zone : Zone(), where), home.program_grace_s * 1'000'000);
}

void Server::start() {
  const auto snapshot = store_->take_snapshot();
  place_home();
  home_->restore(snapshot);
  PluginHost::Folders folders{options_.packaged(), options_.local(), options_.state_dir, plugin_host()};
  host_ = std::make_unique<PluginHost>(loop_, *home_, *store_, log_, std::move(folders), snapshot,
                                       [this](std::string_view name) -> const void* {
                                         return name == kServicesExtension ? static_cast<Services*>(this)
                                                                           : nullptr;
                                       });
  host_->on_change = [this] {
    auto schemas = host_->message_schemas();
    const std::lock_guard lock(schemas_mutex_);
    schemas_ = std::move(schemas);
  };
  methods_ = home_methods(*home_);
  methods_.merge(program_methods(*home_));
  methods_.merge(host_methods(*host_));
  methods_["status"] = [this](const Poco::JSON::Object&, const MethodDone& done) {
    done(Poco::Dynamic::Var(status()));
  };
  host_->start_builtin("control", &detail::Entry<ControlServer>::kTable);
  for (const auto& problem : lines_of(configuration_.problems())) log_.error(problem);
  host_->on_release = [this] { end_safe_mode(); };
  if (safe_mode_) {
    log_.error(kSafeMode);
    host_->hold_local(kSafeMode);
  }
  host_->start_all(configuration_, [this] { ready(); });
  hearth_handle timer = 0;
  loop_.timer(
      StartRecord::kLongEnoughUs, 0, [](void* of) { static_cast<Server*>(of)->up_long_enough(); }, this,
      &timer);
  feed_watchdog(loop_);
}

// Whatever comes now is no crash loop.
void Server::up_long_enough() {
  if (const auto status = starts_.clear(); !status.ok()) log_.warning(status.error().words);
  if (end_safe_mode()) host_->release_local();
}

bool Server::end_safe_mode() {
  if (!std::exchange(safe_mode_, false)) return false;
  log_.info("the safe mode has ended");
  return true;
}

void Server::ready() {
  ready_us_ = steady_now_us() - began_us_;
  home_->begin_programs();
  fmt::print("hearthd ready in {} ms\n", ready_us_ / 1000);
  std::fflush(stdout);
  tell_systemd("READY=1\nSTATUS=" + configuration_.server.name);
}

void Server::on_signal(int number) {
  if (number == SIGHUP) return reload();
  stop();
}

void Server::reload() {
  if (stopping_) return;
  tell_systemd("RELOADING=1");
  auto loaded = config::load(options_.config, zones_);
  if (!loaded.ok()) {
    for (const auto& line : lines_of(loaded.errors())) log_.error(line);
    log_.error("the configuration stays as it was");
  } else {
    const auto before = std::exchange(configuration_, std::move(*loaded));
    log_.set_entries(configuration_.server.log_entries);
    if (before.home != configuration_.home) place_home();
    if (before.zone_doubt != configuration_.zone_doubt && !configuration_.zone_doubt.empty())
      log_.warning(configuration_.zone_doubt);
    if (before.home.timezone != configuration_.home.timezone)
      log_.warning("programs follow the new time zone now, times shown by plugins after a restart");
    for (const auto& problem : lines_of(configuration_.problems())) log_.error(problem);
    host_->reconfigure(configuration_);
    log_.info("configuration read anew");
  }
  tell_systemd("READY=1");
}

void Server::stop() {
  if (std::exchange(stopping_, true)) return;
  tell_systemd("STOPPING=1");
  log_.info("stopping");
  if (home_) home_->end_programs();
  hearth_handle deadline = 0;
  loop_.timer(
      kStopUs, 0,
      [](void* of) {
        auto& server = *static_cast<Server*>(of);
        server.log_.error("a plugin didn't stop in time");
        server.pinned_ = true;
        server.loop_.quit();
      },
      this, &deadline);
  host_->stop_all([this](bool pinned) {
    pinned_ = pinned;
    loop_.quit();
  });
}

std::vector<std::vector<std::uint8_t>> Server::message_schemas() {
  const std::lock_guard lock(schemas_mutex_);
  return schemas_;
}

// Any thread; the method runs on home's.
void Server::call(const std::string& method, Poco::JSON::Object::Ptr params, Done done) {
  loop_.post([this, method, params = std::move(params), done = std::move(done)] {
    const auto known = methods_.find(method);
    if (known == methods_.end()) return done(Error{ErrorCode::kInvalid, "no such method: " + method});
    try {
      known->second(*params, done);
    } catch (const Poco::Exception& e) {
      done(Error{ErrorCode::kInvalid, e.displayText()});
    }
  });
}

Poco::JSON::Object::Ptr Server::status() const {
  Poco::JSON::Object::Ptr json = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
  json->set("name", configuration_.server.name);
  json->set("version", HEARTH_VERSION);
  json->set("pid", getpid());
  json->set("uptime_s", (steady_now_us() - began_us_) / 1'000'000);
  json->set("ready_ms", ready_us_ / 1000);
  json->set("safe_mode", safe_mode_);
  if (safe_mode_) json->set("safe_mode_reason", kSafeMode);
  Poco::JSON::Object::Ptr plugins = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
  for (const auto& [state, count] : host_->counts()) plugins->set(state, count);
  json->set("plugins", plugins);
  const auto& devices = home_->devices().all();
  const auto reachable = std::count_if(devices.begin(), devices.end(),
                                       [](const auto& d) { return d.second->declared.reachable; });
  json->set("devices", devices.size());
  json->set("reachable", reachable);
  json->set("groups", home_->groups().all().size());
  json->set("programs", home_->programs().all().size());
  const auto counters = store_->counters();
  json->set("writes", counters.change_transactions + counters.state_transactions);
  json->set("write_failures", counters.failures);
  return json;
}

}  // namespace hearth::core
