#include "document/syntax.hpp"

#include <doctest/doctest.h>

#include "document/position.hpp"
#include "encoding/json.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using sallyport::testing::exact_text;

TEST_CASE("a line and a column are a byte of the text, or its end") {
  constexpr std::string_view text = "ab\ncd\n\ne";
  struct row {
    std::size_t line, column, offset;
  };
  constexpr row rows[] = {{1, 1, 0}, {1, 2, 1}, {2, 1, 3}, {2, 2, 4}, {3, 1, 6}, {4, 1, 7},
                          {4, 2, 8}, {4, 9, 8}, {5, 1, 8}, {9, 9, 8}, {0, 0, 0}};
  for (const auto& [line, column, offset] : rows) {
    const auto& its_line = line;
    CAPTURE(its_line);
    const auto& its_column = column;
    CAPTURE(its_column);
    CHECK(document::offset_of(exact_text(text).view(), {line, column}) == offset);
  }
}

TEST_CASE("a value without a place stands at the start") {
  const encoding::json_positions places = {{"/a", {3, 5}}};
  CHECK(document::position_of(places, "/a").line == 3);
  CHECK(document::position_of(places, "/a").column == 5);
  CHECK(document::position_of(places, "/b").line == 1);
  CHECK(document::position_of(places, "/b").column == 1);
}

TEST_CASE("a text that is not JSON gets its place, what is wrong, and what to do") {
  struct row {
    std::string_view text;
    reason why;
    std::size_t line, column;
    std::string_view advice;
  };
  constexpr row rows[] = {
      {"{\"a\": 1,\n \"a\": 2}", reason::policy_duplicate, 2, 4, "drop one: two readers would see two values"},
      {"{\n  a: 1}", reason::policy_syntax, 2, 3, "names of members stand in double quotes: \"a\""},
      {"{\"a\": True}", reason::policy_syntax, 1, 7, "write true"},
      {"", reason::policy_syntax, 1, 1, "the document is empty: it starts with {"},
  };
  for (const auto& each : rows) {
    CAPTURE(each.text);
    const auto read = encoding::parse_jsonc(each.text);
    REQUIRE_FALSE(read.ok());
    const auto found = document::syntax_problem(read.error(), each.text);
    CHECK(found.why == each.why);
    CHECK(found.path == "$");
    CHECK(found.line == each.line);
    CHECK(found.column == each.column);
    CHECK(found.advice == each.advice);
    CHECK(found.message.find("at line") == std::string::npos);
    CHECK_FALSE(found.message.empty());
  }
}

TEST_CASE("a problem is one line, whatever the document holds") {
  const document::problem wrong{reason::policy_syntax, "$['a\nb']", 2, 3, "unknown member a\nb\x1b", "drop it"};
  CHECK(document::describe(wrong) == "2:3: unknown member a?b? ($['a?b']); drop it");
}
