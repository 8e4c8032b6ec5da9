// Why a policy says what it says: the routes that a request might take, every condition that was asked, and what each of
// its parts came to. From the decision itself, which is observed (policy/decision_observer.hpp), not from a second one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "encoding/json.hpp"
#include "policy/cases/candidates.hpp"
#include "policy/cases/case.hpp"
#include "policy/cases/run.hpp"

namespace sallyport::policy {

/// A value that a part had, as cel::shown writes it, and how many times in a row.
struct seen_value {
  std::string text;
  std::size_t times = 1;
};

/// A part of a condition that is no literal and no bare name.
struct explained_part {
  std::string text;
  /// In the condition's text.
  encoding::text_position at;
  /// How many parts it stands in.
  std::size_t depth = 0;
  /// Empty: it was not asked, as something else decided. In a macro there is one for each element.
  std::vector<seen_value> values;
  /// Values besides.
  std::size_t more = 0;
};

struct explained_condition {
  /// "allow", "require[0]".
  std::string name;
  std::string source;
  /// Nothing: an error, and `error` says which.
  std::optional<bool> answer;
  std::string error;
  std::vector<explained_part> parts;
  /// Which of the parts decided: of those that are false, true or failed, the first that has no such part in it.
  std::optional<std::size_t> decided_by;
};

struct explanation {
  case_outcome outcome;
  std::vector<candidate> candidates;
  /// In the order in which they were asked; what comes after the one that decided was not.
  std::vector<explained_condition> conditions;
  /// Those of the route's shadow, if it has one.
  std::vector<explained_condition> shadow;
};

explanation explain(const policy_case& what, const compiled_policy& policy);

/// The same for machines; `what` is what was explained.
encoding::json as_json(const explanation& of, const policy_case& what);

}  // namespace sallyport::policy
