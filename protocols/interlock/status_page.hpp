// StatusPage: the status for people and programs, at http://127.0.0.1:8080/ and /status.
#ifndef HEARTH_INTERLOCK_STATUS_PAGE_HPP
#define HEARTH_INTERLOCK_STATUS_PAGE_HPP

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/net/http_server.hpp"
#include "status.hpp"

namespace hearth::interlock {

// GET and HEAD of / (HTML) and /status (JSON, which the pages of `origins` may read, "*" being all); 404
// elsewhere, 405 for other methods. Nothing in it comes from outside.
net::HttpResponse answer_page(const net::HttpRequest& request, const Board& board,
                              const std::vector<std::string>& origins, std::string_view version);

// [loop]
class StatusPage {
 public:
  StatusPage(net::Io& io, const Board& board, net::HttpServerOptions options,
             std::vector<std::string> origins, std::string version)
      : io_(io),
        board_(board),
        options_(std::move(options)),
        origins_(std::move(origins)),
        version_(std::move(version)) {}

  // kInvalid: the settings make no sense. Others: the address can't be had now.
  Status open();
  bool is_open() const { return http_ != nullptr; }
  // "127.0.0.1:8080"; only while it is open.
  std::string address() const { return http_->address(); }

 private:
  net::Io& io_;
  const Board& board_;
  const net::HttpServerOptions options_;
  const std::vector<std::string> origins_;
  const std::string version_;
  std::unique_ptr<net::HttpServer> http_;
};

}  // namespace hearth::interlock

#endif
