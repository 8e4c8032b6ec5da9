// The grant: the JWS by which the edge's key authorises one channel between one isolate of the edge and one agent.
//
// * Header exactly alg (ES256 or EdDSA), kid, typ `sallyport-channel+jwt`. Payload exactly, in this order, canonical JSON:
//   agent (RFC 7638 thumbprint of A), aud (`sallyport:channel:<service>`, not an assertion's audience), cnf (RFC 7800: E as
//   a JWK), exp (iat + 600 s at most), iat, iss, jti (128 random bits). No sub.
// * What is read is what is written: header and payload that are not the canonical text of their values are refused, so
//   that one grant has one channel id. Therefore they are read without a JSON parser, whose costs a stranger would choose.
#pragma once

#include <string>
#include <string_view>

#include "channel/keys.hpp"
#include "core/time.hpp"
#include "jose/jwk_set.hpp"

namespace sallyport::channel {

inline constexpr std::string_view grant_typ = "sallyport-channel+jwt";
inline constexpr std::string_view audience_prefix = "sallyport:channel:";
inline constexpr seconds max_grant_lifetime = 600;
inline constexpr std::size_t max_grant_bytes = 2048;

struct grant {
  /// Thumbprint of the agent's key.
  std::string agent;
  /// The whole `aud`.
  std::string audience;
  /// E.
  crypto::p256_point edge{};
  unix_seconds expires = 0;
  unix_seconds issued_at = 0;
  std::string issuer;
  std::string id;
};

/// A grant on its way, with the channel that it makes.
struct signed_grant {
  std::string compact;
  channel_id id{};
};

/// A grant that was read and not verified: good for refusing only.
struct unverified_grant {
  grant content;
  channel_id id{};
  std::string kid;
  crypto::algorithm algorithm = crypto::algorithm::es256;
  /// Header, dot, payload: a view into the compact text.
  std::string_view signing_input;
  bytes signature;
};

/// The payload, canonical JSON.
std::string write_grant(const grant& what);

/// Precondition: key.algorithm is ES256 or EdDSA. Reasons: crypto_failed.
result<signed_grant> sign_grant(const grant& what, const jose::signing_key& key, crypto::port& host);

/// Size, form, header and payload; nothing is verified. Reasons: channel_grant_invalid.
result<unverified_grant> read_grant(std::string_view compact, crypto::port& host);

/// The signature, by a key of the edge. Reasons: channel_grant_invalid (the detail says why; `unknown_key` is set when the
/// kid is not among the keys).
result<void> verify_grant(const unverified_grant& read, const jose::jwk_set& edge_keys, crypto::port& host,
                          bool& unknown_key);

}  // namespace sallyport::channel
