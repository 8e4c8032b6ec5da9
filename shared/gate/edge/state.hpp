// What one edge holds between requests.
#pragma once

#include "gate/edge/authenticate.hpp"
#include "gate/edge/edge.hpp"
#include "gate/edge/endpoints.hpp"
#include "gate/edge/head.hpp"
#include "gate/edge/keys.hpp"
#include "gate/edge/mint.hpp"
#include "gate/edge/signing.hpp"

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
  request_signer signer;
};

}  // namespace sallyport::gate
