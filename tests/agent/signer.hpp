// Requests as the edge sends them, signed by the core with keys of its own; every part can be bent by a test.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"
#include "jose/jwk_set.hpp"
#include "policy/load/load.hpp"

namespace sallyport::testing {

using encoding::json;

crypto::port& test_host();
unix_seconds now_s();

/// Services `es` (ES256, host app.test) and `mac` (HMAC, host mac.test). Routes of each: /api/** signed bodies,
/// /stream/** streamed ones, /denied/** never allowed; of `es` also /open/** for anonymous callers.
std::string_view test_policy_text();
std::string test_policy_digest();

/// What the edge signs with, made once a run.
struct edge_identity {
  jose::signing_key es256;
  jose::signing_key secret;
  /// The private documents.
  std::string es256_file;
  std::string secret_file;
  /// What the edge publishes.
  std::string jwks;
};
const edge_identity& edge_keys();
/// A key as signing_key and as the private document it came from.
std::pair<jose::signing_key, std::string> make_signing_key();

/// One request; members not set by a test are those of a good one.
struct signed_request {
  std::string service = "es";
  std::string method = "GET";
  std::string target = "/api/things?q=1";
  std::string route;
  std::string subject = "alice";
  /// The edge asks for the agent's status: assertion and signature are those of a probe.
  bool probe = false;
  /// Digest of the edge's policy; empty: of test_policy_text.
  std::string policy;
  /// Nobody has signed in: there is no subject.
  bool anonymous = false;
  std::string body;
  /// Covered by a digest; false: it streams, and the assertion says so.
  bool body_signed = true;
  /// The body leaves in chunks of this many bytes; 0: with Content-Length.
  std::size_t chunk = 0;
  unix_seconds created = now_s();
  std::optional<jose::signing_key> key;
  /// Empty: fresh.
  std::string nonce;
  std::vector<std::pair<std::string, std::string>> extra;

  /// 22 characters; what this agent's audit and the app see as the request id.
  std::string request_id = "IIIIIIIIIIIIIIIIIIIIIA";

  /// Head with its empty line.
  std::string head() const;
  /// The body in its framing.
  std::string framed_body() const;
  std::string whole() const { return head() + framed_body(); }
};

std::string fresh_nonce();

}  // namespace sallyport::testing
