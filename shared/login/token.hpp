// The token request and what comes back (RFC 6749 sections 4.1.3, 5; RFC 7636 section 4.5; RFC 7523 section 2.2). A code is
// sent once, never twice: a second use makes a provider revoke what the first one gave (RFC 6749 section 4.1.2).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "jose/jwk_set.hpp"
#include "login/provider.hpp"

namespace sallyport::login {

/// What the client proves itself with; that of another kind of authentication is not looked at.
struct client_credentials {
  /// Of this provider alone: with one key for several, one provider could use at another what it was shown.
  const jose::signing_key* key = nullptr;
  std::string_view secret;
};

struct code_exchange {
  std::string_view code, verifier, redirect_uri;
  /// The `jti` of the client assertion.
  std::string_view id;
};

/// To be sent with POST, within 5 s, without following redirects.
struct provider_call {
  std::string url;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
};

/// How long a client assertion is good.
inline constexpr seconds assertion_life = 60;
/// Longest response that is read.
inline constexpr std::size_t max_token_response_bytes = std::size_t{64} << 10;

/// Reasons: signing_key_missing, crypto_failed.
result<provider_call> token_call(const provider& to, const provider_metadata& metadata, const client_credentials& with,
                                 const code_exchange& what, unix_seconds now, crypto::port& host);

struct tokens {
  std::string id_token, access_token;
  /// Empty: none.
  std::string refresh_token;
};

/// `status` 0: no response. Reasons: provider_unavailable, provider_rejected_client, login_code_refused.
result<tokens> read_tokens(int status, std::string_view body);

}  // namespace sallyport::login
