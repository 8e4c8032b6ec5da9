// HTTP Message Signatures (RFC 9421) in general: base, sign, verify. Our own profile is in profile.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "encoding/structured_field.hpp"
#include "httpsig/component.hpp"

namespace sallyport::httpsig {

/// A signature as two dictionaries carry it under one label.
struct received_signature {
  /// Covered components and parameters (RFC 9421 section 2.3).
  encoding::sf::inner_list input;
  /// As on the wire: R||S for ECDSA.
  bytes signature;
};

/// Finds `label` in Signature-Input and Signature. Reasons: httpsig_malformed, httpsig_label_missing.
result<received_signature> find_signature(const message& from, std::string_view label);

/// Most components of one signature: each is compared with all before it, and may read the whole query.
inline constexpr std::size_t max_components = 256;

/// The signature base (RFC 9421 section 2.5). Reasons: httpsig_component_invalid (also: more than max_components),
/// _missing, _value; httpsig_parameter_invalid.
result<std::string> signature_base(const encoding::sf::inner_list& input, const signing_context& context);

/// Signs `data` under an algorithm of the RFC 9421 registry; the wire form. Reasons: httpsig_algorithm, crypto_failed.
result<bytes> sign_bytes(crypto::port& host, const crypto::key& key, crypto::algorithm how, std::string_view data);
/// Whether `signature` (wire form) is right. Reasons: httpsig_algorithm, httpsig_invalid.
result<void> verify_bytes(crypto::port& host, const crypto::key& key, crypto::algorithm how, std::string_view data,
                          bytes_view signature);

/// Both field values for one signature under `label`.
struct signature_fields {
  std::string signature_input;
  std::string signature;
};
result<signature_fields> sign(crypto::port& host, const crypto::key& key, crypto::algorithm how, std::string_view label,
                              const encoding::sf::inner_list& input, const signing_context& context);

/// What a verifier demands besides a right signature (RFC 9421 section 3.2).
struct verify_options {
  /// When set, `expires` and `created` are checked against it.
  std::optional<unix_seconds> now;
  seconds skew = 0;
};

/// Verifies the signature under `label` with a key that is for `how`. An alg parameter that differs is
/// httpsig_algorithm. Reasons: those of find_signature, signature_base, verify_bytes; httpsig_expired,
/// httpsig_created_in_future.
result<void> verify(crypto::port& host, const crypto::key& key, crypto::algorithm how, std::string_view label,
                    const signing_context& context, const verify_options& options = {});

}  // namespace sallyport::httpsig
