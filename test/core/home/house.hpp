// What the tests of home share: a house with a real loop, store and Home, and plugins that are a line and an
// inbox.
#ifndef HEARTH_TEST_CORE_HOME_HOUSE_HPP
#define HEARTH_TEST_CORE_HOME_HOUSE_HPP

#include <catch2/catch.hpp>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/home/home.hpp"

namespace hearth::core::test {

// Removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Home runs on a loop and a thread of its own; the test says what happens there.
class House {
 public:
  explicit House(const std::filesystem::path& folder, store::Options options = {});
  ~House();

  // Runs `act(home)` on home's thread and waits for it.
  void on_home(const std::function<void(Home&)>& act);
  // Returns when home has handled all that was sent before; at once while it is held up.
  void settle();
  // Runs `act` on this thread while home's is held up.
  void while_busy(const std::function<void()>& act);
  // Ends Home while the store lives on; nothing but the destructor may be called then.
  void end_home();

  EventLoop loop;
  Log log;
  std::unique_ptr<store::Store> store;

 private:
  std::unique_ptr<Home> home_;
  bool held_up_ = false;
  std::thread thread_;
};

// A plugin without a thread: what it would send is sent by the test, what it is sent is read by the test.
class FakePlugin {
 public:
  FakePlugin(House& house, std::string id, std::vector<hearth_type> answers = {}, std::string word = {},
             bool privileged = false, std::size_t inbox = 4096);
  ~FakePlugin() { stop("it was stopped"); }

  void stop(const std::string& reason);
  void started();

  std::uint64_t send(MessageKind kind, hearth_type type, hearth_bytes body, std::uint64_t cause,
                     std::uint64_t handle = 0, std::int32_t status = HEARTH_OK);
  template <class T>
  std::uint64_t publish(const T& message, std::uint64_t cause = 0) {
    return send(MessageKind::kPublish, kType<T>, encode(builder_, message), cause);
  }
  template <class T>
  std::uint64_t request(const T& message, std::chrono::milliseconds timeout = std::chrono::seconds(10),
                        std::uint64_t cause = 0) {
    const auto us = std::chrono::microseconds(timeout).count();
    return send(MessageKind::kRequest, kType<T>, encode(builder_, message), cause,
                static_cast<std::uint64_t>(us));
  }
  template <class T>
  void answer(std::uint64_t request, const T& message) {
    send(MessageKind::kAnswer, kType<T>, encode(builder_, message), request, request);
  }
  void yes(std::uint64_t request) { send(MessageKind::kAnswer, 0, {}, request, request); }
  void fail(std::uint64_t request, hearth_status status, std::string_view words);
  template <class T>
  std::uint64_t subscribe() {
    return listen(kType<T>);
  }
  std::uint64_t listen(hearth_type type);
  void unsubscribe(std::uint64_t subscription) { send(MessageKind::kUnsubscribe, 0, {}, 0, subscription); }

  // All that it was sent and the test hasn't read yet, once home has handled everything.
  std::vector<Message> read();
  // Of those the ones of type T, decoded; the others are lost.
  template <class T>
  std::vector<T> read_all() {
    std::vector<T> all;
    for (const auto& m : read())
      if (m.kind == MessageKind::kPublish && m.type == kType<T>) all.push_back(*decode<T>(m.body.bytes()));
    return all;
  }
  // The first message that fits, waited for; what came before it is lost. Ends the test after ten seconds.
  Message wait(const std::function<bool(const Message&)>& fits);
  Message answer_to(std::uint64_t request);
  template <class T>
  T answer_as(std::uint64_t request) {
    const auto m = answer_to(request);
    INFO(m.body.text());
    REQUIRE(m.status == HEARTH_OK);
    REQUIRE(m.type == kType<T>);
    return *decode<T>(m.body.bytes());
  }
  // The next request of type T; its id.
  template <class T>
  Message asked() {
    return wait([](const Message& m) { return m.kind == MessageKind::kRequest && m.type == kType<T>; });
  }

  Endpoint line;

 private:
  bool take();

  House& house_;
  const std::uint32_t source_;
  std::uint64_t counter_ = 0;
  std::uint64_t handles_ = 0;
  Builder builder_{1024};
  std::mutex mutex_;  // for the wait
  std::condition_variable arrived_;
  bool woken_ = false;
  std::vector<Message> unread_;
  Queue inbox_;
  bool stopped_ = false;
};

template <class T>
T body_of(const Message& m) {
  const auto decoded = decode<T>(m.body.bytes());
  REQUIRE(decoded.ok());
  return *decoded;
}

// "on_off", "brightness" of 0 to 100 and "power", at 127.0.0.1:<id>.
DeviceDeclared lamp(const std::string& id);

// What stands: all that a late subscriber gets.
template <class T>
std::vector<T> standing(House& house) {
  FakePlugin reader(house, "reader");
  reader.subscribe<T>();
  return reader.read_all<T>();
}

// A house with one client, which most tests begin with.
struct Stage {
  template <class T>
  hearth_status status(const T& request) {
    return client.answer_to(client.request(request)).status;
  }
  template <class T>
  std::vector<T> facts() {
    return standing<T>(house);
  }

  TemporaryFolder folder;
  House house{folder.path()};
  FakePlugin client{house, "north"};
};

// The same with a driver, and one who listens.
struct DrivenStage : Stage {
  FakePlugin driver{house, "sim"}, listener{house, "ear"};
};

}  // namespace hearth::core::test

#endif
