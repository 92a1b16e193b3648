// Starting and stopping a house, and waiting for messages.
#include "test/core/home/house.hpp"

#include <atomic>
#include <cstdlib>
#include <future>

namespace hearth::core::test {

namespace {

LogOptions silent() {
  LogOptions options;
  options.fd = -1;
  return options;
}

// Unique in the process, as the host makes them.
std::uint32_t next_source() {
  static std::atomic<std::uint32_t> last{0};
  return ++last;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "hearth-home-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

House::House(const std::filesystem::path& folder, store::Options options) : log(silent()) {
  auto opened = store::Store::open(folder, {}, std::move(options));
  REQUIRE(opened.ok());
  store = std::move(*opened);
  home_ = std::make_unique<Home>(loop, *store, log);
  home_->restore(store->take_snapshot());
  thread_ = std::thread([this] { loop.run(); });
}

House::~House() {
  end_home();
  store->close();
}

void House::end_home() {
  if (!thread_.joinable()) return;
  loop.post([this] {
    home_.reset();
    loop.quit();
  });
  thread_.join();
}

void House::on_home(const std::function<void(Home&)>& act) {
  std::promise<void> done;
  loop.post([&] {
    act(*home_);
    done.set_value();
  });
  done.get_future().wait();
}

// The loop empties its queues before it runs what is posted, so the second comes after all that was sent
// before the first.
void House::settle() {
  if (held_up_) return;
  on_home([](Home&) {});
  on_home([](Home&) {});
}

void House::while_busy(const std::function<void()>& act) {
  std::promise<void> held, free;
  loop.post([&, until = free.get_future().share()] {
    held.set_value();
    until.wait();
  });
  held.get_future().wait();
  held_up_ = true;
  act();
  held_up_ = false;
  free.set_value();
  settle();
}

FakePlugin::FakePlugin(House& house, std::string id, std::vector<hearth_type> answers, std::string word,
                       bool privileged, std::size_t inbox)
    : line(Endpoint::Identity{std::move(id), next_source(), std::move(answers), std::move(word), privileged},
           house.loop),
      house_(house),
      source_(line.source()),
      inbox_(inbox, [this] {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        arrived_.notify_all();
      }) {
  line.connect(&inbox_);
  house_.on_home([this](Home& home) { home.attach(line); });
}

void FakePlugin::stop(const std::string& reason) {
  if (std::exchange(stopped_, true)) return;
  house_.on_home([&](Home& home) { home.detach(line, reason); });
}

void FakePlugin::started() {
  house_.on_home([this](Home& home) { home.started(line); });
}

std::uint64_t FakePlugin::send(MessageKind kind, hearth_type type, hearth_bytes body, std::uint64_t cause,
                               std::uint64_t handle, std::int32_t status) {
  Message m;
  m.kind = kind;
  m.id = message_id(source_, ++counter_);
  m.cause = cause;
  m.time_us = wall_now_us();
  m.type = type;
  m.handle = handle;
  m.status = status;
  m.body = Body(body);
  const auto id = m.id;
  REQUIRE(line.send(std::move(m)) == HEARTH_OK);
  house_.settle();  // so that home hears several plugins in the order of the test
  return id;
}

void FakePlugin::fail(std::uint64_t request, hearth_status status, std::string_view words) {
  const hearth_bytes body{reinterpret_cast<const std::uint8_t*>(words.data()), words.size()};
  send(MessageKind::kAnswer, 0, body, request, request, status);
}

std::uint64_t FakePlugin::listen(hearth_type type) {
  const auto handle = ++handles_;
  send(MessageKind::kSubscribe, type, {}, 0, handle);
  return handle;
}

bool FakePlugin::take() {
  std::vector<Message> batch;
  if (!inbox_.take(batch)) return false;
  for (auto& m : batch)
    if (m.kind != MessageKind::kPublish || m.type != 0) unread_.push_back(std::move(m));
  return true;
}

std::vector<Message> FakePlugin::read() {
  house_.settle();
  take();
  return std::exchange(unread_, {});
}

Message FakePlugin::wait(const std::function<bool(const Message&)>& fits) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (true) {
    take();
    while (!unread_.empty()) {
      Message first = std::move(unread_.front());
      unread_.erase(unread_.begin());
      if (fits(first)) return first;
    }
    std::unique_lock lock(mutex_);
    woken_ = false;
    lock.unlock();
    if (!inbox_.try_sleep()) continue;
    lock.lock();
    if (!arrived_.wait_until(lock, deadline, [this] { return woken_; })) FAIL("the message didn't come");
  }
}

Message FakePlugin::answer_to(std::uint64_t request) {
  return wait([request](const Message& m) { return m.kind == MessageKind::kAnswer && m.handle == request; });
}

DeviceDeclared lamp(const std::string& id) {
  DeviceDeclared d;
  d.device = id;
  d.name = "Lamp";
  d.address = "127.0.0.1:" + id;
  d.kind = "bulb";
  d.capabilities = {"on_off", "brightness", "power"};
  return d;
}

}  // namespace hearth::core::test
