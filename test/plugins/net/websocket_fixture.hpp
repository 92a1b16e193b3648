// What tests of WebSockets share: a server that gives everything back, our client, and bare frames.
#ifndef HEARTH_TEST_PLUGINS_NET_WEBSOCKET_FIXTURE_HPP
#define HEARTH_TEST_PLUGINS_NET_WEBSOCKET_FIXTURE_HPP

#include <catch2/catch.hpp>

#include "hearth/net/websocket_handshake.hpp"
#include "http_fixture.hpp"

namespace hearth::test {

using namespace net;

// A server that gives every message back, and remembers how its WebSockets ended.
class Echo {
 public:
  explicit Echo(LoopThread& thread, const WebSocketAccept& accept = {}, HttpServerOptions options = {})
      : http(
            thread,
            [this, accept](const std::shared_ptr<HttpExchange>& exchange) {
              const auto socket = accept_websocket(*exchange, accept);
              if (!socket) return;
              last = socket;
              ++opened;
              socket->on_message([this, raw = socket.get()](std::string_view data, bool binary) {
                if (data == "close me") return raw->close(4001, "as you wish");
                if (data == "drop me") return raw->drop();
                if (data == "flood me") return flood(*raw);
                binary ? raw->send_binary(data) : raw->send_text(data);
                ++messages;
              });
              socket->on_close([this](std::uint16_t code, std::string_view reason) {
                reason_ = reason;
                closed = code;
              });
            },
            std::move(options)) {}
  static void flood(WebSocket& socket) {
    for (int i = 0; i < 100; ++i) socket.send_binary(std::string(1024 * 1024, 'z'));
  }
  std::string reason() { return reason_; }

  std::atomic<int> opened{0}, messages{0}, closed{0};
  std::string reason_;
  std::weak_ptr<WebSocket> last;
  HttpFixture http;
};

inline const std::string kHandshake =
    "GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

inline std::string without(std::string text, const std::string& line) {
  const auto at = text.find(line);
  REQUIRE(at != std::string::npos);
  return text.erase(at, text.find("\r\n", at) + 2 - at);
}

inline std::string with(std::string text, const std::string& line) {
  return text.insert(text.size() - 2, line + "\r\n");
}

inline std::string masked(WebSocketOpcode opcode, std::string_view payload) {
  constexpr WebSocketMask kMask{'m', 'a', 's', 'k'};
  std::string out;
  append_frame(out, opcode, payload, &kMask);
  return out;
}

inline std::string plain(WebSocketOpcode opcode, std::string_view payload) {
  std::string out;
  append_frame(out, opcode, payload);
  return out;
}

inline std::string text(std::string_view payload) { return masked(WebSocketOpcode::kText, payload); }

inline std::string open(Client& client, const std::string& handshake = kHandshake,
                        std::string_view more = {}) {
  client.send(handshake + std::string(more));
  std::string answer;
  while (!answer.ends_with("\r\n\r\n")) {
    const auto byte = client.read(1);
    if (byte.empty()) break;
    answer += byte;
  }
  return answer;
}

// The code of a Close frame from a server.
inline int close_code(const std::string& bytes) {
  if (bytes.size() < 4 || bytes[0] != '\x88') return 0;
  return static_cast<unsigned char>(bytes[2]) << 8 | static_cast<unsigned char>(bytes[3]);
}

inline HttpClientOptions to(std::uint16_t port) {
  HttpClientOptions options;
  options.host = "127.0.0.1";
  options.port = port;
  return options;
}

// Our client on the loop; what it hears.
struct Peer {
  explicit Peer(LoopThread& its_thread) : thread(its_thread) {}
  ~Peer() {
    thread.on_loop([this] {
      attempt.reset();
      socket.reset();
    });
  }
  void connect(std::uint16_t port, WebSocketRequest request = {}) {
    thread.on_loop([&] {
      attempt = connect_websocket(thread.io(), to(port), std::move(request),
                                  [this](Result<std::shared_ptr<WebSocket>> result,
                                         const HttpAnswer* answer) { done(std::move(result), answer); });
    });
    REQUIRE(eventually([this] { return finished.load(); }));
  }
  void done(Result<std::shared_ptr<WebSocket>> result, const HttpAnswer* answer) {
    if (answer) refusal = answer->body;
    if (!result.ok()) {
      error = result.error().words;
      code = result.error().code;
    } else {
      socket = *std::move(result);
      socket->on_message([this](std::string_view data, bool) {
        heard += data;
        ++messages;
      });
      socket->on_close([this](std::uint16_t its_code, std::string_view reason) {
        close_reason = reason;
        closed = its_code;
      });
    }
    finished = true;
  }
  LoopThread& thread;
  Attempt attempt;
  std::shared_ptr<WebSocket> socket;
  std::string heard, error, refusal, close_reason;
  ErrorCode code{};
  std::atomic<bool> finished{false};
  std::atomic<int> messages{0}, closed{0};
};

}  // namespace hearth::test

#endif
