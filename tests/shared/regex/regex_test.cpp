#include "regex/regex.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/exact.hpp"

using namespace sallyport;

namespace {

/// 1 or 0, or -1 when the pattern is refused.
int found(std::string_view pattern, std::string_view text) {
  const testing::exact_text exact_pattern(pattern);
  const testing::exact_text exact_text(text);
  const auto compiled = regex::pattern::compile(exact_pattern.view());
  return compiled.ok() ? compiled->found_in(exact_text.view()) : -1;
}

reason why(std::string_view pattern) {
  return regex::pattern::compile(pattern).why();
}

}  // namespace

TEST_CASE("a pattern matches anywhere unless it is anchored") {
  CHECK(found("ubb", "hubba") == 1);
  CHECK(found("^ubb", "hubba") == 0);
  CHECK(found("bba$", "hubba") == 1);
  CHECK(found("^hubba$", "hubba") == 1);
  CHECK(found("\\Ahub", "hubba") == 1);
  CHECK(found("bba\\z", "hubba\n") == 0);
  CHECK(found("", "") == 1);
  CHECK(found("^$", "") == 1);
  CHECK(found("a", "") == 0);
}

TEST_CASE("alternatives, groups and repetitions") {
  CHECK(found("^(a|bc)+$", "abca") == 1);
  CHECK(found("^(a|bc)+$", "abcb") == 0);
  CHECK(found("^a?b*c+$", "bbbc") == 1);
  CHECK(found("^a{2,3}$", "a") == 0);
  CHECK(found("^a{2,3}$", "aaa") == 1);
  CHECK(found("^a{2,3}$", "aaaa") == 0);
  CHECK(found("^a{2}$", "aa") == 1);
  CHECK(found("^a{2,}$", "aaaaa") == 1);
  CHECK(found("^a{0}$", "") == 1);
  CHECK(found("^(?:a*)*$", "aaa") == 1);
  CHECK(found("^(|a)+$", "aa") == 1);
  CHECK(found("a|", "x") == 1);
  CHECK(found("^(?P<year>\\d{4})-(?<month>\\d\\d)$", "2024-05") == 1);
  CHECK(found("^a+?b*?$", "aab") == 1);
  CHECK(found("^a{,2}$", "a{,2}") == 1);
  CHECK(found("^x{a}$", "x{a}") == 1);
}

TEST_CASE("classes: ranges, negation, Perl, POSIX and Unicode ones") {
  CHECK(found("^[a-c]+$", "abc") == 1);
  CHECK(found("^[^a-c]+$", "abc") == 0);
  CHECK(found("^[]a]+$", "]a") == 1);
  CHECK(found("^[a-]+$", "a-") == 1);
  CHECK(found("^[\\d\\s]+$", "1 2") == 1);
  CHECK(found("^[^\\d]+$", "ab") == 1);
  CHECK(found("^\\w+@\\w+$", "alice@acme") == 1);
  CHECK(found("^\\W$", "\xc3\xa9") == 1);
  CHECK(found("^[[:alpha:]_]+$", "Ab_") == 1);
  CHECK(found("^[[:^digit:]]+$", "a1") == 0);
  CHECK(found("^\\pL+$", "na\xc3\xafve") == 1);
  CHECK(found("^\\p{Lu}\\p{Ll}+$", "\xc3\x89tienne") == 1);
  CHECK(found("^\\PN+$", "abc1") == 0);
  CHECK(found("^\\p{Nd}+$", "\xd9\xa3") == 1);
  CHECK(found("^[\\p{Greek}]$", "x") == -1);
  CHECK(found("^\\x41\\x{1F431}\\101$",
              "A\xf0\x9f\x90\xb1"
              "A") == 1);
  CHECK(found("^.$", "\xf0\x9f\x90\xb1") == 1);
  CHECK(found("^[\xc3\xa9-\xc3\xaf]$", "\xc3\xab") == 1);
}

TEST_CASE("flags: case, lines, dot; for a group or for the rest") {
  CHECK(found("(?i)^HeLLo$", "hEllO") == 1);
  CHECK(found("^a(?i:b)c$", "aBc") == 1);
  CHECK(found("^a(?i:b)c$", "aBC") == 0);
  CHECK(found("^(?i)a(?-i)b$", "Ab") == 1);
  CHECK(found("^(?i)a(?-i)b$", "AB") == 0);
  CHECK(found("((?i)a)b", "aB") == 0);
  CHECK(found("(?i)[^a]", "A") == 0);
  CHECK(found("(?m)^b$", "a\nb\nc") == 1);
  CHECK(found("^b$", "a\nb\nc") == 0);
  CHECK(found("a.b", "a\nb") == 0);
  CHECK(found("(?s)a.b", "a\nb") == 1);
  CHECK(found("(?i)k", "\xe2\x84\xaa") == 1);
  CHECK(why("(?i)\xc3\xa9") == reason::cel_type);
}

TEST_CASE("word edges and quotation") {
  CHECK(found("\\bcat\\b", "a cat sat") == 1);
  CHECK(found("\\bcat\\b", "concat") == 0);
  CHECK(found("\\Bcat", "concat") == 1);
  CHECK(found("^\\Qa.b*\\E*$", "a.b***") == 1);
  CHECK(found("^\\Qa.b\\E$", "axb") == 0);
  CHECK(found("^\\Qa+", "a+") == 1);
  CHECK(found("\\Q\\E", "") == 1);
}

TEST_CASE("what RE2 refuses is refused: back-references, look-around, broken syntax") {
  for (const auto pattern :
       {"(",      ")",           "[",        "[a",     "a**",     "a+*",      "*a",   "+",     "?",
        "(?=a)",  "(?!a)",       "(?<=a)",   "(?<!a)", "(a)\\1",  "\\8",      "\\",   "[z-a]", "a{1001}",
        "a{3,2}", "\\pX",        "\\p{Foo}", "\\p{",   "(?P<n",   "(?P<>a)",  "(?z)", "\\y",   "[[:nope:]]",
        "\\x4",   "\\x{110000}", "\\C",      "(?i",    "x{2}{3}", "\\x{D800}"}) {
    CAPTURE(std::string_view(pattern));
    CHECK(why(pattern) == reason::cel_type);
  }
  CHECK(why("\xff") == reason::cel_type);
  CHECK(why(std::string(3000, 'a')) == reason::cel_type);
  CHECK(why(std::string(1000, '(')) == reason::cel_type);
}

TEST_CASE("a pattern whose program would be too large is refused, and quickly, even when it repeats nothing") {
  CHECK(why("((a{100}){100}){100}") == reason::cel_type);
  CHECK(why("(?:(?:(?:(?:){1000}){1000}){1000}){1000}") == reason::cel_type);
  CHECK(why("(?:\\pL{1000})") == reason::cel_type);
  CHECK(why("a{1000}") == reason::ok);
}

TEST_CASE("patterns that make backtracking matchers hang take linear time") {
  const std::string many(20'000, 'a');
  CHECK(found("^(a+)+$", many + "!") == 0);
  CHECK(found("^(a|a)*$", many + "!") == 0);
  CHECK(found("(a*)*b", many) == 0);
  CHECK(found("^(([a-z])+.)+[A-Z]([a-z])+$", many) == 0);
  CHECK(found("(x+x+)+y", std::string(20'000, 'x')) == 0);
  CHECK(found(
            "^" +
                [] {
                  std::string optional;
                  for (int i = 0; i < 30; ++i) optional += "a?";
                  return optional + std::string(30, 'a');
                }() +
                "$",
            std::string(30, 'a')) == 1);
}

TEST_CASE("the cost of a match grows with text and pattern, so that evaluation can refuse it") {
  const auto small = regex::pattern::compile("a");
  const auto large = regex::pattern::compile("(abcdefgh|ijklmnop){50}");
  REQUIRE(small.ok());
  REQUIRE(large.ok());
  CHECK(small->cost(100) < large->cost(100));
  CHECK(large->cost(100) < large->cost(10'000));
  CHECK(large->cost(1'000'000) > 100'000);
}
