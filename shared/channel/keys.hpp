// The keys of a channel: a MAC key that one isolate of the edge and one agent share for minutes, so that a request which is
// still rooted in the edge's published key costs a MAC.
//
// | what | value |
// | --- | --- |
// | the agent's pair a, A | as long as the process lives; or HKDF of `channel.secret` for its service |
// | the edge's pair e, E | new for each grant, forgotten when the keys are derived |
// | channel id H | SHA-256 of the grant's signing input; the keyid is "ch1." and H in base64url |
// | Z | ECDH(e, A) = ECDH(a, E), P-256 |
// | OKM | HKDF-SHA256(Z, no salt, "sallyport channel 1", 00, H, E, A), 64 octets |
// | K_req, K_ans | the first 32 octets of OKM, for requests; the last 32, for confirmations |
//
// H binds everything that the grant says, so two grants never share a key, a key ends with its grant, and a changed grant is
// another key. The signature of the grant is not in H: ECDSA has two for each.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::channel {

using channel_id = crypto::sha256_digest;
using mac_key = std::array<byte, 32>;

inline constexpr std::string_view keyid_prefix = "ch1.";
inline constexpr std::size_t keyid_characters = 47;
/// What operators are told of a kid that is_keyid.
inline constexpr std::string_view kid_is_taken = "a kid cannot begin with ch1.: that is how channels are called";

/// A pair of either side. The secret is wiped when it goes.
struct pair {
  pair() = default;
  pair(const crypto::p256_scalar& own, const crypto::p256_point& shown) : secret(own), point(shown) {}
  pair(const pair&) = default;
  pair& operator=(const pair&) = default;
  ~pair();

  crypto::p256_scalar secret{};
  crypto::p256_point point{};
};

/// Wiped when they go.
struct keys {
  keys() = default;
  keys(const keys&) = default;
  keys& operator=(const keys&) = default;
  ~keys();

  mac_key requests{};
  mac_key confirmations{};
};

/// Reasons: key_import_failed (2^-32 of all secrets are no key).
result<pair> make_pair(crypto::port& host, const crypto::p256_scalar& secret);

/// The agent's pair, the same in every task of `service` that has the secret (32 octets, from `sallyport keys channel`).
/// Reasons: crypto_failed.
result<pair> derive_pair(crypto::port& host, const mac_key& secret, std::string_view service);

/// RFC 7638, SHA-256, base64url: of the point as an EC JWK.
std::string thumbprint(crypto::port& host, const crypto::p256_point& point);

std::string keyid_of(const channel_id& id);
/// Whether a keyid is of the form that channels have; no kid of a key set or secret may be.
bool is_keyid(std::string_view keyid);

/// The keys between `own` and `other`. `edge` and `agent` are the two points, whichever side this is.
/// Reasons: key_import_failed, jwk_point_not_on_curve, crypto_failed.
result<keys> derive(crypto::port& host, const crypto::p256_scalar& own, const crypto::p256_point& other,
                    const channel_id& id, const crypto::p256_point& edge, const crypto::p256_point& agent);

/// What the agent says once it holds the channel, about the request with this nonce (22 characters). Reasons: crypto_failed.
result<bytes> confirmation(crypto::port& host, const mac_key& confirmations, std::string_view nonce);

}  // namespace sallyport::channel
