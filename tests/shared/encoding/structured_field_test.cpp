// What the third-party cases leave open: duplicate keys at any size, rounding, bounds of the scanner.
#include "encoding/structured_field.hpp"

#include <doctest/doctest.h>

#include "encoding/structured_field_scan.hpp"
#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

namespace sf = encoding::sf;

std::string round_trip(std::string_view text) {
  const exact_text input(text);
  const auto value = sf::parse_dictionary(input.view());
  if (!value.ok()) return std::string(name_of(value.why()));
  return *sf::serialize(*value);
}

TEST_CASE("a key that comes twice keeps its first place and takes its last value") {
  CHECK(round_trip("a=1, b=2, a=3") == "a=3, b=2");
  CHECK(round_trip("a;x=1;y;x=2") == "a;x=2;y");
}

TEST_CASE("a key that comes twice in a long dictionary follows the same rule") {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "k" + std::to_string(i % 50) + "=" + std::to_string(i) + (i < 199 ? ", " : "");
  const auto value = sf::parse_dictionary(text);
  REQUIRE(value.ok());
  REQUIRE(value->size() == 50);
  for (std::size_t i = 0; i < 50; ++i) {
    CHECK((*value)[i].key == "k" + std::to_string(i));
    CHECK(*sf::find_as<std::int64_t>(*value, (*value)[i].key) == 150 + static_cast<std::int64_t>(i));
  }
}

TEST_CASE("a decimal is rounded to thousandths over its shortest spelling, half to even") {
  CHECK(sf::round_to_decimal(1.0015)->thousandths == 1002);
  CHECK(sf::round_to_decimal(1.0025)->thousandths == 1002);
  CHECK(sf::round_to_decimal(-0.0015)->thousandths == -2);
  CHECK(sf::round_to_decimal(1e-7)->thousandths == 0);
  CHECK(sf::round_to_decimal(0.00051)->thousandths == 1);
  CHECK(sf::round_to_decimal(0.0005)->thousandths == 0);
  CHECK(sf::round_to_decimal(999999999999.999)->thousandths == 999999999999999);
  CHECK(sf::round_to_decimal(999999999999.9995).why() == reason::sf_unserializable);
  CHECK(sf::round_to_decimal(1e300).why() == reason::sf_unserializable);
}

TEST_CASE("every proper prefix of a dictionary is read to its end at most") {
  const std::string text = "a=\"x\\\"y\", b=(1 2.5;q);z=:AQID:, c=%\"f%c3%bc\", d=@12, e=?0, f=tok/x";
  for (std::size_t n = 0; n <= text.size(); ++n) {
    const exact_text input(std::string_view(text).substr(0, n));
    const auto value = sf::parse_dictionary(input.view());
    if (value.ok()) CHECK(sf::serialize(*value).ok());
  }
}

TEST_CASE("the error says where the text stops making sense") {
  CHECK(sf::parse_dictionary("a=1, b=!").error().detail == "at byte 7: expected an item or an inner list");
}

TEST_CASE("an inner list with parameters is read on its own") {
  const auto value = sf::parse_inner_list("(\"@method\" \"date\";bs);created=1");
  REQUIRE(value.ok());
  CHECK(value->items.size() == 2);
  CHECK(sf::parse_inner_list("a").why() == reason::sf_syntax);
  CHECK(sf::parse_inner_list("(a) b").why() == reason::sf_syntax);
}

}  // namespace
}  // namespace sallyport::testing
