// How a request that was decided is signed, once it is known where it goes: with the edge's key, or by the MAC of a channel
// to that place (channel/place.hpp). And what responses say of channels.
//
// Rules
// * A signature is for one sending, but for a channel that the agent does not hold: then the same request, under the same
//   nonce, is signed with the edge's key and sent once more, if no more than 10 s have gone since it was decided. One agent
//   takes a nonce once, so that it cannot be executed twice.
// * What a host keeps between the calls is text that only this file reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "channel/place.hpp"
#include "core/lru.hpp"
#include "core/result.hpp"
#include "gate/edge/keys.hpp"
#include "gate/edge/signature_order.hpp"

namespace sallyport::gate {

/// Holds what is known of 256 places. Not thread-safe.
class request_signer {
 public:
  /// All outlive it.
  request_signer(const policy::compiled_policy& policy, const edge_keys& keys, crypto::port& host);

  /// `place`: a task, or empty where the service is one place. `entropy`: channel_entropy_bytes fresh random bytes.
  /// Reasons: internal (no such service, too little entropy), those of httpsig::sign_profile.
  result<signed_request> sign(const signature_order& order, std::string_view place, signing_turn turn,
                              unix_milliseconds now, bytes_view entropy);

  /// `field`: the value of Sallyport-Channel, or empty. Its `unknown` counts in a 401 only, as agents say it.
  channel_news answered(std::string_view sent, int status, std::string_view field, unix_milliseconds now);
  /// No response came.
  channel_news unanswered(std::string_view sent, unix_milliseconds now);

 private:
  struct text_hash {
    std::uint64_t operator()(std::string_view text) const;
  };

  channel::place& place_of(std::string_view name);
  /// The channel to sign with, and what it is sent under; null: with the edge's key.
  channel::opened_ptr choose(std::string_view place, const signature_order& order, channel::sent_under& under,
                             unix_milliseconds now, bytes_view entropy);
  channel::opened_ptr open(std::string_view service, const crypto::p256_point& agent, unix_seconds now,
                           bytes_view entropy);
  result<signed_request> sign_with(const signature_order& order, crypto::algorithm how, const crypto::key& key,
                                   std::string_view keyid);

  const policy::compiled_policy& policy_;
  const edge_keys& keys_;
  crypto::port& host_;
  lru<std::string, channel::place, text_hash> places_;
};

}  // namespace sallyport::gate
