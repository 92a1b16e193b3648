// Scene: the relay without its plugin: clients on socket pairs, a house of devices, and one thread that is
// the loop when it is told to.
#ifndef HEARTH_TEST_RELAY_SCENE_HPP
#define HEARTH_TEST_RELAY_SCENE_HPP

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/relay/router.hpp"
#include "test/fuzz/fake_host.hpp"

namespace hearth::test {

// A host whose descriptors may be ready, which its base's never are.
class SocketHost : public hearth_host {
 public:
  SocketHost();

  // Tells those that are ready now. Were there any?
  bool dispatch();

  fuzz::FakeHost base;

 private:
  struct Watch {
    int fd;
    std::uint32_t events;
    hearth_watch_fn fn;
    void* arg;
  };
  static SocketHost& of(const hearth_host* host) {
    return const_cast<SocketHost&>(static_cast<const SocketHost&>(*host));
  }
  std::map<hearth_handle, Watch> watches_;
};

using Lines = std::vector<std::string>;

inline const std::string kDone = R"({"success":true})";
std::string refused(std::string_view words);
// As it is forwarded, and as it is sent.
std::string sent(std::string_view sender, std::string_view payload);
std::string packet(std::string_view target, std::string_view payload);

class Peer;

class Scene {
 public:
  explicit Scene(std::string token = {});
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  ~Scene();

  // Until nothing is left to be done.
  void settle();

  // A device of the house, which is on.
  void has(const std::string& id, const std::string& name,
           std::vector<Capability> capabilities = {"on_off", "brightness"});
  void reports(const std::string& id, const std::string& capability, Value value);

  // What the house was asked for: "sim:lamp on_off", and how it ends.
  struct Asked {
    std::string words;
    Value value;
    std::function<void(const CommandDone&)> done;
  };
  std::vector<Asked> asked;
  Lines told;  // by the directory: "came a", "went a: why"
  std::function<std::string(const std::string& name)> objection;

  SocketHost host;
  Context context;
  net::Io io{context};
  House house;
  relay::HouseDevices targets;
  relay::Directory directory;
  relay::Router router;
  std::map<net::Connection*, std::shared_ptr<net::Connection>> connections;
  std::vector<Peer*> peers;

 private:
  std::uint32_t last_number_ = 0;
};

// The other end of a connection. It reads only when it is asked what it has heard.
class Peer {
 public:
  // Its connection has no owner yet.
  enum class Bare : bool { kYes };

  // With small buffers.
  explicit Peer(Scene& scene);
  Peer(Scene& scene, Bare);
  // Registered under that name.
  Peer(Scene& scene, const std::string& name);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  // As much at a time as the socket takes.
  void says(std::string_view bytes);
  void tells(std::string_view target, std::string_view payload);
  // The one line that this is answered with.
  std::string asks(std::string_view target, std::string_view payload);
  // Every line since the last call; or some bytes of them.
  Lines heard();
  std::string reads(std::size_t most);
  // It will say no more; it is gone.
  void ends();
  void goes();
  bool is_closed();  // by the relay

  net::Connection& connection() { return *connection_; }
  // Its bytes that nobody has read yet.
  std::size_t unsent() const { return unsent_.size(); }
  bool push();

 private:
  Scene& scene_;
  net::Fd fd_;
  std::shared_ptr<net::Connection> connection_;
  std::string unsent_, partial_;
  bool ends_ = false, closed_ = false;
};

}  // namespace hearth::test

#endif
