// Strangers' texts: cut, compared, told of seldom.
#include "protocols/common/words.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "protocols/common/secret.hpp"
#include "protocols/common/seldom.hpp"

using namespace hearth;
using protocols::cut;
using protocols::same_secret;
using protocols::same_word;

TEST_CASE("a text is cut at a character's boundary") {
  CHECK(cut("", 0).empty());
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abc", 2) == "ab");
  CHECK(cut("aé", 2) == "a");
  CHECK(cut("é", 1).empty());
  CHECK(cut("€€", 5) == "€");
  CHECK(cut("😀😀", 7) == "😀");
  CHECK(cut("😀😀", 8) == "😀😀");
  CHECK(cut("\x80\x80\x80", 2).empty());
}

TEST_CASE("words are the same but for capitals, of ASCII") {
  CHECK(same_word("Server", "sERVER"));
  CHECK(same_word("", ""));
  CHECK_FALSE(same_word("server", "servers"));
  CHECK_FALSE(same_word("É", "é"));
  CHECK_FALSE(same_word("@[", "`{"));
}

TEST_CASE("a secret is the same when all of it is") {
  CHECK(same_secret("secret", "secret"));
  CHECK(same_secret("", ""));
  for (const auto* said : {"", "s", "secre", "secrets", "Secret", "secretsecret", "terces"})
    CHECK_FALSE(same_secret(said, "secret"));
  CHECK_FALSE(same_secret("x", ""));
  CHECK_FALSE(same_secret(std::string(1, '\0'), ""));
}

TEST_CASE("what happens often is told at once, and then with its number after a pause") {
  protocols::Seldom seldom;
  const auto pause = protocols::Seldom::kPause;
  CHECK(seldom.happened(Microseconds(0)) == 1);
  CHECK(seldom.happened(Microseconds(1)) == 0);
  CHECK(seldom.happened(pause - Microseconds(1)) == 0);
  CHECK(seldom.happened(pause) == 3);
  CHECK(seldom.happened(pause) == 0);
  CHECK(seldom.happened(10 * pause) == 2);
}
