// What one edge holds between requests.
#pragma once

#include "gate/authenticate.hpp"
#include "gate/edge.hpp"
#include "gate/edge_head.hpp"
#include "gate/edge_keys.hpp"
#include "gate/endpoints.hpp"
#include "gate/mint.hpp"

namespace sallyport::gate {

struct edge::state {
  state(edge_config config, edge_keys arranged, crypto::port& crypto);

  policy::policy_ptr policy;
  edge_limits limits;
  crypto::port& host;
  edge_keys keys;
  endpoints own;
  authenticator callers;
  assertion_mint mint;
};

}  // namespace sallyport::gate
