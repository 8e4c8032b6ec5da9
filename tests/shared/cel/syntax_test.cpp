#include <doctest/doctest.h>

#include "tests/shared/cel/support.hpp"

using namespace sallyport;
using namespace sallyport::cel::testing;

TEST_CASE("operators bind as in the grammar: * before +, + before <, < before &&, && before ||, || before ?:") {
  CHECK(holds("1 + 2 * 3 == 7"));
  CHECK(holds("(1 + 2) * 3 == 9"));
  CHECK(holds("true || false && false"));
  CHECK(holds("1 < 2 && 2 < 3 ? true : false"));
  CHECK(holds("10 - 2 - 3 == 5"));
  CHECK(holds("!false && !!true"));
  CHECK(holds("--1 == 1"));
  CHECK(holds("false ? false : true ? true : false"));
}

TEST_CASE("what the grammar does not have is cel_syntax") {
  for (const auto source :
       {"",      "1 +",        "1 2",    "(1",    "[1",       "{1}",   "{1:2",   "a.",    "a b",
        "a = b", "1 & 2",      "@",      "'open", "f(1,)",    "a ? b", "[,]",    "1u2",   "0x",
        "1e",    "''''open''", "a.true", "if",    "for == 1", "`a`",   "x.`a b", "{? 1}", "\"line\nfeed\""}) {
    CAPTURE(std::string_view(source));
    CHECK(why(source) == reason::cel_syntax);
  }
}

TEST_CASE("a syntax error names line and column, from 1, and what was expected") {
  CHECK(detail("1 +\n  * 2").find("line 2, column 3: found '*', expected a value") == 0);
  CHECK(detail("if").find("line 1, column 1: 'if' is a reserved word") == 0);
  cel::problem where;
  CHECK_FALSE(cel::compile("true &&\n\n  )", {}, {}, &where).ok());
  CHECK(where.at.line == 3);
  CHECK(where.at.column == 3);
}

TEST_CASE("comments and white space mean nothing; trailing commas in lists and maps are allowed") {
  CHECK(holds("// first\n1 // one\n == // is\n\t1"));
  CHECK(holds("[1, 2,].size() == 2"));
  CHECK(holds("{'a': 1,}.size() == 1"));
}

TEST_CASE("integers: decimal and hexadecimal, the least int included, out of range is cel_syntax") {
  CHECK(holds("-9223372036854775808 < 0"));
  CHECK(holds("0x7fffffffffffffff == 9223372036854775807"));
  CHECK(holds("-0xA == -10"));
  CHECK(holds("0xFFFFFFFFFFFFFFFFu == 18446744073709551615u"));
  CHECK(why("9223372036854775808") == reason::cel_syntax);
  CHECK(why("-9223372036854775809") == reason::cel_syntax);
  CHECK(why("18446744073709551616u") == reason::cel_syntax);
  CHECK(why("1e999") == reason::cel_syntax);
}

TEST_CASE("strings: every quote, raw, triple, every escape") {
  CHECK(holds(R"('a' == "a" && '''a''' == """a""")"));
  CHECK(holds(R"(r'\n' == '\\n' && R"\d" == '\\d')"));
  CHECK(holds("'''two\nlines''' == 'two\\nlines'"));
  CHECK(holds(R"('\a\b\f\n\r\t\v\\\?\"\'\`'.size() == 12)"));
  CHECK(holds(R"('\x41\101\u0041\U00000041' == 'AAAA')"));
  CHECK(holds(R"('\u00ff' == 'ÿ' && '\377' == 'ÿ')"));
  CHECK(holds(R"(b'\377' != b'ÿ' && b'ÿ' == b'\xc3\xbf' && rb'\x' == b'\\x' && bR'a' == b'a')"));
  CHECK(holds("'' == \"\" && '''''' == ''"));
}

TEST_CASE("an escape that CEL does not have is cel_syntax") {
  for (const auto source : {R"('\q')", R"('\x4')", R"('\400')", R"('\9')", R"('\uD800')", R"('\U00110000')",
                            R"(b'\u0041')", R"(b'\U00000041')", R"('\u12')"}) {
    CAPTURE(std::string_view(source));
    CHECK(why(source) == reason::cel_syntax);
  }
}

TEST_CASE("an expression that is not UTF-8 is cel_syntax") {
  CHECK(why("'\xff'") == reason::cel_syntax);
  CHECK(why("'\xc3'") == reason::cel_syntax);
}

TEST_CASE("a field name may be a reserved word, or anything in backquotes") {
  CHECK(holds("{'if': 1}.if == 1"));
  CHECK(holds("{'content-type': 1}.`content-type` == 1"));
  CHECK(holds("has({'a.b': 1}.`a.b`)"));
}

TEST_CASE("nesting has a limit, in the parser and in the tree, and names what to do") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + "1" + std::string(depth, ')'); };
  CHECK(why(nested(60)) == reason::ok);
  CHECK(why(nested(100'00 / 2)) == reason::cel_syntax);
  std::string sum = "1";
  for (int i = 0; i < 200; ++i) sum += "+1";
  CHECK(why(sum) == reason::cel_syntax);
  CHECK(why(std::string(500, '!') + "true") == reason::cel_syntax);
  CHECK(why(std::string(500, '-') + "1") == reason::cel_syntax);
  CHECK(why(std::string(3000, '[') + std::string(3000, ']')) == reason::cel_syntax);
  CHECK(detail(sum).find("nested deeper than") != std::string::npos);
}

TEST_CASE("chains of && and || are wide, not deep") {
  std::string any = "false";
  for (int i = 0; i < 1000; ++i) any += " || false";
  CHECK(why(any) == reason::ok);
  CHECK(holds(any + " || true"));
}

TEST_CASE("an expression longer than the limit is cel_syntax") {
  CHECK(why("'" + std::string(17 * 1024, 'a') + "'") == reason::cel_syntax);
}
