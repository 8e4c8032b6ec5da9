// Which key of the edge signs what, settled once when it starts.
#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"
#include "gate/edge/edge.hpp"
#include "jose/jwk_set.hpp"
#include "policy/document.hpp"

namespace sallyport::gate {

/// Pointers are into the vectors beside them, so they stay valid when the whole is moved.
struct edge_keys {
  std::vector<jose::signing_key> own;
  std::vector<service_secrets> secrets;
  /// Signs assertions: the first of `own`.
  const jose::signing_key* assertions = nullptr;
  /// Signs requests, by the service's number in the policy.
  std::vector<const jose::signing_key*> requests;
};

/// Reasons: signing_key_missing, config_invalid (see edge::make).
result<edge_keys> arrange_keys(const policy::compiled_policy& policy, std::vector<jose::signing_key> own,
                               std::vector<service_secrets> secrets);

}  // namespace sallyport::gate
