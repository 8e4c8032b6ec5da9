#include <doctest/doctest.h>

#include "tests/shared/cel/support.hpp"

using namespace sallyport;
using namespace sallyport::cel::testing;

namespace {

reason with_steps(std::string_view source, std::uint64_t steps) {
  cel::compile_options options;
  options.limits.max_cost = UINT64_MAX;
  const auto compiled = cel::compile(source, {}, options);
  if (!compiled.ok()) return compiled.why();
  cel::arena memory;
  return cel::evaluate(*compiled, {}, memory, {steps}).why();
}

std::string nested_bindings(std::string_view seed, std::string_view step, std::string_view use) {
  std::string source(use);
  for (int i = 30; i > 0; --i) {
    std::string body(step);
    const std::string outer = "a" + std::to_string(i - 1);
    for (std::size_t at = body.find('$'); at != std::string::npos; at = body.find('$')) body.replace(at, 1, outer);
    source = "cel.bind(a" + std::to_string(i) + ", " + body + ", " + source + ")";
  }
  return "cel.bind(a0, " + std::string(seed) + ", " + source + ")";
}

}  // namespace

TEST_CASE("macros within macros multiply the cost, and too much is cel_cost when loading") {
  cel::environment names;
  REQUIRE(names.declare("l", "list(int)").ok());
  const auto cost = [&](std::string_view source) {
    cel::compile_options options;
    options.limits.max_cost = UINT64_MAX;
    return cel::compile(source, names, options)->cost();
  };
  CHECK(cost("1 == 1") < 5);
  CHECK(cost("l.exists(x, x == 1)") > cel::program::assumed_size);
  CHECK(cost("l.exists(x, l.exists(y, x == y))") > cel::program::assumed_size * cel::program::assumed_size);
  CHECK(cost("[1, 2].exists(x, x == 1)") < 20);
  CHECK(cel::compile("l.all(a, l.all(b, l.all(c, l.all(d, a == b))))", names).why() == reason::cel_cost);
  CHECK(cel::compile("l.all(a, l.all(b, a == b))", names).ok());
  std::string deep = "true";
  for (int i = 0; i < 40; ++i) deep = "l.all(x" + std::to_string(i) + ", " + deep + ")";
  CHECK(cel::compile(deep, names).why() == reason::cel_cost);
}

TEST_CASE("evaluation stops at its step limit with cel_steps, which no operator absorbs") {
  CHECK(with_steps("lists.range(1000).exists(x, x == 999)", 100'000) == reason::ok);
  CHECK(with_steps("lists.range(1000).exists(x, x == 999)", 1'000) == reason::cel_steps);
  CHECK(with_steps("lists.range(1000).exists(x, x == 999) || true", 1'000) == reason::cel_steps);
  CHECK(with_steps("false && lists.range(100000).all(x, true)", 1'000) == reason::ok);
  CHECK(with_steps("lists.range(9223372036854775807).size()", 100'000) == reason::cel_steps);
}

TEST_CASE("strings cannot grow beyond the memory of an evaluation") {
  CHECK(why(nested_bindings("'aaaaaaaaaaaaaaaa'", "$ + $", "a30.size()")) == reason::cel_steps);
  CHECK(why(nested_bindings("'aaaaaaaaaaaaaaaa'", "$.replace('a', 'aaaaaaaa')", "a30.size()")) == reason::cel_steps);
  CHECK(why(nested_bindings("['a', 'b']", "[$.join('xxxxxxxx'), $.join('yyyyyyyy')]", "a30.size()")) ==
        reason::cel_steps);
  CHECK(why(nested_bindings("'a'", "'%s%s%s'.format([$, $, $])", "a30.size()")) != reason::ok);
}

TEST_CASE("values that share their parts cannot make comparison or formatting exponential") {
  CHECK(why(nested_bindings("[1]", "[$, $]", "a30 == a30")) == reason::cel_steps);
  CHECK(why(nested_bindings("[1]", "[$, $]", "[a30, a30].distinct().size()")) == reason::cel_steps);
  CHECK(why(nested_bindings("[1]", "[$, $]", "'%s'.format([a30])")) != reason::ok);
  CHECK(why(nested_bindings("[[1]]", "[$, $]", "dyn(a29).flatten(30).size()")) == reason::cel_steps);
}

TEST_CASE(
    "a value nested deeper than its expression cannot make comparison, formatting or flattening use up the stack") {
  const std::string wrapped = std::string(40, '[') + "$" + std::string(40, ']');
  CHECK(why(nested_bindings("[1]", wrapped, "a30 == a30")) == reason::cel_steps);
  CHECK(why(nested_bindings("[1]", wrapped, "'%s'.format([a30])")) == reason::cel_evaluation);
  CHECK(why(nested_bindings("[1]", wrapped, "dyn([a30]).flatten(9223372036854775807).size()")) == reason::ok);
}

TEST_CASE("types of maps within maps cannot make the checker exponential") {
  CHECK(why(nested_bindings("{1: 1}", "{$: $}", "a30 == a30")) == reason::cel_evaluation);
  CHECK(why(nested_bindings("[1]", "[$]", "a30 == a30")) == reason::ok);
}

TEST_CASE("a wide list of unknown types is no deep recursion in the checker") {
  std::string wide = "[";
  for (int i = 0; i < 5000; ++i) wide += "[],";
  wide += "[]]";
  CHECK(why(wide) == reason::ok);
  CHECK(why(wide + "[0] + [1] == [1]") == reason::ok);
}

TEST_CASE("the memory limit is the arena's") {
  const auto compiled = cel::compile("lists.range(100).map(x, x * 2).size()", {});
  REQUIRE(compiled.ok());
  cel::arena large;
  CHECK(cel::evaluate(*compiled, {}, large).ok());
  cel::arena small(1000);
  CHECK(cel::evaluate(*compiled, {}, small).why() == reason::cel_steps);
}

TEST_CASE("what counts against the memory of an evaluation has the same size in every build") {
  const auto cost = [](auto take) {
    cel::arena memory(4096);
    take(memory);
    return 4096 - memory.remaining();
  };
  // Rounded up to 16: text by its bytes, 24 for each value of a list and 48 for each entry of a map, 32 for an object.
  CHECK(cost([](cel::arena& memory) { memory.copy("a"); }) == 16);
  CHECK(cost([](cel::arena& memory) { memory.copy("0123456789abcdefx"); }) == 32);
  CHECK(cost([](cel::arena& memory) { memory.make_array<char>(16); }) == 16);
  CHECK(cost([](cel::arena& memory) { memory.make_array<cel::value>(1); }) == 32);
  CHECK(cost([](cel::arena& memory) { memory.make_array<cel::value>(3); }) == 80);
  CHECK(cost([](cel::arena& memory) { memory.make_array<cel::map_entry>(1); }) == 48);
  CHECK(cost([](cel::arena& memory) { memory.make<cel::value>(); }) == 32);
  CHECK(cost([](cel::arena& memory) { memory.make<cel::fault>(); }) == 32);
  CHECK(cost([](cel::arena& memory) { memory.make<cel::network>(); }) == 32);
}

TEST_CASE("no position beyond 32 bits is taken for another one") {
  for (const std::string_view source :
       {"'abc'.charAt(4294967296)", "'abc'.substring(4294967296)", "'abc'.substring(0, 4294967297)",
        "'abc'.indexOf('a', 4294967296)", "'abc'.lastIndexOf('c', 4294967298)", "[1][4294967296]",
        "[1, 2].slice(0, 4294967297)"}) {
    CAPTURE(source);
    CHECK(why(source) == reason::cel_evaluation);
  }
}

TEST_CASE("a program can be evaluated again and again, also after it failed") {
  const auto compiled = cel::compile("[1, 2, 3].map(x, 'v' + string(x)).join(',') == 'v1,v2,v3'", {});
  REQUIRE(compiled.ok());
  cel::arena tiny(16);
  CHECK(cel::evaluate(*compiled, {}, tiny).why() == reason::cel_steps);
  for (int i = 0; i < 3; ++i) {
    cel::arena memory;
    CHECK(cel::evaluate(*compiled, {}, memory)->is_true());
  }
}
