// Lifecycle: from the start to a connection and back again: tests, linking, connecting, patience.
#ifndef HEARTH_INTERLOCK_LIFECYCLE_HPP
#define HEARTH_INTERLOCK_LIFECYCLE_HPP

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "remote.hpp"
#include "status.hpp"

namespace hearth::interlock {

enum class Test : std::uint8_t { kInternet, kServer };

// What came of one request for the token.
struct Linked {
  enum class How : std::uint8_t {
    kToken,    // text: the token
    kWaiting,  // nobody has linked this machine yet
    kDenied,   // text: why, in the server's words
    kFailed    // text: what went wrong
  };
  How how = How::kFailed;
  std::string text;
};

// What the life cycle needs of everything else. Nothing calls back from inside the function that begins it;
// dropping an Attempt gives up, without a call. [loop]
class World {
 public:
  using Attempt = net::Attempt;

  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  virtual Attempt test(Test test, std::function<void(const Status&)> done) = 0;
  virtual Attempt link(std::function<void(Linked)> done) = 0;
  virtual std::unique_ptr<Remote> connect(const std::string& token, RemoteHooks hooks) = 0;
  virtual Attempt after(Microseconds delay, std::function<void()> fire) = 0;
  virtual Microseconds steady() = 0;
  virtual double random() = 0;  // 0 to 1

  // Keeps the token for the next start, if that can be done; empty: forgets it.
  virtual Attempt keep(const std::string& token, std::function<void()> done) = 0;
  virtual void request(Result<boost::json::value> request, Answer answer) = 0;
  // It stands, or has ended.
  virtual void connected(Remote* remote) = 0;
  virtual void tell(std::string_view words, bool is_trouble) = 0;  // for the log

 protected:
  ~World() = default;
};

struct Patience {
  bool tests = true;
  Microseconds retry = std::chrono::seconds(5);  // tests and linking
  Microseconds backoff_min = std::chrono::seconds(5), backoff_max = std::chrono::seconds(60);
};

// specs/interlock/compatibility.md has the order of the codes. After a connection has failed or ended: the
// tests, of which only failures are said; a pause of the back-off, which doubles from backoff_min to
// backoff_max and is half to whole of that, until a connection has lasted longer than the pause before it;
// another attempt. A refused token is forgotten and asked for again, at once if the last one wasn't refused
// too. [loop]
class Lifecycle {
 public:
  Lifecycle(World& world, Board& board, const Patience& patience)
      : world_(world), board_(board), patience_(patience), backoff_(patience.backoff_min) {}
  Lifecycle(const Lifecycle&) = delete;
  Lifecycle& operator=(const Lifecycle&) = delete;

  // Once. `token`: kept from an earlier run; empty: none.
  void begin(std::string token);
  // Nothing is said or done from now on.
  void end();

 private:
  void test(Test test, bool aloud);
  void tested(Test test, bool aloud, const Status& status);
  void test_failed(Test test, bool aloud, const Status& status);
  void tests_passed(bool aloud);
  void authorize();
  void link();
  void linked(const Linked& how);
  void authorized();
  void connect();
  void connected();
  void ended(bool token_refused, std::string_view why);
  void refused();
  void lost(std::string_view why);
  void pause(void (Lifecycle::*next)());
  void link_again();
  void try_later(std::function<void()> what);
  void tell(std::string words, bool is_trouble);

  World& world_;
  Board& board_;
  const Patience patience_;
  std::string token_;
  World::Attempt attempt_;  // whatever is waited for
  std::unique_ptr<Remote> remote_;
  std::optional<Test> failed_;  // the test that is being repeated
  std::optional<Microseconds> connected_at_;
  Microseconds backoff_;    // the next pause, before jitter
  Microseconds paused_{0};  // before the present connection
  unsigned refusals_ = 0;   // in a row
  std::string told_;
};

}  // namespace hearth::interlock

#endif
