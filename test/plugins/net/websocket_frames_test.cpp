// WebSocket frames, whole and cut anywhere, and those that must be refused.
#include "hearth/net/websocket_frames.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <vector>

using namespace hearth::net;
using Event = WebSocketDecoder::Event;
using From = WebSocketDecoder::From;

namespace {

constexpr WebSocketMask kMask{'\x12', '\xa4', '\x00', '\x7f'};
constexpr std::size_t kMax = 1024 * 1024;

// A frame with every bit under control.
struct Raw {
  unsigned first = 0x81;
  std::string payload;
  bool masked = true;
  int size_bytes = -1;  // of the long form; -1: what is right
};

std::string bytes_of(const Raw& raw) {
  std::string out{static_cast<char>(raw.first)};
  const auto size = raw.payload.size();
  const int more = raw.size_bytes >= 0 ? raw.size_bytes : size < 126 ? 0 : size < 0x10000 ? 2 : 8;
  const unsigned mask_bit = raw.masked ? 0x80 : 0;
  out += static_cast<char>(mask_bit | (more == 0 ? size : more == 2 ? 126 : 127));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(static_cast<std::uint64_t>(size) >> (8 * i));
  if (!raw.masked) return out + raw.payload;
  out.append(kMask.data(), kMask.size());
  auto payload = raw.payload;
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ kMask[i % 4]);
  return out + payload;
}

std::string frame(unsigned first, std::string payload = {}, bool masked = true) {
  return bytes_of({first, std::move(payload), masked, -1});
}

// Everything that was heard, as one text.
std::string read(const std::string& stream, const std::vector<std::size_t>& cuts, From from = From::kClient,
                 std::size_t max = kMax) {
  WebSocketDecoder decoder(from, max);
  std::string heard;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const auto end = i < cuts.size() ? cuts[i] : stream.size();
    const std::string piece = stream.substr(begin, end - begin);
    begin = end;
    std::string_view rest = piece;
    while (true) {
      std::size_t used = 0;
      const auto event = decoder.next(rest, used);
      rest.remove_prefix(used);
      if (event == Event::kNeedMore) break;
      const auto what = std::string(decoder.payload());
      if (event == Event::kText) heard += "T(" + what + ")";
      if (event == Event::kBinary) heard += "B(" + what + ")";
      if (event == Event::kPing) heard += "ping(" + what + ")";
      if (event == Event::kPong) heard += "pong(" + what + ")";
      if (event == Event::kClose) heard += "close(" + std::to_string(decoder.code()) + what + ")";
      if (event == Event::kRefused) return heard + "!" + std::to_string(decoder.code());
    }
  }
  return heard;
}

std::string read(const std::string& stream, From from = From::kClient) { return read(stream, {}, from); }

std::vector<std::size_t> every_byte(const std::string& stream) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < stream.size(); ++i) cuts.push_back(i);
  return cuts;
}

std::string valid_stream(bool masked) {
  const auto f = [&](unsigned first, std::string payload) {
    return frame(first, std::move(payload), masked);
  };
  return f(0x81, "hello") + f(0x82, std::string("\0\xff", 2)) + f(0x81, "") + f(0x01, "fr\xc3") +
         f(0x89, "between") + f(0x00, "\xa4g") + f(0x8a, "") + f(0x80, "ment") + f(0x02, "") + f(0x00, "") +
         f(0x80, "x") + f(0x81, std::string(125, 'a')) + f(0x81, std::string(126, 'b')) +
         f(0x82, std::string(700, 'c')) + f(0x89, std::string(125, 'p')) +
         f(0x88,
           "\x03\xe8"
           "bye");
}

}  // namespace

TEST_CASE("every valid frame reads the same whole, byte by byte and cut in two anywhere, from both sides") {
  for (const auto from : {From::kClient, From::kServer}) {
    const auto stream = valid_stream(from == From::kClient);
    const auto whole = read(stream, from);
    CHECK(whole == "T(hello)B(" + std::string("\0\xff", 2) +
                       ")T()ping(between)pong()T(fr\xc3\xa4gment)B(x)T(" + std::string(125, 'a') + ")T(" +
                       std::string(126, 'b') + ")B(" + std::string(700, 'c') + ")ping(" +
                       std::string(125, 'p') + ")close(1000bye)");
    CHECK(read(stream, every_byte(stream), from) == whole);
    for (std::size_t cut = 1; cut < stream.size(); ++cut) CHECK((read(stream, {cut}, from) == whole));
  }
}

TEST_CASE("random messages in random fragments under random cuts come through whole") {
  std::mt19937 random(6455);
  for (int round = 0; round < 100; ++round) {
    const auto from = round % 2 == 0 ? From::kClient : From::kServer;
    std::string stream, expected;
    for (int i = 0; i < 10; ++i) {
      std::string message;
      const auto size = random() % (i == 0 ? 100'000 : 300);
      for (std::size_t n = 0; n < size; ++n) message += static_cast<char>(random() % 128);
      const bool text = random() % 2 == 0;
      expected += (text ? "T(" : "B(") + message + ")";
      bool first = true;
      for (std::string_view rest = message; first || !rest.empty();) {
        const auto n =
            random() % 3 == 0 ? rest.size() : std::min<std::size_t>(rest.size(), random() % 60'000);
        const bool last = n == rest.size() && (random() % 2 == 0 || !first);
        stream += frame((last ? 0x80u : 0u) | (first ? text ? 1u : 2u : 0u), std::string(rest.substr(0, n)),
                        from == From::kClient);
        rest.remove_prefix(n);
        first = false;
        if (last) break;
        if (rest.empty()) {
          stream += frame(0x80, "", from == From::kClient);
          break;
        }
      }
    }
    std::vector<std::size_t> cuts;
    for (std::size_t at = random() % 9000; at < stream.size(); at += 1 + random() % 9000) cuts.push_back(at);
    CHECK(read(stream, cuts, from) == expected);
  }
}

TEST_CASE("every reserved bit and every unknown opcode is a protocol error at the second byte") {
  for (unsigned first = 0; first < 256; ++first) {
    const unsigned opcode = first & 0x0f;
    const bool known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
    const bool fragmented_control = opcode >= 8 && first < 0x80;
    const bool wrong = (first & 0x70) != 0 || !known || fragmented_control || opcode == 0;
    INFO(first);
    const auto start = frame(first, "ab").substr(0, 2);
    CHECK((read(start) == "!1002") == wrong);
  }
}

TEST_CASE("a client must mask, a server must not") {
  for (const unsigned first : {0x81u, 0x82u, 0x88u, 0x89u, 0x8au}) {
    CHECK(read(frame(first, "", false), From::kClient) == "!1002");
    CHECK(read(frame(first, "", true), From::kServer) == "!1002");
  }
}

TEST_CASE("control frames are short and whole") {
  for (const unsigned opcode : {8u, 9u, 10u}) {
    CHECK(read(frame(0x80 | opcode, std::string(126, 'x')).substr(0, 2)) == "!1002");
    CHECK(read(bytes_of({0x80 | opcode, std::string(5, 'x'), true, 2})) == "!1002");
    CHECK(read(bytes_of({0x80 | opcode, std::string(5, 'x'), true, 8})) == "!1002");
    CHECK(read(frame(opcode, "x")) == "!1002");
  }
}

TEST_CASE("fragments belong to one message at a time") {
  CHECK(read(frame(0x80, "x")) == "!1002");
  CHECK(read(frame(0x00, "x")) == "!1002");
  CHECK(read(frame(0x01, "a") + frame(0x81, "b")) == "!1002");
  CHECK(read(frame(0x02, "a") + frame(0x01, "b")) == "!1002");
  CHECK(read(frame(0x01, "a") + frame(0x80, "b") + frame(0x80, "c")) == "T(ab)!1002");
}

TEST_CASE("lengths are written in their shortest form, below 2^63") {
  CHECK(read(bytes_of({0x82, std::string(125, 'x'), true, 2})) == "!1002");
  CHECK(read(bytes_of({0x82, std::string(126, 'x'), true, 8})) == "!1002");
  CHECK(read(bytes_of({0x82, std::string(65535, 'x'), true, 8})) == "!1002");
  CHECK(read(bytes_of({0x82, std::string(65536, 'x'), true, 8})).starts_with("B("));
  CHECK(read("\x82\xff" + std::string("\x80\0\0\0\0\0\0\0", 8) + "mask") == "!1002");
  CHECK(read("\x82\xff" + std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8) + "mask") == "!1002");
}

TEST_CASE("a message that is too large is refused by its header, in fragments too") {
  CHECK(read(frame(0x82, std::string(11, 'x')).substr(0, 6), {}, From::kClient, 10) == "!1009");
  CHECK(read(frame(0x82, std::string(10, 'x')), {}, From::kClient, 10) == "B(xxxxxxxxxx)");
  CHECK(read(frame(0x02, "123456") + frame(0x00, "7890") + frame(0x80, "1").substr(0, 6), {}, From::kClient,
             10) == "!1009");
  CHECK(read("\x82\xff" + std::string("\x7f\xff\xff\xff\xff\xff\xff\xff", 8) + "mask") == "!1009");
  CHECK(read(frame(0x89, std::string(100, 'x')), {}, From::kClient, 10).starts_with("ping("));
}

TEST_CASE("invalid UTF-8 ends a text as soon as it is seen, wherever the fragments are cut") {
  CHECK(read(frame(0x81, "\xc3\x28")) == "!1007");
  CHECK(read(frame(0x81, "\xc3")) == "!1007");
  CHECK(read(frame(0x01, "\xc3") + frame(0x80, "\x28")) == "!1007");
  CHECK(read(frame(0x01, "\xed") + frame(0x00, "\xa0")) == "!1007");
  CHECK(read(frame(0x01, "\xf4\x90")) == "!1007");
  const auto early = frame(0x81, "\xff" + std::string(100, 'x'));
  CHECK(read(early.substr(0, 7)) == "!1007");
  CHECK(read(frame(0x01, "ok \xe2\x82") + frame(0x89, "\xff\xff") + frame(0x80, "\xac")) ==
        "ping(\xff\xff)T(ok \xe2\x82\xac)");
  CHECK(read(frame(0x82, "\xff")) == "B(\xff)");
  CHECK(read(frame(0x01, "\xc3") + frame(0x80, "\xa4") + frame(0x81, "\xc3\xa4")) ==
        "T(\xc3\xa4)T(\xc3\xa4)");
}

TEST_CASE("close codes and reasons are checked") {
  const auto close = [](unsigned code, const std::string& reason = {}) {
    return read(frame(0x88, std::string{static_cast<char>(code >> 8), static_cast<char>(code)} + reason));
  };
  CHECK(read(frame(0x88)) == "close(1005)");
  CHECK(read(frame(0x88, "x")) == "!1002");
  for (const unsigned code : {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 1012u, 1013u,
                              1014u, 3000u, 3999u, 4000u, 4999u})
    CHECK(close(code) == "close(" + std::to_string(code) + ")");
  for (const unsigned code :
       {0u, 1u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u, 5000u, 65535u})
    CHECK(close(code) == "!1002");
  CHECK(close(1000, "gr\xc3\xbc\xc3\x9f") == "close(1000gr\xc3\xbc\xc3\x9f)");
  CHECK(close(1000, "\xc3") == "!1007");
  CHECK(close(1000, "\xff") == "!1007");
}

TEST_CASE("what is written is read back, with every size of length") {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 127u, 65535u, 65536u, 100'000u}) {
    const std::string payload(size, 'x');
    std::string plain, masked;
    append_frame(plain, WebSocketOpcode::kBinary, payload);
    append_frame(masked, WebSocketOpcode::kBinary, payload, &kMask);
    CHECK(plain == frame(0x82, payload, false));
    CHECK(masked == frame(0x82, payload, true));
    CHECK(read(masked) == "B(" + payload + ")");
  }
}

TEST_CASE("masking is the same whatever part of the payload it begins with") {
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 40; ++size) {
    std::string payload;
    for (std::size_t i = 0; i < size; ++i) payload += static_cast<char>(random());
    for (std::size_t at = 0; at <= size; ++at) {
      auto masked = payload;
      mask_payload(masked.data(), at, kMask);
      mask_payload(masked.data() + at, size - at, kMask, at);
      for (std::size_t i = 0; i < size; ++i)
        REQUIRE(masked[i] == static_cast<char>(payload[i] ^ kMask[i % 4]));
    }
  }
}

TEST_CASE("a long reason is cut between characters") {
  std::string reason(122, 'a');
  reason += "\xc3\xa4more";
  const auto payload = close_payload(1001, reason);
  CHECK(payload == "\x03\xe9" + std::string(122, 'a'));
  CHECK(close_payload(1000, std::string(123, 'b')).size() == 125);
  CHECK(close_payload(1000, "") == "\x03\xe8");
}
