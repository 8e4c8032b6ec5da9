// Expressions and what comes of them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cel/json_value.hpp"
#include "cel/program.hpp"
#include "tests/support/exact.hpp"

namespace sallyport::cel::testing {

/// Why an expression without variables gives no value, or ok.
inline reason why(std::string_view source, bool check = true) {
  const sallyport::testing::exact_text text(source);
  compile_options options;
  options.check = check;
  const auto compiled = compile(text.view(), {}, options);
  if (!compiled.ok()) return compiled.why();
  arena memory;
  return evaluate(*compiled, {}, memory).why();
}

/// Whether an expression without variables is true; false for everything else, errors included.
inline bool holds(std::string_view source) {
  const sallyport::testing::exact_text text(source);
  const auto compiled = compile(text.view(), {});
  if (!compiled.ok()) return false;
  arena memory;
  const auto made = evaluate(*compiled, {}, memory);
  return made.ok() && made->is_true();
}

/// What the failure says to people: compile errors and evaluation errors alike.
inline std::string detail(std::string_view source, const environment& names = {}) {
  const auto compiled = compile(source, names);
  if (!compiled.ok()) return compiled.error().detail;
  arena memory;
  const auto made = evaluate(*compiled, {}, memory);
  return made.ok() ? "" : made.error().detail;
}

/// identity and request, declared as policies see them.
inline environment policy_names() {
  environment names;
  (void)names.declare_object(
      "identity", "sallyport.Identity",
      {{"email", "string"}, {"groups", "list(string)"}, {"claims", "map(string, dyn)"}, {"expires", "timestamp"}});
  (void)names.declare_object("request", "sallyport.Request",
                             {{"method", "string"}, {"headers", "map(string, string)"}, {"time", "timestamp"}});
  return names;
}

}  // namespace sallyport::cel::testing
