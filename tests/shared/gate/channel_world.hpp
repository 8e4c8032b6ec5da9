// Requests under channels, for the tests of the origin.
#pragma once

#include <string>

#include "tests/shared/gate/forge.hpp"
#include "tests/support/edge_channel.hpp"

namespace sallyport::testing {

/// What a good grant for this agent says.
inline channel::grant grant_to(const agent& at) {
  return grant_for("es", at.self->thumbprint, start_s);
}

inline edge_channel channel_to(const agent& at, const channel::grant& what) {
  return open_channel(host(), keys().edge[0], what, edge_pair(host()), at.self->own.point);
}
inline edge_channel channel_to(const agent& at) {
  return channel_to(at, grant_to(at));
}

/// The channel of a grant with this header and payload; empty: those of a good one.
inline edge_channel sealed_to(const agent& at, std::string_view payload, std::string_view header = "") {
  const auto& key = keys().edge[0];
  return seal_channel(host(), key, header.empty() ? grant_header(key) : std::string(header), payload, edge_pair(host()),
                      at.self->own.point);
}

/// The canonical payload of a good grant.
inline json payload_to(const agent& at) {
  auto what = grant_to(at);
  what.edge = edge_pair(host()).point;
  return *encoding::parse_json(channel::write_grant(what));
}

/// A nonce for each `number`.
inline std::string nonce_of(unsigned number) {
  bytes octets(16);
  for (std::size_t i = 0; i < 4; ++i) octets[i] = static_cast<byte>(number >> (8 * i));
  return encoding::encode_base64url(octets);
}

/// A request under `channel`, with the grant or without.
inline forge under(const edge_channel& channel, bool with_grant, unsigned number = 0) {
  // One for all, so that it costs one verification.
  static const std::string minted = forge().compact();
  forge made;
  made.assertion = minted;
  made.key = &channel.signer;
  made.keyid = channel.signer.kid;
  made.nonce = nonce_of(number);
  if (with_grant) made.extra_fields.emplace_back("Sallyport-Channel-Grant", channel.grant);
  return made;
}

}  // namespace sallyport::testing
