// Connecting on the first call, and printing.
#include "core/control/ctl/ctl.hpp"

#include <Poco/JSON/Stringifier.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <utility>

#include "core/control/ctl/table.hpp"

namespace hearth::core::ctl {
namespace {

bool wants_colour() {
  const char* terminal = std::getenv("TERM");
  const char* no_colour = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && terminal && std::string_view(terminal) != "dumb" &&
         !(no_colour && *no_colour);
}

}  // namespace

Ctl::Ctl(Arguments arguments) : args_(std::move(arguments)), coloured_(wants_colour()) {}

std::optional<Poco::Dynamic::Var> Ctl::call(const std::string& method, const Poco::JSON::Object::Ptr& params,
                                            const Client::Notified& notified, std::chrono::seconds deadline,
                                            const std::vector<UniqueFd>& descriptors) {
  if (!connected_) {
    const auto status = client_.connect(std::filesystem::path(args_.runtime_dir) / "control.sock");
    if (!status.ok()) {
      status_ = fail(kUsage, status.error().words);
      return std::nullopt;
    }
    connected_ = true;
  }
  Poco::Dynamic::Var result;
  if (client_.call(method, params ? params : Poco::makeShared<Poco::JSON::Object>(), result, notified,
                   deadline, descriptors))
    return result;
  const auto& why = client_.why();
  status_ = fail(why.kind == Failure::Kind::kRefused ? kRefused : kUsage, why.words);
  return std::nullopt;
}

bool Ctl::next(Notification& notification) {
  if (client_.next(notification)) return true;
  status_ = fail(kUsage, client_.why().words);
  return false;
}

int Ctl::fail(int status, std::string_view words) {
  std::fflush(stdout);
  const auto line = "hearthctl: " + painted(words, Colour::kNone, false) + "\n";
  std::fputs(line.c_str(), stderr);
  return status;
}

int Ctl::usage(std::string_view words) {
  const auto help =
      args_.command.empty() ? std::string("hearthctl --help") : "hearthctl " + args_.command + " --help";
  return fail(kUsage, std::string(words) + " (see " + help + ")");
}

void Ctl::print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void Ctl::print_now(std::string_view line) {
  print(line);
  std::fflush(stdout);
}

int Ctl::print_json(const Poco::Dynamic::Var& value, bool one_line) {
  try {
    std::ostringstream out;
    Poco::JSON::Stringifier::stringify(value, out, one_line ? 0 : 2);
    print(std::move(out).str() + "\n");
    return kOk;
  } catch (const std::exception& e) {
    return fail(kRefused, e.what());
  }
}

int Ctl::show(const Poco::Dynamic::Var& value) {
  if (json()) return print_json(value);
  // "Done" is told by the exit status.
  if (!value.isEmpty() && !value.isBoolean()) print(describe(value, coloured_));
  return kOk;
}

}  // namespace hearth::core::ctl
