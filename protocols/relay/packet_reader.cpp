// A handler for Boost's parser that writes the payload down as it comes.
#include "packet_reader.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <utility>
#include <vector>

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

  // `whole`: the document is a payload, not a packet.
  void begin(bool whole) {
    target.clear();
    payload.clear();
    text_.clear();
    has_target = has_payload = false;
    depth_ = 0;
    follows_ = 0;
    others_.clear();
    is_packet_ = !whole;
    role_ = whole ? Role::kPayload : Role::kOther;
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
    if (is_packet_ && depth_ == 1) return top_level_key(ec);
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
    follows_ &= ~bit();
    bool again = false;
    if (role_ == Role::kOther) {
      again = std::ranges::find(others_, text_) != others_.end();
      others_.push_back(text_);
    } else {
      again = std::exchange(role_ == Role::kTarget ? has_target : has_payload, true);
    }
    text_.clear();
    return !again || refuse("the same key twice", ec);
  }
  // A comma, if something stands before it in its container.
  void separate() {
    if (follows_ & bit()) payload += ',';
    follows_ |= bit();
  }
  template <class Append>
  bool write(Append append, bj::error_code& ec) {
    if (is_packet_ && depth_ == 0) return refuse("a packet is a JSON object", ec);
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
    if (holds_payload() && !write([&] { payload += bracket; }, ec)) return false;
    ++depth_;
    follows_ &= ~bit();
    return true;
  }
  bool shut(char bracket) {
    --depth_;
    if (holds_payload() && role_ == Role::kPayload) payload += bracket;
    follows_ |= bit();
    return true;
  }

  // Not the packet's own braces?
  bool holds_payload() const { return !is_packet_ || depth_ > 0; }

  bool is_packet_ = true;
  Role role_ = Role::kOther;  // of the present value of the outermost object
  std::size_t depth_ = 0;
  std::uint64_t follows_ = 0;        // bit n: the container at depth n has something in it
  std::vector<std::string> others_;  // keys of the outermost object that mean nothing here
  std::string text_;                 // of a key, string or number, which may come in parts
};

}  // namespace

struct PacketReader::Parser {
  bj::basic_parser<Handler> machine{strict()};
};

PacketReader::PacketReader() : parser_(std::make_unique<Parser>()) {}
PacketReader::~PacketReader() = default;

Status PacketReader::read(std::string_view text) {
  const auto& handler = parser_->machine.handler();
  parser_->machine.handler().begin(false);
  if (auto status = parse(text); !status.ok()) return status;
  if (!handler.has_target) return {ErrorCode::kInvalid, "'target' is missing"};
  if (!handler.has_payload) return {ErrorCode::kInvalid, "'payload' is missing"};
  return {};
}

Status PacketReader::read_payload(std::string_view text) {
  parser_->machine.handler().begin(true);
  return parse(text);
}

Status PacketReader::parse(std::string_view text) {
  auto& machine = parser_->machine;
  machine.reset();
  boost::json::error_code error;
  const auto used = machine.write_some(false, text.data(), text.size(), error);
  const auto* reason = machine.handler().reason;
  if (error && reason) return {ErrorCode::kInvalid, reason};
  if (error) return {ErrorCode::kInvalid, concat("no valid JSON at byte ", used, ": ", error.message())};
  if (text.find_first_not_of(" \t\r\n", used) != text.npos)
    return {ErrorCode::kInvalid, "something follows the JSON"};
  return {};
}

const std::string& PacketReader::target() const { return parser_->machine.handler().target; }
const std::string& PacketReader::payload() const { return parser_->machine.handler().payload; }

}  // namespace hearth::relay
