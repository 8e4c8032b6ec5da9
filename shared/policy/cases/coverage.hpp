// Which routes of a policy its cases reach, and what each condition has said on the way.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "policy/document.hpp"
#include "policy/identity.hpp"
#include "policy/match.hpp"
#include "policy/request.hpp"

namespace sallyport::policy {

struct condition_reached {
  /// "allow of route reports", "require[0] of service billing".
  std::string name;
  const condition* what = nullptr;
  bool was_true = false;
  bool was_false = false;
  /// Counted, and not asked for: a good condition has none.
  bool had_error = false;
};

struct route_reached {
  const policy::route* route = nullptr;
  bool reached = false;
};

class coverage {
 public:
  explicit coverage(const compiled_policy& policy);

  /// The request took this route, and its conditions were asked in the order of a decision.
  void note(const route_match& match, const identity& who, const request_facts& request);

  const std::vector<route_reached>& routes() const { return routes_; }
  const std::vector<condition_reached>& conditions() const { return conditions_; }
  std::size_t reached_routes() const;
  /// True and false of each condition: twice as many as there are conditions.
  std::size_t reached_outcomes() const;
  /// Whole per cent of routes and outcomes together, rounded down; 100 of nothing.
  std::size_t percent() const;

 private:
  void add(const condition_ptr& what, const std::string& of);
  condition_reached* find(const condition_ptr& what);

  std::vector<route_reached> routes_;
  std::vector<condition_reached> conditions_;
};

}  // namespace sallyport::policy
