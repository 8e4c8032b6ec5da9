#include "policy/load/units.hpp"

#include <doctest/doctest.h>

#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using sallyport::testing::exact_text;

TEST_CASE("a duration is a whole number and one unit") {
  CHECK(parse_duration(exact_text("0s").view()) == 0);
  CHECK(parse_duration(exact_text("30s").view()) == 30);
  CHECK(parse_duration(exact_text("5m").view()) == 300);
  CHECK(parse_duration(exact_text("12h").view()) == 43200);
  CHECK(parse_duration(exact_text("7d").view()) == 604800);
  for (const std::string_view bad :
       {"", "s", "30", "30 s", " 30s", "30S", "1.5h", "-1s", "+1s", "030s", "1h30m", "1000000000s", "30ms", "1w"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration(exact_text(bad).view()).has_value());
  }
}

TEST_CASE("a size is a whole number and one unit") {
  CHECK(parse_size(exact_text("0B").view()) == 0);
  CHECK(parse_size(exact_text("64KiB").view()) == 65536);
  CHECK(parse_size(exact_text("8MiB").view()) == 8388608);
  for (const std::string_view bad : {"", "64", "64KB", "64kib", "1GiB", "01KiB", "1.5MiB"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_size(exact_text(bad).view()).has_value());
  }
}
