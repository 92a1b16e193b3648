// Ctl: one run of hearthctl: its arguments, its connection, and where its words go.
#ifndef HEARTH_CORE_CONTROL_CTL_CTL_HPP
#define HEARTH_CORE_CONTROL_CTL_CTL_HPP

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/control/ctl/arguments.hpp"
#include "core/control/ctl/client.hpp"

namespace hearth::core::ctl {

// Exit statuses.
inline constexpr int kOk = 0;
inline constexpr int kRefused = 1;  // the server or a device said no
inline constexpr int kUsage = 2;    // typed wrong, or no connection

class Ctl {
 public:
  explicit Ctl(Arguments arguments);

  const Arguments& args() const { return args_; }
  bool json() const { return args_.json; }
  bool coloured() const { return coloured_; }
  Client& client() { return client_; }

  // The result; nothing when it failed: the reason is said by then, and status() is what to exit with.
  std::optional<Poco::Dynamic::Var> call(const std::string& method,
                                         const Poco::JSON::Object::Ptr& params = {},
                                         const Client::Notified& notified = {},
                                         std::chrono::seconds deadline = Client::kDeadline,
                                         const std::vector<UniqueFd>& descriptors = {});
  // Waits for the next notification; false when the connection has ended, which is said.
  bool next(Notification& notification);
  int status() const { return status_; }

  // Says `words` on stderr and is `status`.
  int fail(int status, std::string_view words);
  // For a command typed wrong: names where help is.
  int usage(std::string_view words);

  void print(std::string_view text);
  // A line that somebody waits for.
  void print_now(std::string_view line);
  // As it came, for programs: indented, or on one line.
  int print_json(const Poco::Dynamic::Var& value, bool one_line = false);
  // JSON or for a person, as asked.
  int show(const Poco::Dynamic::Var& value);

 private:
  Arguments args_;
  bool coloured_ = false;
  bool connected_ = false;
  Client client_;
  int status_ = kOk;
};

}  // namespace hearth::core::ctl

#endif
