#include <doctest/doctest.h>

#include "tests/shared/cel/support.hpp"

using namespace sallyport;
using namespace sallyport::cel::testing;
using encoding::json;

TEST_CASE("&& and || do without an operand that fails when the other decides") {
  CHECK_FALSE(why("false && 1/0 > 0") != reason::ok);
  CHECK(holds("!(1/0 > 0 && false)"));
  CHECK(holds("true || 1/0 > 0"));
  CHECK(holds("1/0 > 0 || true"));
  CHECK(holds("1/0 > 0 || 2/0 > 0 || true"));
  CHECK(why("true && 1/0 > 0") == reason::cel_evaluation);
  CHECK(why("1/0 > 0 || false") == reason::cel_evaluation);
}

TEST_CASE("?: evaluates only the side it takes, and fails with its condition") {
  CHECK(holds("true ? true : 1/0 > 0"));
  CHECK(holds("false ? 1/0 > 0 : true"));
  CHECK(why("1/0 > 0 ? true : true") == reason::cel_evaluation);
}

TEST_CASE("all and exists are decided by one element whatever fails elsewhere; exists_one, map and filter are not") {
  CHECK(holds("[0, 1].exists(x, 1/x == 1)"));
  CHECK(holds("![0, 2].all(x, 1/x == 1)"));
  CHECK(why("[0, 2].exists(x, 1/x == 1)") == reason::cel_evaluation);
  CHECK(why("[0, 1].all(x, 1/x == 1)") == reason::cel_evaluation);
  CHECK(why("[0, 1].exists_one(x, 1/x == 1)") == reason::cel_evaluation);
  CHECK(why("[0, 1].map(x, 1/x)") == reason::cel_evaluation);
  CHECK(why("[0, 1].filter(x, 1/x == 1)") == reason::cel_evaluation);
}

TEST_CASE("cel.bind fails only where the name is used") {
  CHECK(holds("cel.bind(x, 1/0, true || x > 0)"));
  CHECK(why("cel.bind(x, 1/0, x > 0)") == reason::cel_evaluation);
}

TEST_CASE("integer arithmetic that does not fit 64 bits is an error at every edge") {
  for (const auto source : {"9223372036854775807 + 1",
                            "-9223372036854775808 - 1",
                            "-9223372036854775808 + -1",
                            "9223372036854775807 - -1",
                            "4611686018427387904 * 2",
                            "-9223372036854775808 * -1",
                            "-9223372036854775808 / -1",
                            "-(-9223372036854775808)",
                            "1 / 0",
                            "1 % 0",
                            "18446744073709551615u + 1u",
                            "0u - 1u",
                            "4294967296u * 4294967296u",
                            "1u / 0u",
                            "1u % 0u",
                            "int(1e19)",
                            "int(9223372036854775807.0)",
                            "int(18446744073709551615u)",
                            "uint(-1)",
                            "uint(-0.5)",
                            "int(0.0/0.0)",
                            "uint(1e20)",
                            "math.abs(-9223372036854775808)",
                            "int('9223372036854775808')",
                            "uint('-1')",
                            "int('')",
                            "int(' 1')",
                            "double('')",
                            "double('0x10')",
                            "double('1e999')"}) {
    CAPTURE(std::string_view(source));
    CHECK(why(source) == reason::cel_evaluation);
  }
  CHECK(holds("-9223372036854775808 % -1 == 0"));
  CHECK(holds("9223372036854775807 + 0 == 9223372036854775807"));
  CHECK(holds("-7 / 2 == -3 && -7 % 2 == -1"));
  CHECK(holds("1.0 / 0.0 > 1e308 && -1.0 / 0.0 < -1e308"));
}

TEST_CASE("numbers compare across their types by value; NaN with nothing") {
  CHECK(holds("dyn(1) == 1u && dyn(1u) == 1.0 && dyn(1.0) == 1"));
  CHECK(holds("1 < 1.5 && 2u > 1.5 && -1 < 0u && 18446744073709551615u > -1"));
  CHECK(holds("dyn(-1) != 18446744073709551615u"));
  CHECK(holds("dyn(9007199254740993) != 9007199254740992.0 && dyn(9007199254740993) > 9007199254740992.0"));
  CHECK(holds("dyn(9007199254740992) == 9007199254740992.0 && dyn(-9007199254740993) < -9007199254740992.0"));
  CHECK(holds("dyn(281674916028284930u) > 281674916028284928.0 && dyn(281674916028284928u) == 281674916028284928.0"));
  CHECK(
      holds("dyn(18446744073709551615u) < 18446744073709551616.0 && dyn(9223372036854775806) < 9223372036854775808.0"));
  CHECK(holds("dyn(0) > -0.5 && dyn(0) < 0.5 && dyn(-1) < -0.5 && dyn(0u) > -0.5 && dyn(2u) < 2.5 && dyn(3) > 2.5"));
  CHECK(holds("!(dyn(281674916028284930) in [281674916028284928.0])"));
  CHECK(holds("!(dyn(281674916028284928.0) in {281674916028284930: 1})"));
  CHECK(holds("0.0/0.0 != 0.0/0.0 && !(0.0/0.0 < 1.0) && !(0.0/0.0 >= 1.0)"));
  CHECK(holds("1 in [1.0] ? true : dyn(1) in [1.0]") == false);
  CHECK(holds("dyn(1) in [1.0, 2.0] && dyn(2u) in [1, 2]"));
  CHECK(holds("{1: 'a'}[dyn(1.0)] == 'a' && {1u: 'a'}[dyn(1)] == 'a'"));
}

TEST_CASE("values of other kinds are unequal, not an error; lists and maps are equal deeply") {
  CHECK(holds("dyn('1') != 1 && dyn(null) != false && dyn([]) != {}"));
  CHECK(holds("[1, [2, {'a': 3}]] == [1, [2, {'a': 3}]]"));
  CHECK(holds("{'a': 1, 'b': 2} == {'b': 2, 'a': 1}"));
  CHECK(holds("{'a': 1} != {'b': 1} && {'a': 1} != {'a': 1, 'b': 1}"));
  CHECK(holds("type(1) == int && type('') != int && type(type(1)) == type"));
}

TEST_CASE("a map with a key twice, or a key that is no key, is an error") {
  CHECK(why("{'a': 1, 'a': 2}") == reason::cel_evaluation);
  CHECK(why("{1: 1, 1u: 2}") == reason::cel_evaluation);
  CHECK(why("{1.0: 1}") == reason::cel_evaluation);
  CHECK(why("{null: 1}") == reason::cel_evaluation);
}

TEST_CASE("indexes out of range and keys that are not there are errors; has() asks first") {
  CHECK(why("[1][1]") == reason::cel_evaluation);
  CHECK(why("[1][-1]") == reason::cel_evaluation);
  CHECK(why("{'a': 1}['b']") == reason::cel_evaluation);
  CHECK(why("{'a': 1}.b") == reason::cel_evaluation);
  CHECK(holds("has({'a': 1}.a) && !has({'a': 1}.b)"));
  CHECK(holds("has({'a': null}.a) && has({'a': ''}.a)"));
}

TEST_CASE("an evaluation error says where it happened and never shows data") {
  const auto names = policy_names();
  const auto rule = cel::compile("identity.email == 'x' &&\n identity.claims.secret.field", names);
  REQUIRE(rule.ok());
  const json claims{{"secret", "hunter2"}};
  struct person final : cel::object {
    const json* claims;
    std::optional<cel::value> field(std::string_view name, cel::arena& memory) const override {
      if (name == "email") return cel::value::string("x");
      return cel::value_of_json(*claims, memory);
    }
  } someone;
  someone.claims = &claims;
  const cel::value variables[] = {cel::value::of_object(&someone)};
  cel::arena memory;
  const auto made = cel::evaluate(*rule, variables, memory);
  REQUIRE(made.why() == reason::cel_evaluation);
  CHECK(made.error().detail.find("line 2, column 24") == 0);
  CHECK(made.error().detail.find("hunter2") == std::string::npos);
}

TEST_CASE("a variable without a value is an error where it is used") {
  cel::environment names;
  names.declare("x", cel::type_kind::integer);
  const auto rule = cel::compile("x == 1 || true", names);
  REQUIRE(rule.ok());
  cel::arena memory;
  CHECK(cel::evaluate(*rule, {}, memory)->is_true());
  const auto strict = cel::compile("x == 1", names);
  CHECK(cel::evaluate(*strict, {}, memory).why() == reason::cel_evaluation);
  const cel::value absent[] = {cel::value::absent()};
  CHECK(cel::evaluate(*strict, absent, memory).why() == reason::cel_evaluation);
}

TEST_CASE("JSON is seen as maps, lists and numbers; members are found and listed lazily") {
  const auto document = encoding::parse_json(
      R"({"list":[1,"a",null,true],"n":1.5,"big":9007199254740993,"most":18446744073709551615,"o":{"k":{"z":"v"}}})");
  REQUIRE(document.ok());
  cel::environment names;
  REQUIRE(names.declare("c", "map(string, dyn)").ok());
  cel::arena memory;
  const cel::value variables[] = {cel::value_of_json(*document, memory)};
  const auto truth = [&](std::string_view source) {
    const auto compiled = cel::compile(source, names);
    if (!compiled.ok()) return false;
    const auto made = cel::evaluate(*compiled, variables, memory);
    return made.ok() && made->is_true();
  };
  CHECK(truth("c.list == [1, 'a', null, true]"));
  CHECK(truth("c.list[0] + 1 == 2 && c.n * 2.0 == 3.0"));
  CHECK(truth("c.o.k.z == 'v' && c['o']['k'] == {'z': 'v'}"));
  CHECK(truth("c.big == 9007199254740993 && c.big != 9007199254740992 && string(c.big) == '9007199254740993'"));
  CHECK(truth("c.big in [9007199254740993] && !(c.big in [9007199254740992]) && c.big > 9007199254740992"));
  CHECK(truth("c.most == 18446744073709551615u && type(c.most) == uint && string(c.most) == '18446744073709551615'"));
  CHECK(truth("c.most > 9223372036854775807 && c.most != 18446744073709551614u"));
  CHECK(truth("size(c) == 5 && 'n' in c && !('m' in c) && !has(c.m) && has(c.o.k)"));
  CHECK(truth("c.map(k, k) == ['big', 'list', 'most', 'n', 'o']"));
  CHECK(truth("c.exists(k, v, v == 1.5)"));
  CHECK(truth("type(c.o) == map && type(c.list) == list && type(c.n) == double"));
  CHECK(truth("c == c && c.o != c"));
  CHECK(truth("c.?o.?k.?z.orValue('') == 'v' && !c.?nothing.?more.hasValue()"));
}

TEST_CASE("optionals: none goes through selections, or and orValue give another") {
  CHECK(holds("{'a': {'b': 1}}.?a.?b.value() == 1"));
  CHECK(holds("!{'a': {}}[?'x'].hasValue()"));
  CHECK(holds("optional.none().or(optional.of(1)).orValue(2) == 1"));
  CHECK(holds("[?optional.none(), ?optional.of(1)] == [1]"));
  CHECK(holds("{?'a': optional.none(), ?'b': optional.of(1)} == {'b': 1}"));
  CHECK(holds("optional.ofNonZeroValue('').orValue('x') == 'x'"));
  CHECK(holds("[1][?0].optMap(x, x + 1).value() == 2"));
  CHECK(holds("[].first().orValue(7) == 7 && [1, 2].last().value() == 2"));
  CHECK(why("optional.none().value()") == reason::cel_evaluation);
}

TEST_CASE("the list extension sorts, slices, flattens and keeps what is distinct") {
  CHECK(holds("[3, 1, 2].sort() == [1, 2, 3] && ['b', 'a'].sort() == ['a', 'b']"));
  CHECK(holds("[{'n': 2}, {'n': 1}].sortBy(x, x.n) == [{'n': 1}, {'n': 2}]"));
  CHECK(holds("[1, 2, 3, 4].slice(1, 3) == [2, 3] && [1, 2].reverse() == [2, 1]"));
  CHECK(holds("[[1], [2, 3]].flatten() == [1, 2, 3] && [1, 1, 2].distinct() == [1, 2]"));
  CHECK(holds("lists.range(3) == [0, 1, 2] && sets.contains([1, 2], [2]) && !sets.intersects([1], [2])"));
  CHECK(why("[1, 2].slice(1, 3)") == reason::cel_evaluation);
  CHECK(why("[1, 'a'].sort()") == reason::cel_evaluation);
  CHECK(why("[[1]].sort()") == reason::cel_evaluation);
}
