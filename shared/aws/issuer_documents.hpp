// What the issuer Worker serves, and all it serves: the discovery document and the public keys of an issuer, which AWS
// STS fetches for every token (OpenID Connect Discovery 1.0; IAM User Guide, "Create an OpenID Connect identity
// provider"). The private keys never come near that Worker: a set with one is refused.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::aws {

struct issuer_documents {
  /// Path of the issuer URL, which stands before both well-known paths; mostly empty.
  std::string base_path;
  /// Canonical JSON. Of each key only the public members, kid, alg and use.
  std::string jwks;
  std::string discovery;
};

/// `issuer`: https://host[/path], no port and no query, as IAM wants it; or http on loopback, with a port, for
/// scripts/local-aws. `keys`: a JWK set in which every key is public, usable and has a kid and an alg of its own, and
/// one at least is for RS* or ES*, which STS takes. Reasons: config_invalid, those of jose::parse_jwks; the detail says
/// which key and never holds a part of it.
result<issuer_documents> make_issuer_documents(std::string_view issuer, std::string_view keys, crypto::port& host);

}  // namespace sallyport::aws
