// Building the house up and down, and waiting for its thread.
#include "test/core/host/running_host.hpp"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <future>
#include <stdexcept>

#include "core/config/load.hpp"

namespace hearth::core::test {

namespace {

constexpr std::chrono::seconds kPatience{20};

LogOptions quiet() {
  LogOptions options;
  options.fd = -1;
  return options;
}

template <class T>
T result_of(std::future<T> future) {
  if (future.wait_for(kPatience) != std::future_status::ready) throw std::runtime_error("no answer in time");
  return future.get();
}

}  // namespace

struct RunningHost::House {
  Log log{quiet()};
  EventLoop loop;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Home> home;
  std::unique_ptr<PluginHost> host;
  std::thread thread;
  bool stopped = false;

  ~House() {
    loop.quit();
    thread.join();
    host.reset();
    home.reset();
    store->close();
  }
};

RunningHost::RunningHost() {
  std::filesystem::create_directory(plugins());
  std::filesystem::create_directories(state_dir() / "copies");
  std::filesystem::create_directories(state_dir() / "data");
  build();
}

RunningHost::~RunningHost() {
  if (!house_->stopped) stop();
}

void RunningHost::build() {
  house_ = std::make_unique<House>();
  auto& h = *house_;
  auto store = store::Store::open(state_dir(), [](const std::string&) {});
  if (!store.ok()) throw std::runtime_error(store.error().words);
  h.store = std::move(*store);
  const auto snapshot = h.store->take_snapshot();
  h.home = std::make_unique<Home>(h.loop, *h.store, h.log);
  h.host = std::make_unique<PluginHost>(h.loop, *h.home, *h.store, h.log,
                                        PluginHost::Folders{{plugins()}, {local()}, state_dir(), PLUGIN_HOST},
                                        snapshot, Extensions());
  h.thread = std::thread([&h] { h.loop.run(); });
}

std::filesystem::path RunningHost::add(const std::string& name) {
  std::filesystem::copy_file(SAMPLE, plugins() / name, std::filesystem::copy_options::overwrite_existing);
  return plugins() / name;
}

void RunningHost::on_home(const std::function<void(PluginHost&)>& use) {
  const auto done = std::make_shared<std::promise<bool>>();
  house_->loop.post([this, use, done] {
    use(*house_->host);
    done->set_value(true);
  });
  result_of(done->get_future());
}

void RunningHost::start(const std::string& toml) {
  std::ofstream(folder_.path() / "hearth.toml") << toml;
  auto configuration = config::load(folder_.path() / "hearth.toml");
  if (!configuration.ok()) throw std::runtime_error("a wrong configuration");
  const auto settled = std::make_shared<std::promise<bool>>();
  on_home([&](PluginHost& host) { host.start_all(*configuration, [settled] { settled->set_value(true); }); });
  result_of(settled->get_future());
}

void RunningHost::reconfigure(const std::string& toml) {
  std::ofstream(folder_.path() / "hearth.toml") << toml;
  auto configuration = config::load(folder_.path() / "hearth.toml");
  if (!configuration.ok()) throw std::runtime_error("a wrong configuration");
  on_home([&](PluginHost& host) { host.reconfigure(*configuration); });
}

bool RunningHost::stop() {
  house_->stopped = true;
  const auto stopped = std::make_shared<std::promise<bool>>();
  on_home([&](PluginHost& host) { host.stop_all([stopped](bool pinned) { stopped->set_value(pinned); }); });
  return result_of(stopped->get_future());
}

void RunningHost::restart(const std::string& toml) {
  stop();
  house_.reset();
  build();
  start(toml);
}

Status RunningHost::settled(const std::function<void(PluginHost&, PluginHost::Done)>& begin) {
  const auto done = std::make_shared<std::promise<Status>>();
  on_home([&](PluginHost& host) { begin(host, [done](const Status& status) { done->set_value(status); }); });
  return result_of(done->get_future());
}

Status RunningHost::change(void (PluginHost::*action)(const std::string&, PluginHost::Done),
                           const std::string& id) {
  return settled([&](PluginHost& host, PluginHost::Done done) { (host.*action)(id, std::move(done)); });
}

Status RunningHost::load(const std::filesystem::path& file) {
  return settled([&](PluginHost& host, PluginHost::Done done) { host.load(file, std::move(done)); });
}

Poco::JSON::Object::Ptr RunningHost::find_row(const std::string& name) {
  Poco::JSON::Object::Ptr found;
  on_home([&](PluginHost& host) {
    const auto rows = host.rows();
    for (unsigned i = 0; i < rows->size(); ++i)
      if (std::filesystem::path(rows->getObject(i)->getValue<std::string>("file")).filename() == name)
        found = rows->getObject(i);
  });
  return found;
}

Poco::JSON::Object::Ptr RunningHost::row(const std::string& name) {
  auto found = find_row(name);
  if (!found) throw std::runtime_error("no row for " + name);
  return found;
}

std::string RunningHost::state(const std::string& name) { return row(name)->getValue<std::string>("state"); }

std::string RunningHost::reason(const std::string& name) {
  const auto reason = row(name)->get("reason");
  return reason.isEmpty() ? std::string() : reason.extract<std::string>();
}

std::string RunningHost::volume() { return row()->getObject("notes")->optValue<std::string>("volume", ""); }

std::string RunningHost::health() {
  constexpr std::string_view names[] = {"off", "setup", "success", "warning", "error"};
  std::string text;
  on_home([&](PluginHost& host) {
    const auto& now = host.health();
    text = fmt::format("{} {} {}", names[static_cast<std::size_t>(now.status)], now.code, now.words);
  });
  return text;
}

DeviceDeclared RunningHost::bell() {
  DeviceDeclared bell;
  on_home([&](PluginHost&) {
    const auto* device = house_->home->devices().find("sample:bell");
    if (device) bell = device->declared;
  });
  return bell;
}

std::vector<std::string> RunningHost::log() {
  std::vector<std::string> lines;
  for (const auto& entry : house_->log.latest(1000)) lines.push_back(entry.text);
  return lines;
}

std::size_t RunningHost::copies() {
  std::size_t count = 0;
  on_home([&](PluginHost&) {
    for ([[maybe_unused]] const auto& copy : std::filesystem::directory_iterator(state_dir() / "copies"))
      ++count;
  });
  return count;
}

void RunningHost::wait_for(const std::string& state, const std::string& name) {
  wait([&] { return has_row(name) && this->state(name) == state; });
}

// Files are told in their order, and a row comes and goes with its file.
void RunningHost::look() {
  const auto name = "zz-look-" + std::to_string(++looks_) + ".so";
  std::ofstream(plugins() / name) << "no library";
  wait([&] { return has_row(name); });
  std::filesystem::remove(plugins() / name);
  wait([&] { return !has_row(name); });
}

void RunningHost::wait(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition())
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("waited in vain");
}

}  // namespace hearth::core::test
