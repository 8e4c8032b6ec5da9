// The issuers of a policy: whose tokens are accepted, where a token is looked for, and what its claims mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "crypto/algorithm_set.hpp"
#include "encoding/json.hpp"
#include "policy/identity.hpp"

namespace sallyport::jose {
class jwk_set;
}

namespace sallyport::policy {

enum class preset : std::uint8_t { none, cloudflare_access, github_actions, okta, google, entra, cognito, aws };

/// The name as the document writes it ("cloudflare-access"); "" for none.
std::string_view name_of(preset which);

/// One place where a token of this issuer may stand.
struct credential_source {
  enum class place : std::uint8_t {
    /// `Authorization: Bearer <token>` (RFC 6750 section 2.1).
    authorization,
    /// The whole value of the field `name`, which is lower-case.
    header,
    /// The cookie `name`, case-sensitive.
    cookie,
  };
  place where = place::authorization;
  std::string name;
};

/// Most different places that all issuers of a document may name together: each is looked at in every request.
inline constexpr std::size_t max_credential_places = 64;

/// Where our claims stand in the issuer's tokens: candidates in order, the first one present counts. A path is the
/// whole name of a claim, or names joined by dots, in which a name may have dots itself: at each step the longest one
/// that is there comes first.
struct claim_paths {
  std::vector<std::string> subject, email, email_verified, groups;
};

/// A claim that must equal `value`.
struct required_claim {
  std::string path;
  encoding::json value;
};

/// An issuer with its preset expanded: nothing below is left to be looked up elsewhere.
struct issuer {
  /// Its key in the document; what conditions see as `identity.issuer`.
  std::string name;
  policy::preset preset = preset::none;
  /// What its tokens stand for, unless the preset recognizes a machine by its claims.
  identity_kind kind = identity_kind::user;
  /// Tokens that are bound to a key of the caller's (`cnf`) are taken although nothing here checks that the caller
  /// holds it.
  bool takes_bound = false;
  /// The `iss` its tokens carry, compared byte for byte. Unique in the document. A URL, unless the document has the
  /// keys or says where they are: then any text (RFC 7519 section 4.1.1, StringOrURI).
  std::string url;
  /// Further values of `iss` that its provider documents; as unique.
  std::vector<std::string> other_urls;
  /// The `typ` headers of its tokens; "" stands for none. Never empty.
  std::vector<std::string> types;
  /// Never empty; a token's `aud` must hold one of them.
  std::vector<std::string> audiences;
  /// Never empty; asymmetric ones only.
  crypto::algorithm_set algorithms;
  /// https (http for loopback); empty: OpenID discovery below `url`, unless there are `keys`.
  std::string jwks_uri;
  /// The keys, where the document has them: nothing is fetched. Null: they are fetched.
  std::shared_ptr<const jose::jwk_set> keys;
  /// Never empty, in the order in which they are tried.
  std::vector<credential_source> from;
  claim_paths claims;
  seconds clock_skew = 5;
  /// Longest accepted `exp - iat`; 0: no limit.
  seconds max_lifetime = 0;
  std::vector<required_claim> required;
  /// Cognito's access tokens have `client_id` and no `aud`. True: a token without `aud` is held to its `client_id`,
  /// which identity_from_claims checks; with an `aud`, or when false, the ordinary audience check applies.
  bool audience_may_be_client_id = false;
};

}  // namespace sallyport::policy
