#include "policy/cases/coverage.hpp"

#include <algorithm>

#include "policy/condition.hpp"

namespace sallyport::policy {

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

void coverage::reach(const route& at) {
  const auto entry = std::find_if(routes_.begin(), routes_.end(), [&](const auto& each) { return each.route == &at; });
  if (entry != routes_.end()) entry->reached = true;
}

void coverage::said(const condition& what, std::optional<bool> answer, const std::string&) {
  const auto found = std::find_if(conditions_.begin(), conditions_.end(),
                                  [&](const condition_reached& each) { return each.what == &what; });
  if (found == conditions_.end()) return;
  (!answer ? found->had_error : *answer ? found->was_true : found->was_false) = true;
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
