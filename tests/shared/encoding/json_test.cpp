#include "encoding/json.hpp"

#include <doctest/doctest.h>

#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::encoding;
using sallyport::testing::exact_text;

namespace {

reason why(std::string_view text, const json_limits& limits = {}) {
  return parse_json(exact_text(text).view(), limits).why();
}

std::string canonical(std::string_view text) {
  const auto value = parse_json(exact_text(text).view());
  return value.ok() ? canonical_json(*value) : std::string(name_of(value.why()));
}

}  // namespace

TEST_CASE("refuses what strict JSON does not have") {
  using namespace std::string_view_literals;
  CHECK(why("") == reason::json_syntax);
  CHECK(why("[1,]") == reason::json_syntax);
  CHECK(why("{\"a\":1,}") == reason::json_syntax);
  CHECK(why("[1] x") == reason::json_syntax);
  CHECK(why("// c\n1") == reason::json_syntax);
  CHECK(why("01") == reason::json_syntax);
  CHECK(why("+1") == reason::json_syntax);
  CHECK(why("NaN") == reason::json_syntax);
  CHECK(why("'a'") == reason::json_syntax);
  CHECK(why("\"\t\"") == reason::json_syntax);
  CHECK(why("[1]\0"sv) == reason::json_syntax);
  CHECK(why("[1]\0[2]"sv) == reason::json_syntax);
  CHECK(why("\xEF\xBB\xBF[1]") == reason::json_syntax);
}

TEST_CASE("refuses duplicate members at any depth") {
  CHECK(why(R"({"a":1,"a":1})") == reason::json_duplicate_member);
  CHECK(why(R"({"x":[{"a":1,"b":2,"a":3}]})") == reason::json_duplicate_member);
  CHECK(why(R"({"a":1,"\u0061":2})") == reason::json_duplicate_member);
  CHECK(why(R"([{"a":1},{"a":1}])") == reason::ok);
}

TEST_CASE("refuses ill-formed UTF-8 and lone surrogates") {
  CHECK(why("\"\xFF\"") == reason::utf8_invalid);
  CHECK(why("\"\xC0\x80\"") == reason::utf8_invalid);
  CHECK(why("\"\xED\xA0\x80\"") == reason::utf8_invalid);
  CHECK(why("\"\xF4\x90\x80\x80\"") == reason::utf8_invalid);
  CHECK(why("\"\xE2\x82") == reason::utf8_invalid);
  CHECK(why(R"("\ud800")") == reason::json_syntax);
  CHECK(why(R"("\udc00\ud800")") == reason::json_syntax);
  CHECK(canonical(R"("\ud83d\ude00")") == "\"\xF0\x9F\x98\x80\"");
}

TEST_CASE("keeps to its limits") {
  CHECK(why("[[[]]]", {100, 3}) == reason::ok);
  CHECK(why("[[[[]]]]", {100, 3}) == reason::json_too_deep);
  CHECK(why("[1,2]", {5, 3}) == reason::ok);
  CHECK(why("[1,23]", {5, 3}) == reason::json_too_large);
}

TEST_CASE("a whole number of up to 64 bits is kept to the last digit, however it is spelled") {
  for (const std::string_view digits :
       {"281674916028284928", "281674916028284930", "9007199254740992", "9007199254740993", "-9007199254740993",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615"}) {
    CAPTURE(digits);
    CHECK(canonical(digits) == digits);
    CHECK(canonical(std::string(digits) + ".0") == digits);
    CHECK(canonical(std::string(digits) + "00e-2") == digits);
    CHECK(canonical("[" + std::string(digits) + "]") == "[" + std::string(digits) + "]");
  }
  CHECK(canonical("2.8167491602828493e17") == "281674916028284930");
  CHECK(canonical("1e3") == "1000");
  CHECK(canonical("-1.5e1") == "-15");
  CHECK(canonical("0e99999999999999999999") == "0");
  CHECK(canonical("100e-2") == "1");
}

TEST_CASE("a number that would be kept as its neighbour is refused") {
  for (const std::string_view text :
       {"18446744073709551616", "-9223372036854775809", "99999999999999999999", "28167491602828493012",
        "340282366920938463463374607431768211457", "1.79000000000000000000000001e26", "18446744073709551616.0", "1e400",
        "-1e400", "1e-400", "1e-99999999999999999999", "0.99999999999999999999", "9007199254740992.5",
        "281674916028284930.5", "1.00000000000000000001"}) {
    CAPTURE(text);
    CHECK(why(text) == reason::json_number_invalid);
    CHECK(why("{\"a\":[" + std::string(text) + "]}") == reason::json_number_invalid);
  }
}

TEST_CASE("what was written reads as what it was") {
  for (const std::string_view text : {"123456789012345680000", "1e20", "1.79e26", "1e23", "1e21", "-1e20", "0.1",
                                      "1700000000.123456789", "9007199254740993", "18446744073709551615", "5e-324"}) {
    CAPTURE(text);
    const auto once = canonical(text);
    CHECK(canonical(once) == once);
  }
}

TEST_CASE("values are the same only when their numbers are") {
  const auto same = [](std::string_view left, std::string_view right) {
    return same_value(*parse_json(left), *parse_json(right));
  };
  CHECK(same("1", "1.0"));
  CHECK(same("[1e3]", "[1000]"));
  CHECK(same("18446744073709551615", "18446744073709551615"));
  CHECK_FALSE(same("18446744073709551615", "18446744073709552000"));
  CHECK_FALSE(same("9007199254740993", "9007199254740992"));
  CHECK_FALSE(same("{\"a\":9223372036854775807}", "{\"a\":9223372036854775808}"));
  CHECK_FALSE(same("1", "true"));
  CHECK_FALSE(same("1", "\"1\""));
  CHECK_FALSE(same("[]", "0"));
}

TEST_CASE("times and counts are integers of at most 53 bits") {
  CHECK(safe_integer(*parse_json("9007199254740991")) == 9007199254740991);
  CHECK(safe_integer(*parse_json("-9007199254740991")) == -9007199254740991);
  for (const std::string_view text :
       {"9007199254740992", "18446744073709551615", "-9223372036854775808", "1.5", "true"}) {
    CAPTURE(text);
    CHECK_FALSE(safe_integer(*parse_json(text)).has_value());
  }
  CHECK_FALSE(integer_member(*parse_json("{}"), "n").has_value());
}

TEST_CASE("numbers have the form that RFC 8785 gives them") {
  CHECK(canonical("9007199254740991") == "9007199254740991");
  CHECK(canonical("-0") == "0");
  CHECK(canonical("-0.0") == "0");
  CHECK(canonical("1.0") == "1");
  CHECK(canonical("1e21") == "1e+21");
  CHECK(canonical("123456789012345680000") == "123456789012345680000");
  CHECK(canonical("0.000001") == "0.000001");
  CHECK(canonical("0.0000001") == "1e-7");
  CHECK(canonical("5e-324") == "5e-324");
  CHECK(canonical("1e-323") == "1e-323");
  CHECK(canonical("1.5e-310") == "1.5e-310");
  CHECK(canonical("2.225073858507201e-308") == "2.225073858507201e-308");
  CHECK(canonical("2.2250738585072014e-308") == "2.2250738585072014e-308");
  CHECK(canonical("1.7976931348623157e308") == "1.7976931348623157e+308");
  CHECK(canonical("1e23") == "1e+23");
  CHECK(canonical("0.1") == "0.1");
  CHECK(canonical("0.30000000000000004") == "0.30000000000000004");
  CHECK(canonical("333333333.33333329") == "333333333.3333333");
  CHECK(canonical("4.50") == "4.5");
  CHECK(canonical("2e-3") == "0.002");
}

TEST_CASE("the canonical form sorts by UTF-16 code units") {
  // RFC 8785 section 3.2.3
  CHECK(
      canonical(R"({"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7})") ==
      "{\"\\r\":2,\"1\":4,\"\xC2\x80\":6,\"\xC3\xB6\":7,\"\xE2\x82\xAC\":1,\"\xF0\x9F\x98\x80\":5,\"\xEF\xAC\xB3\":3}");
  CHECK(canonical("{\"b\":[true,null],\"a\":\"\\u001f\\u2028/\"}") ==
        "{\"a\":\"\\u001f\xE2\x80\xA8/\",\"b\":[true,null]}");
}

TEST_CASE("names line and column of an error, never its text") {
  const auto value = parse_json("{\n  \"secret\": hunter2\n}");
  REQUIRE_FALSE(value.ok());
  CHECK(value.error().detail.find("line 2, column 13") != std::string::npos);
  CHECK(value.error().detail.find("hunter") == std::string::npos);
  CHECK(parse_json("{\n  \"a\": \"\xC3\xA4\xC3\"\n}").error().detail == "not UTF-8 at line 2, column 11");
}

TEST_CASE("a commented document knows where its values and names stand") {
  const auto doc = parse_jsonc("{ // note\n  \"a\": [1, /* x */ 22,\n    true],\n  \"b/c\": {\"d\": \"e\"}\n}");
  REQUIRE(doc.ok());
  const auto at = [&](std::string_view pointer) {
    const auto& p = doc->positions.find(pointer)->second;
    return std::to_string(p.line) + ":" + std::to_string(p.column);
  };
  CHECK(at("") == "1:1");
  CHECK(at("/a") == "2:8");
  CHECK(at("/a/0") == "2:9");
  CHECK(at("/a/1") == "2:20");
  CHECK(at("/a/2") == "3:5");
  CHECK(at("/b~1c") == "4:10");
  CHECK(at("/b~1c/d") == "4:16");
  CHECK(doc->name_positions.find("/b~1c/d")->second.column == 11);
}
