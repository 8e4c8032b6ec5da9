// One GET for keys, under the rules of the key set: no redirect, bounded in time and size.
#pragma once

#include <stop_token>
#include <string>

#include "gate/keys/key_set.hpp"

namespace sallyport::agent::keys {

/// What came back, owned.
struct fetched {
  /// HTTP status, or 0: there was no answer, and `problem` says why.
  int status = 0;
  std::string body;
  std::string cache_control;
  std::string problem;

  gate::key_response response() const { return {status, body, cache_control, problem, 0}; }
};

/// Blocks for `request.timeout` at most, and no longer than until `stop` is asked for, but for a connection that is
/// being made. https verifies the certificate and the name against the system's roots.
fetched fetch(const gate::key_request& request, const std::stop_token& stop = {});

}  // namespace sallyport::agent::keys
