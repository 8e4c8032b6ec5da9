// Our profile of HTTP Message Signatures (protocol, "Fields the edge adds"), lean enough for every request.
//
// * Label `sallyport`. Covered: exactly "@method" "@path" "@query" "sallyport-assertion" "sallyport-context" and each
//   of "content-digest" "content-type" "content-length" that the message has; in any order, each once, without
//   parameters.
// * Parameters: created, expires, nonce, keyid, alg, tag, all of them, each once, nothing else, in any order.
// * Algorithms: ecdsa-p256-sha256, ed25519, hmac-sha256.
// * The member of Signature-Input must be spelled as RFC 9651 section 4.1 serializes it (every library does). Then its
//   bytes are its value, and the base repeats them as received.
// * Other labels beside ours are stepped over; ours twice is malformed.
// The functions are the steps of protocol checks 3, 4 and 5, so that the caller keeps their order.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::httpsig {

inline constexpr std::string_view profile_label = "sallyport";
inline constexpr std::string_view profile_tag = "sallyport";
inline constexpr seconds profile_max_lifetime = 60;
/// 128 bits as base64url without padding.
inline constexpr std::size_t profile_nonce_chars = 22;

/// What the signature covers. Views; the path and query are canonical, the query is without its "?" (RFC 9421
/// section 2.2.7 puts "?" into the base for an absent and for an empty query alike).
struct profile_message {
  std::string_view method;
  std::string_view path;
  std::string_view query;
  std::string_view assertion;
  std::string_view context;
  std::optional<std::string_view> content_digest;
  std::optional<std::string_view> content_type;
  std::optional<std::string_view> content_length;
};

/// What the signer says about its signature. `nonce`: 22 characters of base64url.
struct profile_parameters {
  unix_seconds created = 0;
  unix_seconds expires = 0;
  std::string_view nonce;
  std::string_view keyid;
  crypto::algorithm alg = crypto::algorithm::es256;
};

/// Whether a key may be called that: not empty, printable ASCII, nothing that would need an escape (RFC 9651 section
/// 3.3.3).
bool is_profile_keyid(std::string_view text);

/// A signature about to be made: sign `base`, send `signature_input`.
struct profile_draft {
  std::string base;
  /// Value of the Signature-Input field.
  std::string signature_input;
};

/// Reasons: httpsig_component_value (a value that is not one line of ASCII), httpsig_nonce, httpsig_parameter_invalid
/// (not is_profile_keyid), httpsig_algorithm.
result<profile_draft> draft_profile(const profile_message& message, const profile_parameters& parameters);
/// Value of the Signature field; `signature` is as on the wire (R||S for ECDSA).
std::string profile_signature_field(bytes_view signature);

/// Signs: draft, sign with `how`, and both field values. Reasons: those of draft_profile, crypto_failed.
struct profile_fields {
  std::string signature_input;
  std::string signature;
};
result<profile_fields> sign_profile(crypto::port& host, const crypto::key& key, const profile_message& message,
                                    const profile_parameters& parameters);

/// The components that may be covered, in the order in which we send them.
enum class profile_component : std::uint8_t {
  method,
  path,
  query,
  assertion,
  context,
  content_digest,
  content_type,
  content_length
};

/// A received signature whose covered list is right (check 3). Views are into the field values it was parsed from.
struct received_profile {
  /// The inner list with its parameters, byte for byte as received.
  std::string_view signature_params;
  std::array<profile_component, 8> components{};
  std::size_t component_count = 0;
  std::optional<unix_seconds> created;
  std::optional<unix_seconds> expires;
  std::optional<std::string_view> nonce;
  std::optional<std::string_view> keyid;
  std::optional<std::string_view> alg;
  std::optional<std::string_view> tag;
  /// A parameter that is not one of the six, or has another type, or holds escapes.
  bool foreign_parameter = false;
  /// As on the wire.
  bytes signature;
};

/// Check 3, second half: reads both field values (each the one line, or the lines joined with ", ") and demands exactly
/// the covered list that `message` calls for. Reasons: httpsig_malformed, httpsig_label_missing,
/// httpsig_component_invalid (parameters on a component, or one twice), httpsig_profile (one missing or one too many).
result<received_profile> parse_profile(std::string_view signature_input, std::string_view signature,
                                       const profile_message& message);

/// Check 4, first part: all parameters there and of their type, tag, nonce, alg. Gives the algorithm; the caller then
/// finds the key by keyid and demands that it is for this algorithm. Reasons: httpsig_parameter_invalid, httpsig_tag,
/// httpsig_nonce, httpsig_algorithm.
result<crypto::algorithm> check_parameters(const received_profile& received);

/// Check 4, second part: the clocks. Gives `now - created` in seconds (negative: the signer's clock is ahead), for the
/// audit record and the metric. Precondition: check_parameters passed. Reasons, in this order:
/// httpsig_created_in_future, httpsig_expired, httpsig_lifetime_too_long (the details name the measured difference).
result<seconds> check_times(const received_profile& received, unix_seconds now, seconds skew);

/// Check 5: the base, in the order and spelling received. Reasons: httpsig_component_value.
result<std::string> profile_base(const received_profile& received, const profile_message& message);
/// Check 5 whole: base and signature. Reasons: httpsig_component_value, httpsig_invalid.
result<void> verify_profile(crypto::port& host, const crypto::key& key, crypto::algorithm how,
                            const received_profile& received, const profile_message& message);

}  // namespace sallyport::httpsig
