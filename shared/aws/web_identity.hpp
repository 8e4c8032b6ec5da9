// The token that our edge shows to AWS STS: who is asking, for what, in the claims that STS reads.
// Source: IAM User Guide, "Pass session tags using AssumeRoleWithWebIdentity"; trust policies match `aud` and `sub`
// only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "jose/jws.hpp"

namespace sallyport::aws {

/// The caller on whose behalf the edge asks; all of it verified before.
struct on_behalf_of {
  std::string issuer;
  std::string subject;
  std::optional<std::string> email;
  std::string route;
};

struct web_identity {
  /// https URL of our issuer, without port and query.
  std::string issuer;
  /// Name of the service or job: `sub` is "sallyport:<target>".
  std::string target;
  on_behalf_of caller;
  unix_seconds now = 0;
  /// At most 300.
  seconds lifetime = 300;
  /// 128 bits of entropy, base64url.
  std::string id;
  /// What the session is for, "<cluster>/<service>" (place.hpp): the tag sallyport_target, by which a role narrows each
  /// session to one service. Empty: the session is for no service or task definition of ECS.
  std::string place;
};

/// The claims as JSON.
std::string web_identity_claims(const web_identity& what, crypto::port& host);
/// RS* and ES* only.
bool is_accepted_by_sts(crypto::algorithm how);
/// The token. STS takes RS* and ES*: reason jwk_algorithm_mismatch for a key of another kind; crypto_failed.
result<std::string> mint_web_identity(const web_identity& what, const jose::signing_key& key, crypto::port& host);

}  // namespace sallyport::aws
