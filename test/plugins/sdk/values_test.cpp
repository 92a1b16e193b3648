// Values: their types, their conversion without loss, and how a person reads them.
#include <catch2/catch.hpp>
#include <limits>

#include "hearth/value.hpp"

using namespace hearth;

TEST_CASE("an integer is a number, and a whole number is an integer") {
  CHECK(converted(std::int64_t{40}, ValueType::kNumber) == Value(40.0));
  CHECK(converted(40.0, ValueType::kInteger) == Value(std::int64_t{40}));
  CHECK(converted(-40.0, ValueType::kInteger) == Value(std::int64_t{-40}));
}

TEST_CASE("a value of the right type stays as it is") {
  for (const Value& value :
       {Value(true), Value(std::int64_t{7}), Value(0.5), Value("text"), Value(Color{1, 2}), Value()})
    CHECK(converted(value, type_of(value)) == value);
}

TEST_CASE("what would lose something isn't converted") {
  CHECK(converted(40.5, ValueType::kInteger) == Value());
  CHECK(converted(1e300, ValueType::kInteger) == Value());
  CHECK(converted(std::numeric_limits<double>::infinity(), ValueType::kInteger) == Value());
  CHECK(converted(std::numeric_limits<double>::quiet_NaN(), ValueType::kInteger) == Value());
  CHECK(converted(true, ValueType::kInteger) == Value());
  CHECK(converted(std::int64_t{1}, ValueType::kBool) == Value());
  CHECK(converted(std::string("1"), ValueType::kInteger) == Value());
  CHECK(converted(Color{1, 2}, ValueType::kNumber) == Value());
}

TEST_CASE("values read as people write them") {
  CHECK(to_text(true) == "on");
  CHECK(to_text(false) == "off");
  CHECK(to_text(std::int64_t{40}) == "40");
  CHECK(to_text(21.05) == "21.05");
  CHECK(to_text(std::string("Grün")) == "Grün");
  CHECK(to_text(Color{240, 80}) == "240°/80%");
  CHECK(to_text({}) == "none");
  CHECK(to_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(to_text(-std::numeric_limits<double>::max()) == "-1.7976931348623157e+308");
}

TEST_CASE("only integers and numbers are numbers") {
  CHECK(as_number(std::int64_t{3}) == 3);
  CHECK(as_number(2.5) == 2.5);
  CHECK(std::isnan(as_number(true)));
  CHECK(std::isnan(as_number(std::string("3"))));
}
