// Who signs people in, as policy describes it, and what its discovery document says of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/algorithm_set.hpp"

namespace sallyport::login {

/// How the client proves to the provider who it is (OpenID Connect Core section 9).
enum class client_auth : std::uint8_t { private_key_jwt, client_secret_basic, client_secret_post, none };
std::string_view name_of(client_auth how);

/// The `aud` of client assertions: draft-ietf-oauth-rfc7523bis wants the issuer, some providers want the older form.
enum class assertion_audience : std::uint8_t { issuer, token_endpoint };

struct provider {
  /// Its name in the policy; no "/".
  std::string name;
  /// Exactly as its discovery document and its tokens have it.
  std::string issuer;
  std::string client_id;
  client_auth auth = client_auth::private_key_jwt;
  assertion_audience audience = assertion_audience::issuer;
  /// `typ` of client assertions.
  std::string assertion_typ = "client-authentication+jwt";
  /// openid is among them.
  std::vector<std::string> scopes{"openid"};
  /// Further parameters of the authorization request; none that the request has itself.
  std::vector<std::pair<std::string, std::string>> authorize;
  /// A response without `iss` is refused, whatever the discovery document says.
  bool require_iss = false;
  /// Of id_tokens.
  crypto::algorithm_set algorithms;
  seconds clock_skew = 5;
};

/// What is used of a discovery document (OpenID Connect Discovery section 3).
struct provider_metadata {
  std::string authorization_endpoint, token_endpoint, jwks_uri;
  /// Empty: the provider has none.
  std::string end_session_endpoint;
  /// Its authorization responses have `iss` (RFC 9207 section 3).
  bool names_itself = false;
};

inline constexpr std::size_t max_metadata_bytes = std::size_t{64} << 10;

/// Precondition: fetched from the issuer's well-known address. Reasons: discovery_invalid (another issuer; an endpoint missing,
/// or neither https nor on loopback; lists without the code flow or S256; pushed requests demanded, which are not built).
result<provider_metadata> read_metadata(std::string_view text, const provider& of);

}  // namespace sallyport::login
