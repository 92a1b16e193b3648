// getaddrinfo_a(3): the C library looks on a thread of its own, which no plugin has to wait for when it
// stops. A resolver that nobody answers may take half a minute.
#include "resolve.hpp"

#include <netdb.h>

#include <algorithm>
#include <array>
#include <utility>

namespace hearth::net {

namespace {

// ThreadSanitizer doesn't know the threads that the C library makes for itself, and crashes in them.
#if defined(__SANITIZE_THREAD__)
constexpr bool kWait = true;
#elif defined(__has_feature)
constexpr bool kWait = __has_feature(thread_sanitizer);
#else
constexpr bool kWait = false;
#endif

constexpr Microseconds kFirstLook = std::chrono::milliseconds(1), kLastLook = std::chrono::milliseconds(50);

// What the C library's thread reads and writes.
struct Lookup {
  explicit Lookup(std::string name) : host(std::move(name)) {
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    request.ar_name = host.c_str();
    request.ar_request = &hints;
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  ~Lookup() {
    if (request.ar_result) ::freeaddrinfo(request.ar_result);
  }

  const std::string host;
  addrinfo hints{};
  gaicb request{};
  std::array<gaicb*, 1> list{&request};
};

class Resolving : public std::enable_shared_from_this<Resolving> {
 public:
  using Done = std::function<void(std::vector<Poco::Net::IPAddress>)>;

  Resolving(Io& io, const std::string& host, Done done)
      : io_(io), lookup_(std::make_unique<Lookup>(host)), done_(std::move(done)) {}
  Resolving(const Resolving&) = delete;
  Resolving& operator=(const Resolving&) = delete;

  // One that runs can't be ended: what it writes to stays until it has, and is nobody's then.
  ~Resolving() {
    if (!kWait && is_begun_ && ::gai_cancel(&lookup_->request) == EAI_NOTCANCELED)
      static_cast<void>(lookup_.release());
  }

  void begin() {
    auto& request = lookup_->request;
    if (kWait) {
      is_begun_ = ::getaddrinfo(request.ar_name, nullptr, request.ar_request, &request.ar_result) == 0;
    } else {
      is_begun_ = ::getaddrinfo_a(GAI_NOWAIT, lookup_->list.data(), 1, nullptr) == 0;
    }
    look_in(kFirstLook);
  }

 private:
  void look_in(Microseconds delay) {
    timer_ = io_.loop.after(delay, [this, delay] { look(delay); });
  }

  void look(Microseconds delay) {
    if (state() == EAI_INPROGRESS) return look_in(std::min(delay * 2, kLastLook));
    const auto keep = shared_from_this();  // done may drop the attempt
    std::exchange(done_, nullptr)(found());
  }

  int state() const {
    if (!is_begun_) return EAI_FAIL;
    return kWait ? 0 : ::gai_error(&lookup_->request);
  }

  std::vector<Poco::Net::IPAddress> found() const {
    std::vector<Poco::Net::IPAddress> all;
    if (state() != 0) return all;
    for (const auto* one = lookup_->request.ar_result; one; one = one->ai_next)
      if (one->ai_family == AF_INET || one->ai_family == AF_INET6)
        all.push_back(Poco::Net::SocketAddress(one->ai_addr, one->ai_addrlen).host());
    return all;
  }

  Io& io_;
  std::unique_ptr<Lookup> lookup_;
  Done done_;
  bool is_begun_ = false;
  Handle timer_;
};

}  // namespace

Attempt resolve(Io& io, const std::string& host,
                std::function<void(std::vector<Poco::Net::IPAddress>)> done) {
  auto attempt = std::make_shared<Resolving>(io, host, std::move(done));
  attempt->begin();
  return attempt;
}

}  // namespace hearth::net
