// Wiring of the plugin.
#include "interlock.hpp"

#include <random>
#include <stdexcept>
#include <utility>

#include "checks.hpp"
#include "hearth/net/tls.hpp"
#include "message.hpp"

namespace hearth::interlock {

namespace {

constexpr std::size_t kMostPageBody = 1024;  // nobody has to send any

Microseconds seconds(double count) {
  return std::chrono::duration_cast<Microseconds>(std::chrono::duration<double>(count));
}

net::Url web_address(const std::string& key, const std::string& text) {
  auto url = net::Url::parse(text);
  if (!url.ok()) throw std::runtime_error(concat(key, ": ", url.error().words));
  if (url->scheme != "http" && url->scheme != "https")
    throw std::runtime_error(key + " has to begin with http:// or https://");
  return *std::move(url);
}

}  // namespace

Interlock::Interlock(Context& context)
    : Protocol(context),
      io_(context),
      board_(
          [this](const StatusChanged& status) {
            const auto sent = ctx.bus.publish(status);
            if (!sent.ok()) ctx.log.warning("status not told: ", sent.error().words);
          },
          [this] { return ctx.loop.wall(); }),
      machine_(ctx.loop, ctx.log,
               {ctx.config.texts("shutdown_command"), ctx.config.texts("restart_command")}),
      requests_(house_.devices(), board_, request_hooks()),
      pushes_(ctx.config.flag("push_state")),
      push_(house_.devices(),
            [this](Microseconds delay, std::function<void()> fire) { return after(delay, std::move(fire)); }),
      files_(ctx.state_dir) {}

RequestHooks Interlock::request_hooks() {
  return {
      [this](std::string device, std::string capability, Value value,
             std::function<void(const CommandDone&)> done) {
        return command(std::move(device), std::move(capability), std::move(value), std::move(done));
      },
      [this](std::string_view verb, std::chrono::milliseconds delay) { return machine_.order(verb, delay); },
      [this](const std::string& kind, const std::string& text) { return take_message(kind, text); }};
}

Status Interlock::take_message(const std::string& kind, const std::string& text) {
  const auto sent = ctx.bus.publish(Message{kind, text});
  if (!sent.ok()) return sent.status();
  ctx.log.info("message of the server: ", harmless(concat(kind, ": ", text), {identity_.secret, token_}));
  return {};
}

Patience Interlock::patience() const {
  return {ctx.config.flag("tests"), seconds(ctx.config.number("retry_s")),
          seconds(ctx.config.number("backoff_min_s")), seconds(ctx.config.number("backoff_max_s"))};
}

// TLS is loaded where an address needs it.
void Interlock::find_servers() {
  remote_.url = web_address("server", ctx.config.text("server"));
  if (remote_.url.target != "/")
    throw std::runtime_error("server has to be http(s)://host[:port], without a path");
  server_ = concat(remote_.url.scheme, "://", remote_.url.authority());
  internet_.url = web_address("internet_url", ctx.config.text("internet_url"));
  const bool tests = ctx.config.flag("tests");
  if (!remote_.url.secure() && !(tests && internet_.url.secure())) return;
  const auto tls =
      net::TlsClient::load({.ca_file = ctx.config.text("tls_ca"), .verify = ctx.config.flag("tls_verify")});
  if (!tls.ok()) throw std::runtime_error(tls.error().words);
  if (!ctx.config.flag("tls_verify"))
    ctx.log.warning("tls_verify is off: whoever is in between can command the house");
  if (remote_.url.secure()) remote_.connector = tls->connector();
  if (internet_.url.secure()) internet_.connector = tls->connector();
}

void Interlock::know_oneself() {
  const auto warn = [this](std::string_view words) { ctx.log.warning(words); };
  identity_ = files_.identity({ctx.config.text("machine_id"), ctx.config.text("machine_secret")}, warn);
  token_ = files_.token(server_, identity_.machine_id, warn);
  machine_data_ = MachineData::here(HEARTH_VERSION);
  ctx.note("machine_id", identity_.machine_id);
}

net::HttpServerOptions Interlock::page_options() const {
  net::HttpServerOptions options{.listener = net::ListenerOptions::from(ctx.config)};
  options.limits.max_body = kMostPageBody;
  auto layer = net::TlsServer::layer_from(ctx.config);
  if (!layer.ok()) throw std::runtime_error(layer.error().words);
  options.layer = *std::move(layer);
  return options;
}

void Interlock::open_page(bool first) {
  const auto status = page_->open();
  if (status.ok()) {
    ctx.note("listen", page_->address());
    return ctx.log.info("status page on ", page_->address());
  }
  if (status.error().code == ErrorCode::kInvalid) throw std::runtime_error(status.error().words);
  if (first) {
    board_.say(Code::kServiceError);
    board_.say(Code::kWebserverSetupError);
    ctx.log.warning("no status page, for the time being: ", status.error().words);
  }
  page_retry_ = ctx.loop.after(patience().retry, [this] { open_page(false); });
}

void Interlock::start() {
  if (ctx.config.text("server").empty()) return ctx.log.debug("off: no server is configured");
  find_servers();
  const auto options = page_options();
  board_.say(Code::kInternalSetup);
  know_oneself();
  board_.say(Code::kServiceSetup);
  board_.say(Code::kWebserverSetup);
  if (!options.listener.listen.empty()) {
    page_ = std::make_unique<StatusPage>(io_, board_, options, ctx.config.texts("origins"), HEARTH_VERSION);
    open_page(true);
  }
  World& world = *this;
  lifecycle_.emplace(world, board_, patience());
  // The server's first question finds the whole house.
  house_.follow(
      ctx,
      [this](const House::Device& device) {
        if (pushes_) push_.changed(device.device);
      },
      [this] { lifecycle_->begin(token_); });
}

void Interlock::stop() {
  if (lifecycle_) lifecycle_->end();
  push_.end();
  page_retry_.reset();
  page_.reset();
  io_.linger.clear();
}

World::Attempt Interlock::test(Test test, std::function<void(const Status&)> done) {
  return check(io_, test == Test::kInternet ? internet_ : remote_, std::move(done));
}

World::Attempt Interlock::link(std::function<void(Linked)> done) {
  return interlock::link(io_, remote_, identity_, machine_data_, std::move(done));
}

std::unique_ptr<Remote> Interlock::connect(const std::string& token, RemoteHooks hooks) {
  const bool socketio = ctx.config.text("transport") == "socketio";
  return (socketio ? connect_socketio : connect_websocket)(io_, remote_, token, std::move(hooks));
}

World::Attempt Interlock::after(Microseconds delay, std::function<void()> fire) {
  return std::make_shared<Handle>(ctx.loop.after(delay, std::move(fire)));
}

double Interlock::random() {
  std::random_device device;
  return std::uniform_real_distribution<double>()(device);
}

// On a worker, in order: a disk may be slow.
World::Attempt Interlock::keep(const std::string& token, std::function<void()> done) {
  token_ = token;
  auto attempt = std::make_shared<std::function<void()>>(std::move(done));
  auto outcome = std::make_shared<Status>();
  ctx.loop.work(
      1,
      [files = files_, server = server_, id = identity_.machine_id, token, outcome] {
        *outcome = files.keep_token(server, id, token);
      },
      [this, weak = std::weak_ptr(attempt), outcome](const Status& status) {
        const auto alive = weak.lock();
        if (!alive) return;
        const auto& how = status.ok() ? *outcome : status;
        if (!how.ok()) ctx.log.warning("the token isn't kept for the next start: ", how.error().words);
        const auto go_on = std::move(*alive);
        go_on();
      });
  return attempt;
}

void Interlock::request(Result<boost::json::value> request, Answer answer) {
  requests_.handle(request, answer);
}

void Interlock::connected(Remote* remote) {
  if (remote && pushes_) return push_.begin(*remote);
  push_.end();
}

// Words of strangers may come with it.
void Interlock::tell(std::string_view words, bool is_trouble) {
  const auto line = harmless(words, {identity_.secret, token_});
  is_trouble ? ctx.log.warning(line) : ctx.log.info(line);
}

}  // namespace hearth::interlock

HEARTH_PLUGIN(hearth::interlock::Interlock)
