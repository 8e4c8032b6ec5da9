// The edge's side of a probe: it is made and signed here, and what comes of it is read (gate/protocol/probe.hpp).
//
// | what comes | it means |
// | --- | --- |
// | 200, of the status' type, that can be read and has the id that was sent | what it says |
// | 401, 403, 404, 405, 429, 503 with Sallyport-Agent | an agent that refuses: not yet; the code is worth telling |
// | 401, 403 with application/problem+json and without that field | an agent that is too old to know the path |
// | all else: a page of the app, of a load balancer, of a tunnel; nothing; bytes that cannot be read | not yet |
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "gate/edge/keys.hpp"
#include "gate/protocol/probe.hpp"
#include "policy/document.hpp"

namespace sallyport::gate {

/// A GET of agent_path, ready to be sent once.
struct signed_probe {
  /// What its response repeats.
  std::string id;
  std::vector<std::pair<std::string, std::string>> fields;
};

/// Bytes of entropy that one probe needs.
inline constexpr std::size_t probe_entropy_bytes = 48;

/// `entropy`: probe_entropy_bytes fresh random bytes. Reasons: internal (no such service, too little entropy), crypto_failed,
/// those of httpsig::sign_profile.
result<signed_probe> sign_probe(const policy::compiled_policy& policy, const edge_keys& keys, std::string_view service,
                                unix_milliseconds now, bytes_view entropy, crypto::port& host);

/// What came back; all of it untrusted.
struct probe_response {
  int status = 0;
  /// Of the response: Content-Type, and whether Sallyport-Agent is there.
  std::string_view content_type;
  bool from_agent = false;
  /// At most max_status_bytes of it, or more for a body that is longer.
  std::string_view body;
};

enum class probe_meaning : std::uint8_t {
  /// `status` tells.
  told,
  refused,
  too_old,
  nothing,
};

struct probe_reading {
  probe_meaning meaning = probe_meaning::nothing;
  agent_status status;
  /// For operators: what came, where it is no status.
  std::string detail;
};

probe_reading read_probe(const probe_response& response, std::string_view id);

}  // namespace sallyport::gate
