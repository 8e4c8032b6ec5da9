#include "document/units.hpp"

#include <doctest/doctest.h>

#include "tests/support/exact.hpp"

using namespace sallyport;
using sallyport::testing::exact_text;

TEST_CASE("a duration or size is a whole number and one unit; each reader has its units and its end") {
  struct row {
    std::string_view text;
    /// -1: not one.
    std::int64_t seconds, milliseconds, size, any_size, count;
  };
  constexpr std::int64_t no = -1;
  constexpr row rows[] = {
      {"0s", 0, 0, no, no, no},
      {"30s", 30, 30'000, no, no, no},
      {"5m", 300, 300'000, no, no, no},
      {"12h", 43'200, 43'200'000, no, no, no},
      {"7d", 604'800, no, no, no, no},
      {"250ms", no, 250, no, no, no},
      {"8784h", 31'622'400, 31'622'400'000, no, no, no},
      {"8785h", 31'626'000, no, no, no, no},
      {"999999999s", 999'999'999, no, no, no, no},
      {"1000000000s", no, no, no, no, no},
      {"99999999999999h", no, no, no, no, no},
      {"0B", no, no, 0, 0, no},
      {"64KiB", no, no, 65'536, 65'536, no},
      {"8MiB", no, no, 8'388'608, 8'388'608, no},
      {"2GiB", no, no, no, 2'147'483'648, no},
      {"8388608GiB", no, no, no, 9'007'199'254'740'992, no},
      {"8388609GiB", no, no, no, no, no},
      {"0", no, no, no, 0, 0},
      {"12", no, no, no, 12, 12},
      {"65536", no, no, no, 65'536, 65'536},
  };
  for (const auto& each : rows) {
    CAPTURE(each.text);
    const exact_text input(each.text);
    CHECK(document::parse_seconds(input.view()).value_or(no) == each.seconds);
    CHECK(document::parse_milliseconds(input.view()).value_or(no) == each.milliseconds);
    CHECK(static_cast<std::int64_t>(document::parse_size(input.view()).value_or(UINT64_MAX)) == each.size);
    CHECK(static_cast<std::int64_t>(document::parse_any_size(input.view()).value_or(UINT64_MAX)) == each.any_size);
    CHECK(static_cast<std::int64_t>(document::parse_count(input.view()).value_or(UINT64_MAX)) == each.count);
  }
}

TEST_CASE("nothing else is a duration, a size or a count") {
  for (const std::string_view bad : {"",
                                     "s",
                                     "KiB",
                                     "30 s",
                                     " 30s",
                                     "30s ",
                                     "30S",
                                     "1.5h",
                                     "-1s",
                                     "+1s",
                                     "030s",
                                     "00",
                                     "012",
                                     "01KiB",
                                     "1h30m",
                                     "1w",
                                     "64KB",
                                     "64kib",
                                     "1.5MiB",
                                     "64 KiB",
                                     "0x10",
                                     "12 ",
                                     "-1",
                                     "18446744073709551616",
                                     "99999999999999999999B"}) {
    CAPTURE(bad);
    const exact_text input(bad);
    CHECK_FALSE(document::parse_seconds(input.view()));
    CHECK_FALSE(document::parse_milliseconds(input.view()));
    CHECK_FALSE(document::parse_size(input.view()));
    CHECK_FALSE(document::parse_any_size(input.view()));
    CHECK_FALSE(document::parse_count(input.view()));
  }
}

TEST_CASE("what is written is the largest unit that loses nothing") {
  struct row {
    std::int64_t number;
    std::string_view seconds, milliseconds, size;
  };
  constexpr row rows[] = {
      {0, "0s", "0ms", "0B"},
      {90, "90s", "90ms", "90B"},
      {120, "2m", "120ms", "120B"},
      {1500, "25m", "1500ms", "1500B"},
      {65'536, "65536s", "65536ms", "64KiB"},
      {90'000, "25h", "90s", "90000B"},
      {604'800, "7d", "604800ms", "604800B"},
      {3'600'000, "1000h", "1h", "3600000B"},
  };
  for (const auto& [number, seconds, milliseconds, size] : rows) {
    const auto& its_number = number;
    CAPTURE(its_number);
    CHECK(document::seconds_text(number) == seconds);
    CHECK(document::milliseconds_text(number) == milliseconds);
    CHECK(document::size_text(static_cast<std::uint64_t>(number)) == size);
  }
}
