// The decision: may this caller do this request on this route?
//
// Rules
// * A decision starts as a refusal; `allow` is set in one function (evaluate.cpp, grant).
// * Order: no route, anonymous caller on a route that is not anonymous, deny, require, allow. The first failure is the
//   reason. A condition that ends in an error, or in anything but true or false, denies with policy_condition_error.
// * The shadow is evaluated beside it with its own budget and never decides.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "policy/document.hpp"
#include "policy/identity.hpp"
#include "policy/match.hpp"
#include "policy/request.hpp"

namespace sallyport::policy {

class decision_observer;

/// Bounds of one evaluation; the loader's cost limit keeps honest conditions far below.
struct budgets {
  std::size_t max_steps = 100'000;
};

struct decision {
  /// ok: allowed. Else route_not_found, credential_missing, policy_denied, policy_requirement_failed,
  /// policy_not_allowed, policy_condition_error.
  reason why = reason::route_not_found;
  /// Null only with route_not_found; points into the policy.
  const policy::route* route = nullptr;
  /// Which condition refused and, after an error, what went wrong: for operators. Empty when allowed.
  std::string detail;
  /// What the shadow would have said; set only when it differs in allow or deny.
  std::optional<reason> shadow;

  bool allowed() const { return why == reason::ok; }
};

/// Decides. Preconditions: `match` came from match_route on `policy` for this request; `identity` is verified.
/// Routes to jobs are decided like any other; whether jobs run is not decided here. `watching` is told how it comes about,
/// and changes nothing.
decision decide(const compiled_policy& policy, const route_match& match, const identity& who,
                const request_facts& request, const budgets& limits = {}, decision_observer* watching = nullptr);

/// Whether `inspect` of the job lets this caller see the runs of others: true only when it is there and true. `which`:
/// the match of any route to the job, for the variables of a condition.
bool may_inspect(const route_match& which, const identity& who, const request_facts& request,
                 const budgets& limits = {});

/// Whether `ecs.operators` of the service lets this caller reset its budgets: true only when it is there and true. `which`:
/// the match of any route to the service.
bool may_operate(const route_match& which, const identity& who, const request_facts& request,
                 const budgets& limits = {});

}  // namespace sallyport::policy
