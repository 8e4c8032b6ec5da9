#include "policy/cases/coverage.hpp"

#include <algorithm>
#include <optional>

#include "cel/arena.hpp"
#include "policy/condition.hpp"
#include "policy/evaluate.hpp"
#include "policy/facts.hpp"

namespace sallyport::policy {
namespace {

/// What a condition says; nothing: an error, or neither true nor false.
std::optional<bool> said(const condition& what, const facts& known, cel::arena& memory) {
  const cel::evaluation_limits limits{budgets().max_steps};
  const auto answer = cel::evaluate(what.code(), known.variables(), memory, limits);
  if (!answer.ok() || !answer->is(cel::kind::boolean)) return std::nullopt;
  return answer->as_boolean();
}

}  // namespace

coverage::coverage(const compiled_policy& policy) {
  for (const auto& each : policy.services)
    for (const auto& condition : each.require) add(condition, "service " + each.name);
  for (const auto& each : policy.routes) {
    routes_.push_back({&each, false});
    add(each.deny, "route " + each.id);
    add(each.allow, "route " + each.id);
  }
}

void coverage::add(const condition_ptr& what, const std::string& of) {
  if (what != nullptr) conditions_.push_back({what->name() + " of " + of, what.get()});
}

condition_reached* coverage::find(const condition_ptr& what) {
  const auto found = std::find_if(conditions_.begin(), conditions_.end(),
                                  [&](const condition_reached& each) { return each.what == what.get(); });
  return found == conditions_.end() ? nullptr : &*found;
}

// The order of decide(): deny, require, allow; what comes after the one that decides was not asked.
void coverage::note(const route_match& match, const identity& who, const request_facts& request) {
  const auto& at = *match.route;
  const auto entry = std::find_if(routes_.begin(), routes_.end(), [&](const auto& each) { return each.route == &at; });
  if (entry != routes_.end()) entry->reached = true;
  if (who.kind == identity_kind::anonymous && !at.anonymous) return;
  const facts known(who, request, match);
  cel::arena memory;
  const auto goes_on = [&](const condition_ptr& what, bool if_it_says) {
    auto* const reached = find(what);
    if (reached == nullptr) return true;
    const auto answer = said(*what, known, memory);
    (!answer ? reached->had_error : *answer ? reached->was_true : reached->was_false) = true;
    return answer == if_it_says;
  };
  if (!goes_on(at.deny, false)) return;
  if (at.service != nullptr)
    for (const auto& each : at.service->require)
      if (!goes_on(each, true)) return;
  goes_on(at.allow, true);
}

std::size_t coverage::reached_routes() const {
  return static_cast<std::size_t>(
      std::count_if(routes_.begin(), routes_.end(), [](const route_reached& each) { return each.reached; }));
}

std::size_t coverage::reached_outcomes() const {
  std::size_t count = 0;
  for (const auto& each : conditions_) count += (each.was_true ? 1U : 0U) + (each.was_false ? 1U : 0U);
  return count;
}

std::size_t coverage::percent() const {
  const std::size_t all = routes_.size() + 2 * conditions_.size();
  return all == 0 ? 100 : (reached_routes() + reached_outcomes()) * 100 / all;
}

}  // namespace sallyport::policy
