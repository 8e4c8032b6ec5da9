// The parts of the lint. Each reports to the node it is given; the reason of a report is ok, and its rule the caller's.
#pragma once

#include <string_view>
#include <vector>

#include "policy/document.hpp"
#include "policy/load/node.hpp"

namespace sallyport::policy {

/// One route and where it stands.
struct placed_route {
  const compiled_policy& policy;
  const route& of;
  node at;
};

/// lint_routes.cpp
void lint_guard_methods(const placed_route& what);
/// Reported once for each pair, at the later route.
void lint_twin_routes(const std::vector<placed_route>& all);
void lint_no_allow(const placed_route& what);
void lint_literal_parameter(const placed_route& what);

/// How a condition is used.
enum class condition_use : std::uint8_t { allows, denies };
struct placed_rule {
  const condition& of;
  node at;
  condition_use use;
};

/// lint_conditions.cpp
void lint_path_test(const placed_rule& what);
void lint_header_test(const placed_rule& what);
void lint_loose_match(const placed_rule& what);

/// lint_sessions.cpp: of all services and jobs.
void lint_sessions(const compiled_policy& policy, const node& document);

/// anchors.cpp: what holds a regular expression (RE2) at the ends of a text.
enum class anchoring : std::uint8_t {
  /// Every alternative at both ends.
  whole,
  /// "^a|b$": some alternatives at one end only, others at the other one.
  split,
  /// Some alternative at one end only, or at none.
  loose,
};
anchoring anchoring_of(std::string_view pattern);

}  // namespace sallyport::policy
