#include "encoding/visible.hpp"

#include <doctest/doctest.h>

#include "encoding/json.hpp"
#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

std::string shown(std::string_view text) {
  const exact_text input(text);
  return encoding::visible(input.view());
}

TEST_CASE("what a terminal or a reader of lines would obey is written out") {
  CHECK(shown("a\x1b[31mb") == "a\\u001b[31mb");
  CHECK(shown("a\rb") == "a\\u000db");
  CHECK(shown("a\x7f") == "a\\u007f");
  CHECK(shown("a\xC2\x80\xC2\x85\xC2\x9B\xC2\x9F") == "a\\u0080\\u0085\\u009b\\u009f");
  CHECK(shown("\xE2\x80\xA8\xE2\x80\xA9") == "\\u2028\\u2029");
  for (const auto& [text, written] : {std::pair{"\xD8\x9C", "061c"},
                                      {"\xE2\x80\x8E", "200e"},
                                      {"\xE2\x80\x8F", "200f"},
                                      {"\xE2\x80\xAA", "202a"},
                                      {"\xE2\x80\xAE", "202e"},
                                      {"\xE2\x81\xA6", "2066"},
                                      {"\xE2\x81\xA9", "2069"},
                                      {"\xEF\xBB\xBF", "feff"},
                                      {"\xE2\x80\x8B", "200b"}}) {
    const auto& expected = written;
    CAPTURE(expected);
    CHECK(shown(std::string("a") + text + "b") == std::string("a\\u") + written + "b");
  }
  CHECK(shown("\xF3\xA0\x81\x81") == "\\udb40\\udc41");
}

TEST_CASE("all other text stays as it is") {
  for (const std::string_view text :
       {"", "plain \\ \"quoted\" text", "tab\tand\nline", "\xC2\xA0\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80",
        "\xE2\x80\xA7\xE2\x80\xAF\xE2\x81\x9F\xE2\x81\xB0"}) {
    CHECK(shown(text) == text);
  }
}

TEST_CASE("bytes that are not UTF-8 become the replacement character, one each") {
  CHECK(shown("a\x9B"
              "b") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(shown("\xE2\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(shown("\xC0\x9B") == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a JSON text stays the same document") {
  const encoding::json document{{"a\xE2\x80\xAE", "\xC2\x9B\x7F\xE2\x80\xA8\xF3\xA0\x81\x81\n\"\\"}};
  const auto read = encoding::parse_json(shown(encoding::canonical_json(document)));
  REQUIRE(read.ok());
  CHECK(*read == document);
}

}  // namespace
}  // namespace sallyport::testing
