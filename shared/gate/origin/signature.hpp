// Checks 3 (second half), 4 and 5: the request signature.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "gate/origin/origin.hpp"
#include "httpsig/profile.hpp"

namespace sallyport::gate {

/// A request signature that verified. Views into the head.
struct verified_signature {
  std::string_view keyid;
  std::string_view nonce;
  unix_seconds expires = 0;
};

/// What is known even when a check fails.
struct signature_trace {
  std::string_view keyid;
  std::optional<seconds> clock_difference;
};

/// Which keys there are, for details. Precondition: edge_keys are there.
std::string describe_kids(const origin_snapshot& held);

/// Runs the checks in order. `message` as received; a Content-Length of 0 is taken as the signature has it. Reasons:
/// those of httpsig::parse_profile, check_parameters, check_times and verify_profile; httpsig_key_unknown,
/// httpsig_algorithm.
result<verified_signature> verify_request_signature(std::string_view signature_input, std::string_view signature,
                                                    httpsig::profile_message message, const origin_snapshot& held,
                                                    unix_seconds now, seconds skew, crypto::port& host,
                                                    signature_trace& trace);

}  // namespace sallyport::gate
