// Which routes of a policy its cases reach, and what each condition has said on the way.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "policy/decision_observer.hpp"
#include "policy/document.hpp"

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

class coverage final : public decision_observer {
 public:
  explicit coverage(const compiled_policy& policy);

  /// A request took this route. What its conditions say is learnt from its decision.
  void reach(const route& at);
  cel::observer* asks(const condition&) override { return nullptr; }
  void said(const condition& what, std::optional<bool> answer, const std::string& error) override;

  const std::vector<route_reached>& routes() const { return routes_; }
  const std::vector<condition_reached>& conditions() const { return conditions_; }
  std::size_t reached_routes() const;
  /// True and false of each condition: twice as many as there are conditions.
  std::size_t reached_outcomes() const;
  /// Whole per cent of routes and outcomes together, rounded down; 100 of nothing.
  std::size_t percent() const;

 private:
  void add(const condition_ptr& what, const std::string& of);

  std::vector<route_reached> routes_;
  std::vector<condition_reached> conditions_;
};

}  // namespace sallyport::policy
