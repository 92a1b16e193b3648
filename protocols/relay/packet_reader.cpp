// A handler for Boost's parser that writes the payload down as it comes.
#include "packet_reader.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>

#include "hearth/log.hpp"
#include "hearth/net/json.hpp"

namespace hearth::relay {

namespace {

namespace bj = boost::json;

bj::parse_options strict() {
  bj::parse_options options;
  options.max_depth = PacketReader::kMaxDepth;
  return options;
}

class Handler {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  void clear() {
    target.clear();
    payload.clear();
    text_.clear();
    has_target = has_payload = false;
    depth_ = 0;
    follows_ = 0;
    role_ = Role::kOther;
    reason = nullptr;
  }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code& ec) { return open('{', ec); }
  bool on_object_end(std::size_t, bj::error_code&) { return shut('}'); }
  bool on_array_begin(bj::error_code& ec) { return open('[', ec); }
  bool on_array_end(std::size_t, bj::error_code&) { return shut(']'); }

  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) { return more(part); }
  bool on_key(bj::string_view part, std::size_t, bj::error_code& ec) {
    more(part);
    if (depth_ == 1) return top_level_key(ec);
    if (role_ == Role::kPayload) {
      separate();
      net::json::append_text(payload, text_);
      payload += ':';
      follows_ &= ~bit();  // its value needs no comma
    }
    text_.clear();
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) { return more(part); }
  bool on_string(bj::string_view part, std::size_t, bj::error_code& ec) {
    more(part);
    if (is_target()) {
      target = text_;
    } else if (!write([this] { net::json::append_text(payload, text_); }, ec)) {
      return false;
    }
    text_.clear();
    return true;
  }
  bool on_number_part(bj::string_view part, bj::error_code&) { return more(part); }
  bool on_int64(std::int64_t, bj::string_view part, bj::error_code& ec) { return number(part, ec); }
  bool on_uint64(std::uint64_t, bj::string_view part, bj::error_code& ec) { return number(part, ec); }
  bool on_double(double, bj::string_view part, bj::error_code& ec) { return number(part, ec); }
  bool on_bool(bool flag, bj::error_code& ec) { return word(flag ? "true" : "false", ec); }
  bool on_null(bj::error_code& ec) { return word("null", ec); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

  std::string target, payload;
  bool has_target = false, has_payload = false;
  const char* reason = nullptr;  // our own for a refusal

 private:
  enum class Role : std::uint8_t { kOther, kTarget, kPayload };

  bool more(bj::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool refuse(const char* why, bj::error_code& ec) {
    reason = why;
    ec = bj::error::syntax;
    return false;
  }
  bool is_target() const { return role_ == Role::kTarget && depth_ == 1; }
  std::uint64_t bit() const { return std::uint64_t{1} << depth_; }

  bool top_level_key(bj::error_code& ec) {
    role_ = text_ == "target" ? Role::kTarget : text_ == "payload" ? Role::kPayload : Role::kOther;
    text_.clear();
    follows_ &= ~bit();
    auto& has = role_ == Role::kTarget ? has_target : has_payload;
    if (role_ != Role::kOther && std::exchange(has, true)) return refuse("the same key twice", ec);
    return true;
  }
  // A comma, if something stands before it in its container.
  void separate() {
    if (follows_ & bit()) payload += ',';
    follows_ |= bit();
  }
  template <class Append>
  bool write(Append append, bj::error_code& ec) {
    if (depth_ == 0) return refuse("a packet is a JSON object", ec);
    if (is_target()) return refuse("'target' is not a string", ec);
    if (role_ != Role::kPayload) return true;
    separate();
    append();
    return true;
  }
  bool word(std::string_view known, bj::error_code& ec) {
    return write([&] { payload += known; }, ec);
  }
  bool number(bj::string_view part, bj::error_code& ec) {
    more(part);
    const bool is_written = write([this] { payload += text_; }, ec);
    text_.clear();
    return is_written;
  }
  bool open(char bracket, bj::error_code& ec) {
    if (depth_ > 0 && !write([&] { payload += bracket; }, ec)) return false;
    ++depth_;
    follows_ &= ~bit();
    return true;
  }
  bool shut(char bracket) {
    --depth_;
    if (depth_ > 0 && role_ == Role::kPayload) payload += bracket;
    follows_ |= bit();
    return true;
  }

  Role role_ = Role::kOther;  // of the present value of the outermost object
  std::size_t depth_ = 0;
  std::uint64_t follows_ = 0;  // bit n: the container at depth n has something in it
  std::string text_;           // of a key, string or number, which may come in parts
};

}  // namespace

struct PacketReader::Parser {
  bj::basic_parser<Handler> machine{strict()};
};

PacketReader::PacketReader() : parser_(std::make_unique<Parser>()) {}
PacketReader::~PacketReader() = default;

Status PacketReader::read(std::string_view text) {
  auto& machine = parser_->machine;
  auto& handler = machine.handler();
  machine.reset();
  handler.clear();
  bj::error_code error;
  const auto used = machine.write_some(false, text.data(), text.size(), error);
  if (error && handler.reason) return {ErrorCode::kInvalid, handler.reason};
  if (error) return {ErrorCode::kInvalid, concat("no valid JSON at byte ", used, ": ", error.message())};
  if (!handler.has_target) return {ErrorCode::kInvalid, "'target' is missing"};
  if (!handler.has_payload) return {ErrorCode::kInvalid, "'payload' is missing"};
  return {};
}

const std::string& PacketReader::target() const { return parser_->machine.handler().target; }
const std::string& PacketReader::payload() const { return parser_->machine.handler().payload; }

}  // namespace hearth::relay
