// Answers of the server, which may be anybody's.
#include "linking.hpp"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "hearth/files.hpp"
#include "hearth/net/json.hpp"

namespace hearth::interlock {

namespace {

constexpr auto kTime = std::chrono::seconds(10);
constexpr std::size_t kMostSystemFile = 16 * 1024;

// The value of `KEY=value` or `KEY="value"`; os-release(5) has no other quoting in what is read here.
std::string value_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.starts_with(key) || line.substr(key.size(), 1) != "=") continue;
    line.remove_prefix(key.size() + 1);
    if (line.size() >= 2 && (line.front() == '"' || line.front() == '\'') && line.back() == line.front())
      line = line.substr(1, line.size() - 2);
    return std::string(line);
  }
  return {};
}

std::string os_release() {
  for (const auto* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    const File file(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) continue;
    auto text = file.read_all(kMostSystemFile);
    if (text.ok()) return *std::move(text);
  }
  return {};
}

Linked failed(std::string words) { return {Linked::How::kFailed, std::move(words)}; }

// `msg` of an error answer, or its status.
std::string words_of(const net::HttpAnswer& answer) {
  const auto body = net::json::parse(answer.body);
  const auto* object = body.ok() ? body->if_object() : nullptr;
  const auto* msg = object ? object->if_contains("msg") : nullptr;
  return msg && msg->is_string() ? std::string(msg->get_string()) : concat("it answered ", answer.status);
}

// Owns the client that asks.
class Linking {
 public:
  Linking(net::Io& io, const ServerAddress& server, std::string target,
          std::function<void(const Linked&)> done)
      : client_(io, server.http()), done_(std::move(done)) {
    net::HttpCall call;
    call.target = std::move(target);
    call.headers.add("Accept", "application/json");
    call.timeout = kTime;
    client_.send(std::move(call), [this](const Result<net::HttpAnswer>& answer) {
      const auto linked = answer.ok() ? read_link(*answer) : failed(answer.error().words);
      // This is mostly gone after the call.
      const auto finished = std::move(done_);
      finished(linked);
    });
  }

 private:
  net::HttpClient client_;
  std::function<void(const Linked&)> done_;
};

}  // namespace

MachineData MachineData::here(std::string hub_version) {
  MachineData machine{{}, {}, {}, std::move(hub_version)};
  const auto release = os_release();
  utsname system{};
  const bool known = ::uname(&system) == 0;
  machine.os = value_of(release, "NAME");
  machine.os_version = value_of(release, "VERSION_ID");
  if (machine.os.empty()) {
    machine.os = known ? system.sysname : "Linux";
    machine.os_version = known ? system.release : "";
  }
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0) machine.machine_name = name.data();
  return machine;
}

std::string link_target(const Identity& identity, const MachineData& machine) {
  const auto encode = [](std::string_view text) { return net::percent_encode(text); };
  return concat("/interlock/api/local_servers/", encode(identity.machine_id), "?os=", encode(machine.os),
                "&machine_name=", encode(machine.machine_name), "&os_version=", encode(machine.os_version),
                "&hub_version=", encode(machine.hub_version), "&secret=", encode(identity.secret));
}

Linked read_link(const net::HttpAnswer& answer) {
  if (answer.status == 401 || answer.status == 403) return {Linked::How::kDenied, words_of(answer)};
  if (answer.status != 200) return failed(words_of(answer));
  const auto body = net::json::parse(answer.body);
  if (!body.ok()) return failed("its answer is no JSON: " + body.error().words);
  const auto* object = body->if_object();
  const auto* token = object ? object->if_contains("user_token") : nullptr;
  if (!token) return failed("its answer has no user_token");
  if (token->is_null()) return {Linked::How::kWaiting, {}};
  const auto* text = token->if_string();
  if (!text || !is_token(*text)) return failed("its user_token is no token");
  return {Linked::How::kToken, std::string(std::string_view(*text))};
}

net::Attempt link(net::Io& io, const ServerAddress& server, const Identity& identity,
                  const MachineData& machine, std::function<void(const Linked&)> done) {
  return std::make_shared<Linking>(io, server, link_target(identity, machine), std::move(done));
}

}  // namespace hearth::interlock
