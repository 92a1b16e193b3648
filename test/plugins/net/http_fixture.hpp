// HttpFixture: an HTTP server on a loop of its own, and what tests say to it.
#ifndef HEARTH_TEST_PLUGINS_NET_HTTP_FIXTURE_HPP
#define HEARTH_TEST_PLUGINS_NET_HTTP_FIXTURE_HPP

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "hearth/net/http_server.hpp"
#include "loop_thread.hpp"

namespace hearth::test {

class HttpFixture {
 public:
  HttpFixture(LoopThread& thread, net::HttpHandler handler, net::HttpServerOptions options = {})
      : thread_(thread) {
    thread_.on_loop([&] {
      options.listener.listen = "127.0.0.1:0";
      server_ = std::move(*net::HttpServer::open(thread_.io(), options, std::move(handler)));
      address = server_->address();
    });
  }
  ~HttpFixture() {
    thread_.on_loop([this] { server_.reset(); });
  }
  std::size_t size() {
    return thread_.ask<std::size_t>([this] { return server_->listener().size(); });
  }
  net::HttpServer::Counters counters() {
    return thread_.ask<net::HttpServer::Counters>([this] { return server_->counters(); });
  }
  std::uint16_t port() const {
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  std::string address;

 private:
  LoopThread& thread_;
  std::unique_ptr<net::HttpServer> server_;
};

using Exchange = std::shared_ptr<net::HttpExchange>;

// Says what it was asked.
inline void echo(const Exchange& exchange) {
  const auto& request = exchange->request();
  exchange->answer(net::HttpResponse::of(200, "text/plain",
                                         std::string(request.method) + " " + std::string(request.path) + "?" +
                                             std::string(request.query) + " " + std::string(request.body)));
}

inline net::HttpServerOptions with(net::HttpLimits limits) {
  net::HttpServerOptions options;
  options.limits = limits;
  return options;
}

// One response, as far as its Content-Length says.
inline std::string read_response(Client& client, bool to_head = false) {
  std::string text;
  while (!text.ends_with("\r\n\r\n")) {
    const auto byte = client.read(1);
    if (byte.empty()) return text;
    text += byte;
  }
  const auto at = text.find("Content-Length: ");
  if (at == std::string::npos || to_head) return text;
  return text + client.read(std::stoul(text.substr(at + 16)));
}

inline std::string body_of(const std::string& response) {
  const auto at = response.find("\r\n\r\n");
  return at == std::string::npos ? "" : response.substr(at + 4);
}

inline const std::string kGet = "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n";

inline std::string post(std::string_view body, std::string_view more = "") {
  return "POST /p HTTP/1.1\r\nHost: h\r\n" + std::string(more) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// Keeps the exchanges that come, for later.
struct Later {
  net::HttpHandler handler() {
    return [this](const Exchange& exchange) {
      paths.emplace_back(exchange->request().path);
      exchanges.push_back(exchange);
      ++count;
    };
  }
  std::vector<std::string> paths;
  std::vector<Exchange> exchanges;
  std::atomic<int> count{0};
};

}  // namespace hearth::test

#endif
