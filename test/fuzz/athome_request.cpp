// Fuzzed: whole sessions of AtHome, from the bytes of a client to the bytes of the answer. Input: what
// clients send, one after the other in one house, divided by the byte 0x1e (which JSON can't contain).
#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "hearth/net/connection.hpp"
#include "hearth/protocol.hpp"
#include "protocols/athome/session.hpp"
#include "test/fuzz/fake_home.hpp"
#include "test/fuzz/require.hpp"
#include "test/fuzz/wire_text.hpp"

namespace hearth::fuzz {

namespace {

using athome::Services;
using athome::Session;

constexpr char kNextClient = '\x1e';
constexpr std::size_t kMostClients = 12;
constexpr std::int64_t kLong = 60'000'000;  // microseconds; by then everything has been answered or given up

// The client's end of a connection, without a socket.
class Wire : public net::Layer {
 public:
  Wire(std::string_view request, std::string& answer) : left_(request), answer_(answer) {}

  ssize_t read(int, char* to, std::size_t size) override {
    const auto n = std::min({left_.size(), size, kPiece});
    if (n == 0) return errno = EAGAIN, -1;
    std::memcpy(to, left_.data(), n);
    left_.remove_prefix(n);
    return static_cast<ssize_t>(n);
  }
  ssize_t write(int, std::string_view bytes) override {
    answer_.append(bytes);
    return static_cast<ssize_t>(bytes.size());
  }
  bool has_more() const override { return !left_.empty(); }
  bool read_waits_to_write() const override { return false; }
  bool write_waits_to_read() const override { return false; }
  void end(int) override {}
  std::string failure() const override { return "no failure"; }

 private:
  static constexpr std::size_t kPiece = 48;  // smaller than most requests, so that they come in several

  std::string_view left_;
  std::string& answer_;
};

// The plugin without its listener.
class Plugin : public Protocol {
 public:
  explicit Plugin(Context& context)
      : Protocol(context),
        io(context),
        devices_(house_, presets_),
        responses_("host", [this] { return ctx.loop.wall().count(); }),
        services{house_,
                 devices_,
                 presets_,
                 responses_,
                 ctx.bus,
                 [](std::string_view id) { return id == "simulated" || id == "tplink" || id == "meross"; },
                 [this](std::string device, std::string capability, Value value,
                        std::function<void(const CommandDone&)> done, std::chrono::milliseconds time) {
                   return command(std::move(device), std::move(capability), std::move(value), std::move(done),
                                  0, time);
                 },
                 [this](std::function<void(Status)> done) { return save_presets(std::move(done)); }} {
    house_.follow(ctx, [this](const House::Device& device) { devices_.changed(device); });
  }

  net::Io io;

 private:
  Handle save_presets(std::function<void(Status)> done) {
    presets_.prune([this](std::uint32_t number) { return house_.find(number) != nullptr; });
    return ctx.save(presets_.bytes(), std::move(done));
  }

  House house_;
  athome::Presets presets_;
  athome::DeviceList devices_;
  athome::Responses responses_;

 public:
  Services services;
};

hearth_start_info start_info() {
  hearth_start_info info{};
  info.size = sizeof info;
  info.id = detail::slice("athome");
  return info;
}

class Clients {
 public:
  Clients() : home_(host_), context_(host_.table(), start_info()), plugin_(context_) { host_.run(); }

  // All that the server sends, and it is the whole of it: a minute passes.
  std::string send(std::string_view request) {
    std::string answer;
    net::Fd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const auto connection =
        std::make_shared<net::Connection>(plugin_.io, std::move(nowhere), net::Ip(), limits());
    connection->use(std::make_unique<Wire>(request, answer));
    Session::serve(*connection, plugin_.services, std::chrono::seconds(10));
    connection->begin();
    host_.advance(kLong);
    connection->close();
    host_.run();
    plugin_.io.linger.clear();
    return answer;
  }

 private:
  static net::ConnectionLimits limits() {
    net::ConnectionLimits limits;
    limits.max_output = 16 * 1024 * 1024;
    return limits;
  }

  FakeHost host_;
  FakeHome home_;
  Context context_;
  Plugin plugin_;
};

// One answer, and it is the `count`th that was ever written: none was written twice.
void require_answer(std::string_view request, const std::string& answer, std::int64_t count) {
  require_wire_text(answer);
  const auto parsed = net::json::parse(answer);
  require(parsed.ok() && parsed->is_object(), "the answer is one JSON object", answer);
  const auto& object = parsed->get_object();
  for (const auto* key : {"request", "date-time", "server", "server-version", "result-code", "message"})
    require(object.contains(key), "the answer has its standard fields", answer);
  const auto* sequence = object.if_contains("call-sequence");
  require(sequence && sequence->is_int64() && sequence->get_int64() == count, "each request is answered once",
          std::string(request) + "\n" + answer);
}

void fuzz(std::string_view stream) {
  Clients clients;
  std::int64_t answers = 0;
  for (std::size_t i = 0; i < kMostClients && !stream.empty(); ++i) {
    const auto request = stream.substr(0, stream.find(kNextClient));
    stream.remove_prefix(std::min(stream.size(), request.size() + 1));
    const auto answer = clients.send(request);
    // Whoever has sent nothing, or but the beginning of a byte order mark, is no client.
    const bool said_something = request.find_first_not_of(" \t\r\n\xef\xbb\xbf") != std::string_view::npos;
    require(!said_something || !answer.empty(), "every request is answered", request);
    if (!answer.empty()) require_answer(request, answer, ++answers);
  }
  require_answer("", clients.send(R"({"request":"StatusRequest"})"), answers + 1);
}

}  // namespace

}  // namespace hearth::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hearth::fuzz::fuzz({reinterpret_cast<const char*>(data), size});
  return 0;
}
