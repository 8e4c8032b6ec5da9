// The edge's end of channels to an agent of a stage.
#pragma once

#include <string>

#include "tests/agent/stage.hpp"
#include "tests/support/edge_channel.hpp"

namespace sallyport::testing {

/// What `answer` says in Sallyport-Channel.
inline channel::field channel_field(const std::optional<message>& answer) {
  return answer ? channel::read_field(answer->field("sallyport-channel")) : channel::field{};
}

/// The agent's key, out of its response to a request that the edge's key signed.
inline crypto::p256_point offered_by(const stage& s) {
  const auto offer = channel_field(s.ask(signed_request{}));
  if (!offer.key) std::abort();
  return *offer.key;
}

/// A channel to the agent that has offered `key`; every `number` is another one.
inline edge_channel channel_for(const crypto::p256_point& key, byte number = 0,
                                const jose::signing_key& by = edge_keys().es256) {
  auto what = grant_for("es", channel::thumbprint(test_host(), key), now_s());
  return open_channel(test_host(), by, what, edge_pair(test_host(), static_cast<byte>(0x20 + number)), key);
}

enum class carries { grant, nothing };

/// `request` under `channel`.
inline signed_request under(const edge_channel& channel, carries what, signed_request request = {}) {
  request.key = channel.signer;
  if (what == carries::grant) request.extra.emplace_back("Sallyport-Channel-Grant", channel.grant);
  return request;
}

/// The agent holds it from now on.
inline bool probe(const stage& s, const edge_channel& channel) {
  auto request = under(channel, carries::grant);
  request.nonce = fresh_nonce();
  const auto answer = s.ask(request);
  return answer && answer->status == 200 &&
         answer->field("sallyport-channel") == channel.confirmation(test_host(), request.nonce);
}

}  // namespace sallyport::testing
