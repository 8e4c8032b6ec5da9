#include "core/calendar.hpp"

#include <doctest/doctest.h>

#include "tests/support/exact.hpp"

using namespace sallyport;
using sallyport::testing::exact_text;

TEST_CASE("a second has one place on the calendar") {
  struct row {
    unix_seconds seconds;
    std::string_view text;
    int day_of_week, day_of_year;
  };
  constexpr row rows[] = {
      {0, "1970-01-01T00:00:00Z", 4, 0},
      {-1, "1969-12-31T23:59:59Z", 3, 364},
      {951782400, "2000-02-29T00:00:00Z", 2, 59},
      {951868800, "2000-03-01T00:00:00Z", 3, 60},
      {-2203977600, "1900-02-28T00:00:00Z", 3, 58},
      {-2203891200, "1900-03-01T00:00:00Z", 4, 59},  // no leap year
      {1709251199, "2024-02-29T23:59:59Z", 4, 59},
      {1735689599, "2024-12-31T23:59:59Z", 2, 365},
      {-62135596800, "0001-01-01T00:00:00Z", 1, 0},
      {253402300799, "9999-12-31T23:59:59Z", 5, 364},
  };
  for (const auto& [seconds, text, day_of_week, day_of_year] : rows) {
    const auto& its_text = text;
    CAPTURE(its_text);
    const auto at = civil_of(seconds);
    CHECK(at.day_of_week == day_of_week);
    CHECK(at.day_of_year == day_of_year);
    CHECK(seconds_of(at) == seconds);
    CHECK(rfc3339_text({seconds, 0}) == text);
    CHECK(parse_rfc3339(exact_text(text).view())->seconds == seconds);
  }
}

TEST_CASE("every day follows the one before it") {
  civil_time before = civil_of(-62135596800);
  for (std::int64_t day = -719161; day <= 2932896; ++day) {
    const auto at = civil_of(day * 86400 + 3723);
    const bool next_day = at.year == before.year && at.month == before.month && at.day == before.day + 1;
    const bool next_month = at.year == before.year && at.month == before.month + 1 && at.day == 1;
    const bool next_year = at.year == before.year + 1 && at.month == 1 && at.day == 1 && at.day_of_year == 0;
    const bool follows = next_day || (next_month && !is_date(before.year, before.month, before.day + 1)) ||
                         (next_year && before.month == 12 && before.day == 31);
    const bool whole = follows && is_date(at.year, at.month, at.day) && seconds_of(at) == day * 86400 + 3723 &&
                       at.day_of_week == (before.day_of_week + 1) % 7;
    if (!whole) {
      CAPTURE(day);
      REQUIRE(whole);
    }
    before = at;
  }
  CHECK(before.year == 9999);
}

TEST_CASE("the calendar has these days and no others") {
  struct row {
    std::int64_t year;
    int month, day;
    bool there;
  };
  constexpr row rows[] = {{2023, 2, 28, true}, {2023, 2, 29, false}, {2024, 2, 29, true},  {1900, 2, 29, false},
                          {2000, 2, 29, true}, {2024, 4, 30, true},  {2024, 4, 31, false}, {2024, 12, 31, true},
                          {2024, 0, 1, false}, {2024, 13, 1, false}, {2024, 1, 0, false},  {2024, 1, 32, false}};
  for (const auto& [year, month, day, there] : rows) {
    const auto& its_year = year;
    CAPTURE(its_year);
    const auto& its_month = month;
    CAPTURE(its_month);
    const auto& its_day = day;
    CAPTURE(its_day);
    CHECK(is_date(year, month, day) == there);
  }
}

TEST_CASE("RFC 3339: fractions, offsets, and what is none") {
  CHECK(parse_rfc3339("2026-01-31T12:34:56.5Z")->nanoseconds == 500'000'000);
  CHECK(parse_rfc3339("2026-01-31T12:34:56.000000001Z")->nanoseconds == 1);
  CHECK(parse_rfc3339("1970-01-01T01:00:00+01:00")->seconds == 0);
  CHECK(parse_rfc3339("1969-12-31T23:30:00-00:30")->seconds == 0);
  CHECK(rfc3339_text({0, 120'000'000}) == "1970-01-01T00:00:00.12Z");
  for (const std::string_view bad :
       {"", "2026-01-31", "2026-01-31T12:34:56", "2026-01-31t12:34:56Z", "2026-01-31T12:34:56z", "2026-02-31T12:34:56Z",
        "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:34:60Z", "2026-01-31T12:34:56.Z",
        "2026-01-31T12:34:56.1234567890Z", "2026-1-31T12:34:56Z", "2026-01-31T12:34:56+24:00",
        "2026-01-31T12:34:56+0100", "0000-01-01T00:00:00Z", "2026-01-31T12:34:56Zx", " 2026-01-31T12:34:56Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_rfc3339(exact_text(bad).view()).has_value());
  }
}
