#include "gate/origin/signature.hpp"

#include "encoding/shown.hpp"
#include "gate/origin/channel_checks.hpp"
#include "gate/protocol/signature_name.hpp"

namespace sallyport::gate {
namespace {

/// Check 3, second half.
result<httpsig::received_profile> read_profile(std::string_view signature_input, std::string_view signature,
                                               httpsig::profile_message& message) {
  if (message.content_length != "0") return httpsig::parse_profile(signature_input, signature, message);
  auto covered = httpsig::parse_profile(signature_input, signature, message);
  if (covered.why() != reason::httpsig_profile) return covered;
  message.content_length.reset();
  return httpsig::parse_profile(signature_input, signature, message);
}

/// The service's algorithm, in the policy of now or the one before.
bool is_algorithm_of(const policy::policy_ptr& policy, std::string_view service, crypto::algorithm how) {
  const auto* found = policy == nullptr ? nullptr : policy::find_service(*policy, service);
  return found != nullptr && found->signature == how;
}

failure other_algorithm(std::string_view keyid, crypto::algorithm how) {
  return {reason::httpsig_algorithm,
          "key " + encoding::shown(keyid, 64) + " is not for " + std::string(crypto::describe(how).httpsig_name)};
}

/// The key called `keyid`, whichever kind it is; the key says which algorithm it is for (RFC 9421 section 3.2, step 6).
result<const crypto::key*> find_key(std::string_view keyid, crypto::algorithm how, const origin_snapshot& held) {
  if (!keyid.empty() && held.edge_keys->find(keyid) != nullptr) {
    const auto chosen = held.edge_keys->choose(how, keyid);
    if (chosen.ok()) return (*chosen)->key.get();
    if (chosen.why() == reason::jwk_algorithm_mismatch) return other_algorithm(keyid, how);
    return failure(reason::httpsig_key_unknown, "several keys are called " + encoding::shown(keyid, 64));
  }
  for (const auto& secret : held.secrets) {
    if (secret.kid != keyid) continue;
    if (secret.algorithm != how) return other_algorithm(keyid, how);
    return secret.key.get();
  }
  return failure(reason::httpsig_key_unknown, "no key " + encoding::shown(keyid, 64) + "; " + describe_kids(held));
}

result<const crypto::key*> choose_key(std::string_view keyid, crypto::algorithm how, const origin_snapshot& held) {
  SALLYPORT_ASSIGN(const auto* key, find_key(keyid, how, held));
  if (!is_algorithm_of(held.policy, held.service, how) && !is_algorithm_of(held.previous, held.service, how)) {
    return failure(reason::httpsig_algorithm, "requests to service " + held.service + " are not signed with " +
                                                  std::string(crypto::describe(how).httpsig_name));
  }
  return key;
}

}  // namespace

std::string describe_kids(const origin_snapshot& held) {
  std::vector<std::string_view> kids;
  for (const auto& each : held.edge_keys->keys()) kids.emplace_back(each.kid);
  for (const auto& each : held.secrets) kids.emplace_back(each.kid);
  return "held: " + encoding::shown_some(kids);
}

result<verified_signature> verify_request_signature(const signed_parts& parts, const verification& with,
                                                    signature_trace& trace) {
  httpsig::profile_message message = parts.message;
  SALLYPORT_ASSIGN(const auto received, read_profile(parts.signature_input, parts.signature, message));
  trace.keyid = received.keyid.value_or("");
  if (received.created) trace.clock_difference = with.now - *received.created;
  if (channel::is_keyid(trace.keyid)) return verify_channel_signature(received, message, parts.grant, with, trace);
  if (parts.grant) return failure(reason::sallyport_field_unknown, "sallyport-channel-grant, without a channel");
  SALLYPORT_ASSIGN(const auto how, httpsig::check_parameters(received));
  trace.sig = signature_name(how);
  SALLYPORT_ASSIGN(const auto* key, choose_key(*received.keyid, how, *with.held));
  SALLYPORT_ASSIGN(trace.clock_difference, httpsig::check_times(received, with.now, with.skew));
  SALLYPORT_TRY(httpsig::verify_profile(with.host, *key, how, received, message));
  if (how != crypto::algorithm::hs256) trace.response.field = offer_to(with);
  return verified_signature{*received.nonce, *received.expires};
}

}  // namespace sallyport::gate
