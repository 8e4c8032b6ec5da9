// Sallyport-Channel, in responses of the agent: what it offers, confirms, or does not hold (RFC 9651 Dictionary).
//
// | member | type | says |
// | --- | --- | --- |
// | confirm | Byte Sequence | the channel of this request is held: the MAC of its nonce under K_ans (channel/keys.hpp) |
// | key | Byte Sequence of 65 octets, parameter v=1 | the agent's public key; with another version, or none, it is no offer |
// | unknown | Boolean true | the channel of this request is not held: sign it with the published key |
//
// The field is not signed: whoever stands between can write it. What does not parse counts as absent, other members are
// ignored.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::channel {

inline constexpr std::string_view field_name = "Sallyport-Channel";
inline constexpr std::string_view grant_field_name = "Sallyport-Channel-Grant";
inline constexpr std::size_t max_field_bytes = 256;

struct field {
  std::optional<bytes> confirm;
  /// Not yet known to lie on the curve.
  std::optional<crypto::p256_point> key;
  bool unknown = false;
};

/// Nothing in it: absent, or not to be read.
field read_field(std::string_view text);

/// Empty when there is nothing to say.
std::string write_field(const field& what);

}  // namespace sallyport::channel
