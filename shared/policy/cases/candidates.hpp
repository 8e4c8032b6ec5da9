// The routes that a request might have meant, and why each but one does not decide it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/document.hpp"
#include "policy/match.hpp"

namespace sallyport::policy {

struct candidate {
  const policy::route* route = nullptr;
  /// Empty: the request takes it.
  std::string lost;
};

/// The route that `match` took first, then those that match host and path, in the document's order. Where no route was taken,
/// those besides that match one of both, ten at most. Preconditions: those of match_route, which gave `match`.
std::vector<candidate> find_candidates(const compiled_policy& policy, const route_match& match, std::string_view method,
                                       std::string_view host, std::string_view path);

}  // namespace sallyport::policy
