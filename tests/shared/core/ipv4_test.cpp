#include "core/ipv4.hpp"

#include <doctest/doctest.h>

#include "tests/support/exact.hpp"

using namespace sallyport;
using sallyport::testing::exact_text;
using octets = std::array<std::uint8_t, 4>;

TEST_CASE("an IPv4 address is four decimal numbers up to 255") {
  CHECK(parse_ipv4(exact_text("0.0.0.0").view()) == octets{0, 0, 0, 0});
  CHECK(parse_ipv4(exact_text("127.0.0.1").view()) == octets{127, 0, 0, 1});
  CHECK(parse_ipv4(exact_text("255.249.199.100").view()) == octets{255, 249, 199, 100});
  for (const std::string_view bad :
       {"",         ".",        "1",         "1.2.3",      "1.2.3.",   "1.2.3.4.", "1.2.3.4.5",
        ".1.2.3",   "1..2.3",   "256.1.1.1", "1.1.1.256",  "01.2.3.4", "1.2.3.00", "1.2.3.0x1",
        "1.2.3.4 ", " 1.2.3.4", "1.2.3.+4",  "1000.1.1.1", "1,2,3,4",  "::1"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_ipv4(exact_text(bad).view()).has_value());
  }
}
