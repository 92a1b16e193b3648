// A control server at work on a plugin thread of its own, with a house behind it that does what the test
// says.
#ifndef HEARTH_TEST_CORE_CONTROL_RUNNING_SERVER_HPP
#define HEARTH_TEST_CORE_CONTROL_RUNNING_SERVER_HPP

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/control/services.hpp"
#include "core/runtime/plugin_thread.hpp"
#include "core/system/unique_fd.hpp"
#include "test/core/control/folder.hpp"

namespace hearth::core::test {

// Home as the control server sees it: a thread that answers, and a bus that keeps its facts.
class House : public Services, public Uplink {
 public:
  using Method = std::function<Result<Poco::Dynamic::Var>(const Poco::JSON::Object&)>;
  // Answers a VerbCall: may publish, and ends with answer().
  using Verb = std::function<void(House&, const VerbCall&, std::uint64_t id)>;

  House();
  ~House() override;

  // Before the server starts.
  std::map<std::string, Method> methods;
  Verb verb;
  std::vector<std::vector<std::uint8_t>> schemas;
  // What has come with verbs. Not within `verb`, which runs while the call is being sent.
  RequestFiles files;

  // [any]
  template <class T>
  std::uint64_t publish(const T& message, std::uint64_t cause = 0) {
    Builder builder;
    return publish(kType<T>, encode(builder, message), cause);
  }
  std::uint64_t publish(hearth_type type, hearth_bytes body, std::uint64_t cause);
  // Kept, and delivered as retained to whoever subscribes later.
  void keep(const StateChanged& fact);
  void answer(std::uint64_t request, const VerbResult& result);
  void refuse(std::uint64_t request, std::int32_t status, std::string_view words);
  std::size_t subscriptions();

  void call(const std::string& method, Poco::JSON::Object::Ptr params, Done done) override;
  Log& log() override;
  std::filesystem::path socket_path() override { return folder_.path() / "control.sock"; }
  std::vector<std::vector<std::uint8_t>> message_schemas() override { return schemas; }
  hearth_status send(Message message) override;

  void connect_to(Queue* inbox);

 private:
  void run();
  void push(Message message);
  Message made(MessageKind kind, hearth_type type, hearth_bytes body, std::uint64_t cause);

  const Folder folder_;
  std::shared_ptr<Log> log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool ending_ = false;
  Queue* inbox_ = nullptr;
  std::uint64_t counter_ = 0;
  std::map<std::uint64_t, hearth_type> subscriptions_;
  std::vector<Message> facts_;
  std::thread thread_;
};

class RunningServer {
 public:
  // `house` outlives it. Returns once the socket is there; throws what the plugin said if it didn't start.
  explicit RunningServer(House& house);
  ~RunningServer();

 private:
  struct Steps;
  std::shared_ptr<Steps> steps_;
  std::unique_ptr<PluginThread> thread_;
};

// A client that speaks raw lines. Every wait ends after ten seconds with an exception.
class RawClient {
 public:
  explicit RawClient(House& house);
  void send(std::string_view text);
  // The next line; empty when the server has closed the connection.
  std::string line();
  Poco::JSON::Object::Ptr json();
  // The result of a call, as text; notifications on the way are passed over.
  std::string call(const std::string& method, const std::string& params = "{}");
  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
  std::string buffer_;
  int last_id_ = 0;
};

// Until `condition` holds, at most ten seconds.
bool eventually(const std::function<bool()>& condition);

void write_log(House& house, const std::string& text);

}  // namespace hearth::core::test

#endif
