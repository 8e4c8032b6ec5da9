// Checks 4 and 5 of a request under a channel: its keyid begins with "ch1." (protocol, "Channels"). Cheapest first; the
// first failure is the reason. U: the refusal says `unknown`, so that the edge signs the same request with its published
// key and sends it once more.
//
//  1. 47 characters of keyid, hmac-sha256; the service is signed with an asymmetric key and has channels, by the policy
//     in force (not the one before): httpsig_algorithm U
//  2. tag, nonce, created, expires, lifetime as for any signature, without U
//  3. held: not expired (channel_grant_expired U), and its grant verified under the keys and the policy in force, else once
//     more: as 5 (iss, aud) and 6. Then 8. A grant that came along is not looked at
//  4. not held: there is a grant (channel_unknown U)
//  5. the grant is one, and the one that the keyid names (channel_grant_invalid U); iss (channel_grant_issuer U), aud
//     (channel_grant_audience U), for this agent's key (channel_unknown U), lifetime (channel_grant_lifetime U), times
//     (channel_grant_not_yet_valid U, channel_grant_expired U). Not verified as yet: good for refusing only
//  6. its kid is a key of the edge, for its alg; its signature (channel_grant_invalid U)
//  7. the edge's point lies on the curve; the keys are derived (channel_grant_invalid U). So the agent's key answers
//     nobody but the edge
//  8. the MAC (httpsig_invalid U)
//  9. only now a new channel is kept
#pragma once

#include "gate/origin/signature.hpp"

namespace sallyport::gate {

/// Precondition: the keyid of `received` begins with "ch1.". `grant`: the field's value. Sets in `trace` what the response
/// says. Reasons: above, and httpsig_component_value.
result<verified_signature> verify_channel_signature(const httpsig::received_profile& received,
                                                    const httpsig::profile_message& message,
                                                    const std::optional<std::string_view>& grant,
                                                    const verification& with, signature_trace& trace);

/// Whether the service has channels, by the policy in force.
bool allows_channels(const origin_snapshot& held);

/// Sallyport-Channel of the response to a request that one of the edge's keys signed; may be empty.
std::string offer_to(const verification& with);

}  // namespace sallyport::gate
