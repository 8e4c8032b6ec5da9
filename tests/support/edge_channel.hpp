// The edge's end of a channel, as somebody with the edge's key could make it. Tests of the gate and of the agent bend it,
// each in its way.
#pragma once

#include <string>
#include <string_view>

#include "channel/field.hpp"
#include "channel/grant.hpp"
#include "crypto/signature.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "encoding/structured_field.hpp"
#include "jose/jwk_set.hpp"

namespace sallyport::testing {

struct edge_channel {
  std::string grant;
  channel::keys keys;
  /// K_req under the channel's keyid: signs requests as any other key does.
  jose::signing_key signer;

  /// What the agent must say of a request with this nonce.
  std::string confirmation(crypto::port& host, std::string_view nonce) const {
    channel::field says;
    says.confirm = channel::confirmation(host, keys.confirmations, nonce).value();
    return channel::write_field(says);
  }
};

/// A pair of the edge, the same for each `seed`.
inline channel::pair edge_pair(crypto::port& host, byte seed = 0x20) {
  crypto::p256_scalar secret;
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<byte>(seed + i);
  return channel::make_pair(host, secret).value();
}

/// The channel of a grant of these texts, whatever they say. Every call makes another ECDSA signature.
inline edge_channel seal_channel(crypto::port& host, const jose::signing_key& key, std::string_view header,
                                 std::string_view payload, const channel::pair& own, const crypto::p256_point& agent) {
  const std::string input =
      encoding::encode_base64url(as_bytes(header)) + "." + encoding::encode_base64url(as_bytes(payload));
  const auto signature = crypto::make_signature(host, key.algorithm, *key.key, as_bytes(input)).value();
  const auto id = host.sha256(as_bytes(input));
  edge_channel made;
  made.grant = input + "." + encoding::encode_base64url(signature);
  made.keys = channel::derive(host, own.secret, agent, id, own.point, agent).value();
  made.signer.kid = channel::keyid_of(id);
  made.signer.algorithm = crypto::algorithm::hs256;
  made.signer.key = host.import_secret(made.keys.requests).value();
  return made;
}

inline std::string grant_header(const jose::signing_key& key, std::string_view typ = channel::grant_typ) {
  const std::string alg(crypto::describe(key.algorithm).jose_name);
  return encoding::canonical_json({{"alg", alg}, {"kid", key.kid}, {"typ", std::string(typ)}});
}

/// The channel of a grant that says `what`, with the edge's key of `own`.
inline edge_channel open_channel(crypto::port& host, const jose::signing_key& key, channel::grant what,
                                 const channel::pair& own, const crypto::p256_point& agent) {
  what.edge = own.point;
  return seal_channel(host, key, grant_header(key), channel::write_grant(what), own, agent);
}

/// What the edge grants for `service` from `issued_at` on, for ten minutes.
inline channel::grant grant_for(std::string_view service, std::string agent_thumbprint, unix_seconds issued_at) {
  channel::grant what;
  what.agent = std::move(agent_thumbprint);
  what.audience = std::string(channel::audience_prefix) + std::string(service);
  what.issued_at = issued_at;
  what.expires = issued_at + channel::max_grant_lifetime;
  what.issuer = "https://edge.test";
  what.id = "p2b1eIu5n0m1tZQ8iTqT9A";
  return what;
}

}  // namespace sallyport::testing
