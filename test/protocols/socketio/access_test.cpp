// Who may do what.
#include "protocols/socketio/access.hpp"

#include <catch2/catch.hpp>

using boost::json::object;
using hearth::monitor::Access;

TEST_CASE("without tokens everybody may do everything, whatever they send") {
  const Access access("", "");
  for (const auto& auth : {object(), object{{"token", "x"}}, object{{"token", 5}}}) {
    const auto rights = access.judge(auth);
    REQUIRE(rights.ok());
    CHECK(rights->query);
    CHECK(rights->con);
  }
}

TEST_CASE("each token gives its own right") {
  const Access access("user", "monitor");
  const auto user = access.judge({{"token", "user"}});
  REQUIRE(user.ok());
  CHECK(user->query);
  CHECK_FALSE(user->con);
  const auto monitor = access.judge({{"token", "monitor"}});
  REQUIRE(monitor.ok());
  CHECK(monitor->con);
  CHECK_FALSE(monitor->query);
}

TEST_CASE("a wrong token is refused") {
  const Access access("user", "monitor");
  for (const auto& token : {"", "use", "userr", "useruser", "MONITOR", "monito"})
    CHECK(access.judge({{"token", token}}).error().words == "Invalid token");
  CHECK(access.judge({{"token", 5}}).error().words == "Invalid token");
  CHECK(Access("user", "").judge({{"token", "other"}}).error().words == "Invalid token");
}

TEST_CASE("without a token nothing may be done where both are set, and the rest where one is") {
  CHECK(Access("user", "monitor").judge({}).error().words == "A token is required");
  CHECK(Access("user", "monitor").judge({{"token", nullptr}}).error().words == "A token is required");
  const auto rights = Access("user", "").judge({});
  REQUIRE(rights.ok());
  CHECK(rights->con);
  CHECK_FALSE(rights->query);
}

TEST_CASE("one token for both gives both rights") {
  const auto rights = Access("same", "same").judge({{"token", "same"}});
  REQUIRE(rights.ok());
  CHECK(rights->con);
  CHECK(rights->query);
}
