// HttpClient::Core: one client's connection and the call that is under way.
#ifndef HEARTH_NET_SRC_HTTP_CLIENT_CORE_HPP
#define HEARTH_NET_SRC_HTTP_CLIENT_CORE_HPP

#include <memory>
#include <string>
#include <string_view>

#include "hearth/net/http_client.hpp"

namespace hearth::net {

// Outlives its client only as far as a callback of its own is still running. [loop]
class HttpClient::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Io& io, HttpClientOptions options)
      : io_(io),
        options_(std::move(options)),
        parser_(options_.lenient ? HttpParser::Role::kLenientResponses : HttpParser::Role::kResponses,
                options_.limits),
        deadline_(io.deadlines, [this] { fail(ErrorCode::kTimeout, "no complete answer in time"); }) {
    if (!options_.connector && !options_.secure) options_.connector = connect;
    if (options_.authority.empty()) options_.authority = usual_authority();
  }

  void send(HttpCall call, Done done);
  void shut(bool for_ever);
  bool busy() const { return static_cast<bool>(running_); }
  void pause();
  void resume();

 private:
  // Kept by whoever runs one of its functions, which may end the call or begin the next.
  struct Running {
    HttpCall call;
    Done done;
    HttpAnswer answer;
    int interim = 0;
    bool used_before = false;  // the connection, by an earlier call
    bool keep = false;         // the connection, for a later one
  };

  void refuse_later(Done done, ErrorCode code, std::string words);
  void begin();
  void expect_answer();
  void await();
  void connected(Result<std::shared_ptr<Connection>> result);
  void transmit();
  std::size_t data(std::string_view bytes);
  std::size_t read_messages(std::string_view bytes);
  void head_came();
  void complete(bool clean);
  void hand_over();
  void peer_ended();
  void lost(const Error& error);
  void drop_connection();
  void fail(ErrorCode code, std::string_view words);
  void finish(Result<HttpAnswer> result);
  std::string usual_authority() const;
  std::string name() const { return concat(options_.host, ":", options_.port); }

  Io& io_;
  HttpClientOptions options_;
  HttpParser parser_;
  Deadline deadline_;
  std::shared_ptr<Running> running_;
  Attempt attempt_;
  std::shared_ptr<Connection> connection_;
};

}  // namespace hearth::net

#endif
