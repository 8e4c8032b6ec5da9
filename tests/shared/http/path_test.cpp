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
    respelled{"/a-._~!$&'()*+,=:@", "/a-._~!$&'()*+,=:@"},
    respelled{"/%3a%40%21%24%26%27%28%29%2a%2b%2c%3d", "/:@!$&'()*+,="},
    respelled{"/%3A%40%21%24%26%27%28%29%2A%2B%2C%3D", "/:@!$&'()*+,="},
    respelled{"/chunks/[slug]/a|b", "/chunks/%5Bslug%5D/a%7Cb"},
    respelled{"/{a}^\"`", "/%7Ba%7D%5E%22%60"},
    respelled{"/%5b%7c%7b%5e%22%60%3c%3e", "/%5B%7C%7B%5E%22%60%3C%3E"},
    respelled{"/%C0x%E0%A0%80%F0%90%80%80%E9", "/%C0x%E0%A0%80%F0%90%80%80%E9"},
    respelled{"/a%20/.%20a/..a%20", "/a%20/.%20a/..a%20"},
    respelled{"/%7Euser", "/~user"},
    respelled{"/%41%5a%30", "/AZ0"},
    respelled{"/%c3%a7", "/%C3%A7"},
    respelled{"/a%20b", "/a%20b"},
    respelled{"/%3f%23%25", "/%3F%23%25"},
    respelled{"/%2525", "/%2525"},
    respelled{"/%252f", "/%252f"},
    respelled{"/...", "/..."},
    respelled{"/.a/..b", "/.a/..b"},
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
    refused_target{"/a/..%20/b", reason::path_dot_segment},
    refused_target{"/a/%2e%20%20", reason::path_dot_segment},
    refused_target{"/a/..%20;x/b", reason::path_dot_segment},
    refused_target{"/a.;b", reason::path_parameter},
    refused_target{"/a;", reason::path_parameter},
    refused_target{"/a%3bb", reason::path_parameter},
    refused_target{"/a%3Bb", reason::path_parameter},
    refused_target{"/a%01", reason::path_control_character},
    refused_target{"/a%0a/b", reason::path_control_character},
    refused_target{"/a%09", reason::path_control_character},
    refused_target{"/a%1F", reason::path_control_character},
    refused_target{"/a%7f", reason::path_control_character},
    refused_target{"/a%C0%AFb", reason::path_encoded_separator},
    refused_target{"/a%c1%9cb", reason::path_encoded_separator},
    refused_target{"/%E0%80%AE%e0%80%ae/b", reason::path_encoded_separator},
    refused_target{"/%F0%80%80%AF", reason::path_encoded_separator},
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

constexpr http::path_forms every_form = http::encoded_slash | http::empty_segment | http::parameter;

TEST_CASE("lets a path hold the forms that are allowed, as they stand, and no other ones") {
  struct row {
    std::string_view from, to;
    http::path_forms held;
  };
  const row rows[] = {
      {"/a%2fb", "/a%2Fb", http::encoded_slash}, {"/a%2F%2fb/", "/a%2F%2Fb/", http::encoded_slash},
      {"/a//b", "/a//b", http::empty_segment},   {"//", "//", http::empty_segment},
      {"/a;x=1/b", "/a;x=1/b", http::parameter}, {"/a%3bx/b", "/a%3Bx/b", http::parameter},
      {"/a;%2f//%41", "/a;%2F//A", every_form},  {"/a/b?c//d;e%2Ff", "/a/b?c//d;e%2Ff", http::no_forms},
  };
  for (const auto& each : rows) {
    CAPTURE(each.from);
    for (http::path_forms allowed = 0; allowed <= every_form; ++allowed) {
      const auto target = canonicalize_target(exact_text(each.from).view(), allowed);
      const auto missing = static_cast<http::path_forms>(each.held & ~allowed);
      CHECK(name_of(target.why()) == name_of(http::refusal_of(missing)));
      CHECK(require_canonical(each.to, allowed).ok() == (missing == 0));
      if (!target.ok()) continue;
      CHECK(target->text == each.to);
      CHECK(http::forms_of(target->path()) == each.held);
    }
  }
}

TEST_CASE("refuses dot segments, backslashes and NUL whatever is allowed, and wherever they hide") {
  for (const std::string_view target : {"/a%2F..", "/a%2F..%2Fb", "/..%2Fa", "/a%2f%2e%2E;x%2Fb", "/a/.%2F", "/a;/../b",
                                        "/a//..", "/a/..;/b", "/a%2F.%20%2Fb"}) {
    CAPTURE(target);
    CHECK(name_of(canonicalize_target(exact_text(target).view(), every_form).why()) ==
          name_of(reason::path_dot_segment));
    CHECK(name_of(require_canonical(exact_text(target).view(), every_form).why()) == name_of(reason::path_dot_segment));
  }
  CHECK(canonicalize_target("/a%5C", every_form).why() == reason::path_encoded_separator);
  CHECK(canonicalize_target("/a%00", every_form).why() == reason::path_encoded_separator);
  CHECK(canonicalize_target("/a\\b", every_form).why() == reason::path_backslash);
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
  CHECK(canonicalize_target("/it%27s?a=%27")->text == "/it's?a=%27");
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
