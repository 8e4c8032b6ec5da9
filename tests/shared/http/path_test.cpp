#include "http/path.hpp"

#include <doctest/doctest.h>

#include <array>

#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

using http::canonicalize_target;
using http::require_canonical;

struct respelled {
  std::string_view from, to;
};

constexpr std::array respellings = {
    respelled{"/", "/"},
    respelled{"/a/b/", "/a/b/"},
    respelled{"/a-._~!$&'()*+,;=:@", "/a-._~!$&'()*+,;=:@"},
    respelled{"/%7Euser", "/~user"},
    respelled{"/%41%5a%30", "/AZ0"},
    respelled{"/%c3%a7", "/%C3%A7"},
    respelled{"/a%20b", "/a%20b"},
    respelled{"/%3f%23%25", "/%3F%23%25"},
    respelled{"/%2525", "/%2525"},
    respelled{"/%252f", "/%252f"},
    respelled{"/...", "/..."},
    respelled{"/.a/..b", "/.a/..b"},
    respelled{"/a.;b", "/a.;b"},
    respelled{"/%2ea", "/.a"},
    respelled{"/a?", "/a?"},
    respelled{"/a?b=%7e&c=%2f%00", "/a?b=~&c=%2F%00"},
    respelled{"/a?b=//../?", "/a?b=//../?"},
    respelled{"/a?[x]={y}|^`\\", "/a?[x]={y}|^`\\"},
    respelled{"/a?b=c+d", "/a?b=c+d"},
};

TEST_CASE("gives every target its one spelling, and the same again when given that") {
  for (const auto& each : respellings) {
    CAPTURE(each.from);
    const exact_text input(each.from);
    const auto target = canonicalize_target(input.view());
    REQUIRE(target.ok());
    CHECK(target->text == each.to);
    CHECK(canonicalize_target(target->text)->text == each.to);
    CHECK(require_canonical(target->text).ok());
    const reason strict = require_canonical(input.view()).why();
    CHECK(name_of(strict) == name_of(each.from == each.to ? reason::ok : reason::path_not_canonical));
  }
}

struct refused_target {
  std::string_view text;
  reason why;
};

constexpr std::array refused_targets = {
    refused_target{"", reason::framing_target_form},
    refused_target{"a", reason::framing_target_form},
    refused_target{"*", reason::framing_target_form},
    refused_target{"?a", reason::framing_target_form},
    refused_target{"http://a/b", reason::framing_target_form},
    refused_target{"/a#b", reason::framing_target_form},
    refused_target{"/a?b#c", reason::framing_target_form},
    refused_target{"/%2f", reason::path_encoded_separator},
    refused_target{"/a%2Fb", reason::path_encoded_separator},
    refused_target{"/a%5cb", reason::path_encoded_separator},
    refused_target{"/a%5Cb", reason::path_encoded_separator},
    refused_target{"/a%00", reason::path_encoded_separator},
    refused_target{"/.", reason::path_dot_segment},
    refused_target{"/..", reason::path_dot_segment},
    refused_target{"/a/./b", reason::path_dot_segment},
    refused_target{"/a/../b", reason::path_dot_segment},
    refused_target{"/a/%2e", reason::path_dot_segment},
    refused_target{"/a/%2E%2e/b", reason::path_dot_segment},
    refused_target{"/a/.%2e/b", reason::path_dot_segment},
    refused_target{"/a/..;x/b", reason::path_dot_segment},
    refused_target{"/a/.;", reason::path_dot_segment},
    refused_target{"/a/..%3bx", reason::path_dot_segment},
    refused_target{"/a/..?b", reason::path_dot_segment},
    refused_target{"/a\\b", reason::path_backslash},
    refused_target{"//", reason::path_empty_segment},
    refused_target{"//a", reason::path_empty_segment},
    refused_target{"/a//b", reason::path_empty_segment},
    refused_target{"/a//", reason::path_empty_segment},
    refused_target{"/%", reason::path_invalid_percent},
    refused_target{"/%2", reason::path_invalid_percent},
    refused_target{"/%zz", reason::path_invalid_percent},
    refused_target{"/%u002f", reason::path_invalid_percent},
    refused_target{"/a?%", reason::path_invalid_percent},
    refused_target{"/a?%4", reason::path_invalid_percent},
    refused_target{"/a b", reason::path_invalid_character},
    refused_target{"/a\tb", reason::path_invalid_character},
    refused_target{"/\xC3\xA7", reason::path_invalid_character},
    refused_target{"/a<b", reason::path_invalid_character},
    refused_target{"/a[b", reason::path_invalid_character},
    refused_target{"/a{b", reason::path_invalid_character},
    refused_target{"/a|b", reason::path_invalid_character},
    refused_target{"/a^b", reason::path_invalid_character},
    refused_target{"/a\"b", reason::path_invalid_character},
    refused_target{"/a?\xC3\xA7", reason::path_invalid_character},
    refused_target{"/a?b c", reason::path_invalid_character},
    refused_target{"/a?<", reason::path_invalid_character},
    refused_target{"/a?\"", reason::path_invalid_character},
    refused_target{"/a?\x7F", reason::path_invalid_character},
};

TEST_CASE("refuses every target that two readers could read in two ways") {
  for (const auto& each : refused_targets) {
    CAPTURE(each.text);
    const exact_text input(each.text);
    CHECK(name_of(canonicalize_target(input.view()).why()) == name_of(each.why));
    CHECK(name_of(require_canonical(input.view()).why()) == name_of(each.why));
  }
}

TEST_CASE("splits at the first question mark and tells an empty query from none") {
  const auto target = canonicalize_target("/a%7e?b?c");
  CHECK(target->path() == "/a~");
  CHECK(target->query() == "b?c");
  CHECK(canonicalize_target("/a?")->has_query());
  CHECK_FALSE(canonicalize_target("/a")->has_query());
  CHECK(require_canonical("/a?")->has_query);
}

TEST_CASE("spells an apostrophe of the query as fetch() sends it, and leaves one of the path") {
  CHECK(canonicalize_target("/it's?$filter=name%20eq%20'x'")->text == "/it's?$filter=name%20eq%20%27x%27");
  CHECK(canonicalize_target("/it%27s?a=%27")->text == "/it%27s?a=%27");
  CHECK(require_canonical("/it's?a=%27").ok());
  CHECK(require_canonical("/a?'").why() == reason::path_not_canonical);
}

TEST_CASE("takes a target of exactly the limit and refuses one byte more") {
  CHECK(canonicalize_target("/" + std::string(http::max_target_bytes - 1, 'a')).ok());
  CHECK(canonicalize_target("/" + std::string(http::max_target_bytes, 'a')).why() == reason::path_too_long);
}

TEST_CASE("reads a query as a form") {
  const auto pairs = http::parse_query("a=1&b=x+y%20z&a=2&c&&=d&e=f=g");
  REQUIRE(pairs.ok());
  const std::vector<http::query_pair> expected = {{"a", "1"}, {"b", "x y z"}, {"a", "2"},
                                                  {"c", ""},  {"", "d"},      {"e", "f=g"}};
  CHECK(*pairs == expected);
  CHECK(http::parse_query("")->empty());
  CHECK(http::parse_query("a=%FF").why() == reason::utf8_invalid);
  CHECK(http::parse_query("a&b&c", 2).why() == reason::path_too_long);
}

}  // namespace
}  // namespace sallyport::testing
