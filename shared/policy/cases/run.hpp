// What a policy says to a case, by the same matcher and the same conditions that decide requests, and whether that is what
// the case expects.
#pragma once

#include <optional>
#include <string>

#include "policy/cases/case.hpp"
#include "policy/cases/coverage.hpp"
#include "policy/document.hpp"

namespace sallyport::policy {

struct case_outcome {
  /// ok: allowed.
  reason why = reason::internal;
  /// Null where no route was found, or none was looked for.
  const policy::route* route = nullptr;
  /// For people: which condition, and what went wrong.
  std::string detail;
  /// What the shadow would have said; only when that is another decision.
  std::optional<reason> shadow;

  bool allowed() const { return why == reason::ok; }
};

/// Decides; `watching` is told of the conditions that are asked.
case_outcome run_case(const policy_case& what, const compiled_policy& policy, decision_observer& watching);
/// The same, and notes what was reached on the way.
case_outcome run_case(const policy_case& what, const compiled_policy& policy, coverage& reached);

bool is_as_expected(const case_outcome& got, const case_expectation& expected);

}  // namespace sallyport::policy
