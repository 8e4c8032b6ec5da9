// Checks 3 (second half), 4 and 5: the request signature.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "gate/origin/channel_identity.hpp"
#include "gate/origin/origin.hpp"
#include "httpsig/profile.hpp"

namespace sallyport::gate {

/// A request signature that verified. Views into the head.
struct verified_signature {
  std::string_view nonce;
  unix_seconds expires = 0;
};

/// What is known even when a check fails.
struct signature_trace {
  std::string_view keyid;
  /// opened::sig.
  std::string_view sig;
  std::optional<seconds> clock_difference;
  /// A channel whose MAC verified.
  held_channel_ptr channel;
  channel_response response;
  /// The kid of a grant is not among the edge's keys.
  bool unknown_key = false;
};

/// What is signed, and how. Views into the head; `message` as received.
struct signed_parts {
  std::string_view signature_input, signature;
  httpsig::profile_message message;
  /// Sallyport-Channel-Grant.
  std::optional<std::string_view> grant;
};

/// What it is checked with.
struct verification {
  const origin_snapshot_ptr& held;
  unix_seconds now = 0;
  seconds skew = 0;
  crypto::port& host;
  origin_channels channels;
};

/// Which keys there are, for details. Precondition: edge_keys are there.
std::string describe_kids(const origin_snapshot& held);

/// Runs the checks in order. A Content-Length of 0 is taken as the signature has it. Reasons: those of
/// httpsig::parse_profile, check_parameters, check_times and verify_profile; httpsig_key_unknown, httpsig_algorithm;
/// sallyport_field_unknown (a grant without a channel); those of verify_channel_signature.
result<verified_signature> verify_request_signature(const signed_parts& parts, const verification& with,
                                                    signature_trace& trace);

}  // namespace sallyport::gate
