// Invariant: whatever the source, compiling ends in a program or a named problem inside the source, and evaluating ends
// within its budget, in the same value each time; and type-checking only refuses, it never changes what an expression
// means.
#include "cel/json_value.hpp"
#include "cel/program.hpp"
#include "tests/fuzz/support/fuzz.hpp"

using namespace sallyport;

namespace {

constexpr cel::evaluation_limits limits{20'000};

const cel::environment& names() {
  static const cel::environment one = [] {
    cel::environment made;
    made.declare("b", cel::type(cel::type_kind::boolean));
    made.declare("i", cel::type(cel::type_kind::integer));
    made.declare("s", cel::type(cel::type_kind::string));
    fuzz::hold(made.declare("groups", "list(string)").ok(), "the type of groups parses");
    made.declare("claims", cel::type(cel::type_kind::dyn));
    return made;
  }();
  return one;
}

struct outcome {
  reason why = reason::ok;
  cel::value value;
};

outcome run(const cel::program& program, cel::arena& memory) {
  static const auto claims = encoding::parse_json(R"({"a":{"b":[1,2.5,"x",null,true]},"n":-7,"":"empty"})");
  static const cel::value group_list[] = {cel::value::string("finance"), cel::value::string("staff")};
  const cel::value variables[] = {cel::value::boolean(true), cel::value::integer(41), cel::value::string("text"),
                                  cel::value::list(group_list), cel::value_of_json(*claims, memory)};
  const auto result = cel::evaluate(program, variables, memory, limits);
  if (!result.ok()) return {result.why(), {}};
  fuzz::hold(!result->is_error(), "an error is a failure and not a value");
  return {reason::ok, *result};
}

/// NaN is not equal to itself, so a value that holds one is not compared.
bool equal_or_unequal_to_itself(const cel::value& a, const cel::value& b, cel::arena& memory) {
  std::uint64_t budget = 1'000'000;
  if (!cel::equal(a, a, memory, budget)) return true;
  return cel::equal(a, b, memory, budget);
}

void check_same(const cel::program& first, const cel::program& second, const char* what) {
  cel::arena one, two;
  const outcome a = run(first, one);
  const outcome b = run(second, two);
  fuzz::hold(a.why == b.why, what);
  if (a.why == reason::ok) fuzz::hold(equal_or_unequal_to_itself(a.value, b.value, one), what);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source = as_text({data, size});
  cel::problem why;
  cel::compile_options unchecked;
  unchecked.check = false;
  const auto checked = cel::compile(source, names(), {}, &why);
  const auto loose = cel::compile(source, names(), unchecked);
  if (!checked.ok()) {
    fuzz::hold(!why.message.empty() && why.at.line >= 1 && why.at.column >= 1, "a problem says what and where");
    if (checked.why() == reason::cel_syntax) fuzz::hold(!loose.ok(), "syntax does not hang on the check");
  }
  if (loose.ok()) check_same(*loose, *loose, "evaluation is deterministic");
  if (!checked.ok()) return 0;
  fuzz::hold(loose.ok(), "what checks also compiles unchecked");
  check_same(*checked, *loose, "checking does not change the meaning");
  return 0;
}
