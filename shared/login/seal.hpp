// Texts that only this gateway can read and make: cookies, parameters, and what a session keeps.
//
// | part | octets |
// | --- | --- |
// | version | 1: 01 |
// | key id | 4 (login/keys.hpp) |
// | day | 2, big-endian: days since 1970, of the key |
// | nonce | 12 |
// | ciphertext | as long as the plaintext |
// | tag | 16 |
//
// All of it in base64url. AES-256-GCM binds "sallyport login 1" 00 purpose 00 scope 00 name 00 and the first 7 octets: a text
// is good for one purpose, at one host (the scope), under one name of a cookie or parameter, and nothing else.
//
// Rules
// * The nonce is the first 12 octets of HMAC(key of nonces, entropy, purpose 00 scope 00, SHA-256(plaintext)). Entropy alone
//   would not do: a host may handle a request again with the same entropy (gate/edge/edge.hpp), and two plaintexts under one
//   nonce give away their difference and the key that authenticates.
// * A text of a day that is more than 31 days ago, or later than tomorrow, is not opened; of `store` any day is good, as such
//   a text lives as long as its row.
// * The tag is the last 16 octets, whole (crypto/crypto.hpp). Nothing of a plaintext is used before it was checked.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "login/keys.hpp"

namespace sallyport::login {

/// Where a text is good. Views; no NUL in any. `scope`: the host as policy spells it, with its port, or an object's name.
struct seal_place {
  purpose what = purpose::session;
  std::string_view scope;
  std::string_view name;
};

/// Fresh random octets; the same again for the same request only.
using seal_entropy = std::array<byte, 32>;

/// What a text has beside its plaintext.
inline constexpr std::size_t seal_overhead_bytes = 35;
/// Longest text that is looked at.
inline constexpr std::size_t max_sealed_characters = std::size_t{48} << 10;

/// Under the first key of the set. Reasons: crypto_failed.
result<std::string> seal(const master_keys& keys, const seal_place& where, std::string_view plain, unix_seconds now,
                         const seal_entropy& entropy, crypto::port& host);

/// The plaintext. Reasons: seal_invalid (the detail says which of the rules).
result<std::string> open(const master_keys& keys, const seal_place& where, std::string_view text, unix_seconds now,
                         crypto::port& host);

}  // namespace sallyport::login
