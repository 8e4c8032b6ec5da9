// An observer is told of every part, and changes nothing: value, reason, steps and memory are those of an evaluation that
// nobody observes.
#include "cel/observer.hpp"

#include <doctest/doctest.h>

#include "cel/program_data.hpp"
#include "cel/shown_value.hpp"
#include "cel/written.hpp"
#include "tests/shared/cel/support.hpp"

using namespace sallyport;

namespace {

/// A line a part, in the order in which they are told of.
class told final : public cel::observer {
 public:
  explicit told(const cel::program& of) : tree_(of.data().tree) {}
  void saw(cel::node_index part, const cel::value& came) override {
    lines += cel::written_whole(tree_, part, 80) + " = " + cel::shown(came) + "\n";
  }
  std::string lines;

 private:
  const cel::syntax& tree_;
};

cel::program compiled(std::string_view source) {
  cel::compile_options options;
  options.check = false;
  auto made = cel::compile(source, {}, options);
  REQUIRE(made.ok());
  return std::move(*made);
}

std::string parts_of(std::string_view source) {
  const auto program = compiled(source);
  told all(program);
  cel::arena memory;
  (void)cel::evaluate(program, {}, memory, {}, all);
  return all.lines;
}

constexpr std::string_view sources[] = {
    "1 + 1 == 2",
    "true || x",
    "x && false",
    "[1, 2, 3].exists(i, i == 2)",
    "[1, 2].map(i, i % 2 == 0, i * 2)",
    "{'a': 1}.transformMap(k, v, v + 1)",
    "cel.bind(a, [1, 2], a + a)",
    "1 / 0 == 1 ? 'a' : 'b'",
    "{'a': {'b': 1}}.a.b",
    "has({'a': 1}.b)",
    "[optional.of(1), optional.none()].map(o, o.optMap(v, v + 1).orValue(0))",
    "{?'a': optional.of(1)}",
    "['b', 'a'].sortBy(s, s)",
    "'a'.matches('^a$')",
    "[1, 2].all(i, i > 'x')",
};

}  // namespace

TEST_CASE("an observer is told what each part comes to, the inner ones first") {
  CHECK(parts_of("[1, 2].exists(i, i == 2) && x") ==
        "[1, 2] = [1, 2]\ni = 1\n2 = 2\ni == 2 = false\ni = 2\n2 = 2\ni == 2 = true\n"
        "[1, 2].exists(i, i == 2) = true\nx = nothing is called 'x'\n"
        "[1, 2].exists(i, i == 2) && x = nothing is called 'x'\n");
  // What is decided already is not asked.
  CHECK(parts_of("[].size() == 1 && x").find("nothing is called") == std::string::npos);
}

TEST_CASE("an observed evaluation ends as one that nobody observes, with any number of steps and bytes") {
  for (const auto source : sources) {
    CAPTURE(source);
    const auto program = compiled(source);
    for (std::uint64_t steps = 1; steps < 60; ++steps) {
      cel::arena plain;
      cel::arena observed;
      told all(program);
      const auto expected = cel::evaluate(program, {}, plain, {steps});
      const auto got = cel::evaluate(program, {}, observed, {steps}, all);
      CHECK(got.why() == expected.why());
      CHECK(observed.remaining() == plain.remaining());
      if (expected.ok()) CHECK(cel::shown(*got) == cel::shown(*expected));
      if (!expected.ok()) CHECK(got.error().detail == expected.error().detail);
    }
    for (std::size_t bytes = 0; bytes < 400; bytes += 16) {
      cel::arena plain(bytes);
      cel::arena observed(bytes);
      told all(program);
      CHECK(cel::evaluate(program, {}, observed, {}, all).why() == cel::evaluate(program, {}, plain).why());
    }
  }
}

TEST_CASE("every form of an expression is written again as its author wrote it") {
  for (const auto source :
       {"[1, 2].all(i, i > 0)", "[1].exists(i, i == 1)", "[1].exists_one(i, i == 1)", "[1].map(i, i > 0, i + 1)",
        "[1].filter(i, i > 0)", "{'a': x}.transformMap(k, v, v)", "(x ? 1 : 2) == 1", "x.?a.optMap(v, v + 1)",
        "cel.bind(a, x, a + 1)", "x[?'a']", "!(x && y)", "{'a': 1, 'b': x}"}) {
    CAPTURE(source);
    const auto program = compiled(source);
    const auto& tree = program.data().tree;
    CHECK(cel::written_whole(tree, tree.root, 200) == source);
  }
}

TEST_CASE("a value is shown in few bytes, and no character is cut in two") {
  CHECK(cel::shown(cel::value::string("it's")) == "'it\\'s'");
  CHECK(cel::shown(cel::value::string("ééééééé"), 8) == "'éééé'…");
  const cel::value numbers[] = {cel::value::integer(1), cel::value::unsigned_integer(2), cel::value::real(1.5),
                                cel::value::null()};
  CHECK(cel::shown(cel::value::list(numbers)) == "[1, 2u, 1.5, null]");
  CHECK(cel::shown(cel::value::list(numbers), 4) == "[1, …]");
  CHECK(cel::shown(cel::value::optional(nullptr)) == "optional.none()");
  CHECK(cel::shown(cel::value::absent()) == "no value");
}
