#include <doctest/doctest.h>

#include "tests/shared/cel/support.hpp"

using namespace sallyport;
using namespace sallyport::cel::testing;

namespace {

std::string type_of(std::string_view source, const cel::environment& names = {}) {
  const auto compiled = cel::compile(source, names);
  return compiled.ok() ? compiled->result_type().text() : std::string(name_of(compiled.why()));
}

}  // namespace

TEST_CASE("literals and operators have the types of the specification") {
  CHECK(type_of("1") == "int");
  CHECK(type_of("1u + 2u") == "uint");
  CHECK(type_of("1.0 / 2.0") == "double");
  CHECK(type_of("'a' + 'b'") == "string");
  CHECK(type_of("b'a'") == "bytes");
  CHECK(type_of("null") == "null");
  CHECK(type_of("1 < 2.0") == "bool");
  CHECK(type_of("[1, 2]") == "list(int)");
  CHECK(type_of("[1, 'a']") == "list(dyn)");
  CHECK(type_of("{'a': [1.0]}") == "map(string, list(double))");
  CHECK(type_of("[]") == "list(dyn)");
  CHECK(type_of("[[], [1]]") == "list(list(int))");
  CHECK(type_of("type(1)") == "type(int)");
  CHECK(type_of("timestamp('2020-01-01T00:00:00Z') - duration('1h')") == "timestamp");
  CHECK(type_of("optional.of(1).or(optional.none())") == "optional_type(int)");
  CHECK(type_of("ip('1.2.3.4')") == "net.IP");
}

TEST_CASE("macros have the types of what they make") {
  CHECK(type_of("[1].map(x, string(x))") == "list(string)");
  CHECK(type_of("{'a': 1}.map(k, k)") == "list(string)");
  CHECK(type_of("['a'].filter(x, x != '')") == "list(string)");
  CHECK(type_of("[1].exists(x, x > 0)") == "bool");
  CHECK(type_of("['a'].transformList(i, v, i)") == "list(int)");
  CHECK(type_of("{'a': 1}.transformMap(k, v, v > 0)") == "map(string, bool)");
  CHECK(type_of("['a'].transformMapEntry(i, v, {v: i})") == "map(string, int)");
  CHECK(type_of("cel.bind(x, [1], x)") == "list(int)");
  CHECK(type_of("[{'k': 2}, {'k': 1}].sortBy(x, x.k)") == "list(map(string, int))");
}

TEST_CASE("what does not fit is cel_type before anything runs") {
  for (const auto source : {"1 + 'a'",
                            "1 + 1u",
                            "1 && true",
                            "'a' || false",
                            "!1",
                            "-'a'",
                            "1 ? 2 : 3",
                            "true ? 1 : 'a'",
                            "x",
                            "x.y",
                            "f(1)",
                            "'a'.f()",
                            "size(1)",
                            "1.size()",
                            "'a' < 1",

                            "'a' in 'b'",
                            "1 in ['a']",
                            "[1]['a']",
                            "{'a': 1}[1]",
                            "1.field",
                            "[1].exists(x, x)",
                            "1.exists(x, true)",
                            "[1].map(1, 2)",
                            "has(1)",
                            "has(x)",
                            "'a'.matches('[')",
                            "matches('a', '(')",
                            "optional.of(1).optMap(x, x + 'a')",
                            "1.optMap(x, x)",
                            "[?1]",
                            "{?'a': 1}",
                            "a.B{c: 1}",
                            "B{}",
                            "string(string)"}) {
    CAPTURE(std::string_view(source));
    const auto reason_given = why(source);
    const bool refused = reason_given == reason::cel_type || reason_given == reason::cel_syntax;
    CHECK(refused);
  }
  CHECK(why("1 + 'a'") == reason::cel_type);
  CHECK(why("has(1)") == reason::cel_syntax);
  CHECK(why("[1].map(1, 2)") == reason::cel_syntax);
}

TEST_CASE("a type error says where, what and what to do") {
  CHECK(
      detail("true && finance").find("line 1, column 9: nothing is called 'finance' (text needs quotes: 'finance')") ==
      0);
  CHECK(detail("1 + 'a'").find("'+' does not go with int and string (write '1' + 'a')") != std::string::npos);
  CHECK(detail("identity.emial == ''", policy_names()).find("sallyport.Identity has no field 'emial'") !=
        std::string::npos);
  CHECK(
      detail("request.time.getHours('Europe/Paris') > 8", policy_names()).find("named time zones are not available") !=
      std::string::npos);
}

TEST_CASE("the declared fields of an object have their types; its maps hold dyn") {
  const auto names = policy_names();
  CHECK(type_of("identity.email", names) == "string");
  CHECK(type_of("identity.groups[0]", names) == "string");
  CHECK(type_of("identity.claims.repository", names) == "dyn");
  CHECK(type_of("identity.claims['level'] >= 3", names) == "bool");
  CHECK(type_of("request.headers['x-team']", names) == "string");
  CHECK(type_of("request.time < identity.expires", names) == "bool");
  CHECK(type_of("identity.email + 1", names) == "cel_type");
  CHECK(type_of("identity.groups == 'finance'", names) == "cel_type");
}

TEST_CASE("a condition must be bool; dyn may be one") {
  cel::compile_options options;
  options.expected = cel::type_kind::boolean;
  const auto names = policy_names();
  CHECK(cel::compile("identity.email", names, options).why() == reason::cel_type);
  CHECK(cel::compile("identity.email != ''", names, options).ok());
  CHECK(cel::compile("identity.claims.admin", names, options).ok());
}

TEST_CASE("a name is looked up in the container first, from the innermost; a leading dot means the root") {
  cel::environment names;
  names.declare("a.b.x", cel::type_kind::integer);
  names.declare("a.x", cel::type_kind::string);
  names.declare("x", cel::type_kind::boolean);
  names.set_container("a.b");
  CHECK(type_of("x", names) == "int");
  CHECK(type_of(".x", names) == "bool");
  names.set_container("a.c");
  CHECK(type_of("x", names) == "string");
  names.set_container("");
  CHECK(type_of("a.b.x", names) == "int");
}

TEST_CASE("the variable of a macro hides what is called the same outside") {
  cel::environment names;
  names.declare("x", cel::type_kind::string);
  names.declare("y.z", cel::type_kind::string);
  CHECK(type_of("[1].map(x, x)", names) == "list(int)");
  CHECK(type_of("[{'z': 1}].map(y, y.z)", names) == "list(int)");
  CHECK(type_of("[1].map(x, .x)", names) == "list(string)");
  CHECK(type_of("[[1]].map(x, x.map(x, x + 1))", names) == "list(list(int))");
}

TEST_CASE("without checking, what does not fit is an evaluation error, and only where it is needed") {
  CHECK(why("1 + 'a'", false) == reason::cel_evaluation);
  CHECK(why("x", false) == reason::cel_evaluation);
  CHECK(why("x || true", false) == reason::ok);
  CHECK(why("f(1) || true", false) == reason::ok);
  CHECK(why("'a' && false", false) == reason::ok);
  CHECK(why("'a'.matches('[')", false) == reason::cel_evaluation);
}

TEST_CASE("calls of constants that can only fail are refused when the caller wants it so") {
  cel::compile_options options;
  options.refuse_known_errors = true;
  CHECK(cel::compile("timestamp('yesterday') < timestamp(0)", {}, options).why() == reason::cel_type);
  CHECK(cel::compile("cidr('10.0.0.0/33').containsIP('10.0.0.1')", {}, options).why() == reason::cel_type);
  CHECK(cel::compile("timestamp('2020-01-01T00:00:00Z') < timestamp(0)", {}, options).ok());
  CHECK(why("timestamp('yesterday') < timestamp(0)") == reason::cel_evaluation);
}
