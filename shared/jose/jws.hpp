// Compact JSON Web Signatures (RFC 7515 section 7.1), read and written.
//
// Rules of a token
// * exactly three parts of strict base64url; header and signature are not empty, and the header is a JSON object that
//   passes the gate (no duplicate member).
// * alg is in the table and allowed, and never none; crit is refused, because no extension is understood; so is b64
//   false.
// * a key never comes from the token: jwk and x5c are refused, jku, x5u, x5t are not read and never followed.
// * JSON serializations and detached content are refused by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jose/jwk_set.hpp"

namespace sallyport::jose {

struct jws_limits {
  std::size_t max_bytes = std::size_t{16} << 10;
};

struct jws_header {
  crypto::algorithm algorithm;
  /// Empty: none given.
  std::string kid;
  /// As written; empty: none given.
  std::string typ;
};

/// A token that was read and not verified: nothing in it may be believed.
struct unverified_jws {
  jws_header header;
  /// Header and payload as they came, with the dot: what was signed. A view into the token.
  std::string_view signing_input;
  bytes payload;
  bytes signature;
};

/// A token whose signature was verified; only verify_jws makes one.
class verified_jws {
 public:
  const jws_header& header() const { return header_; }
  bytes_view payload() const { return payload_; }

 private:
  friend result<verified_jws> verify_jws(unverified_jws, const jwk_set&, crypto::algorithm_set, crypto::port&);
  verified_jws(jws_header header, bytes payload) : header_(std::move(header)), payload_(std::move(payload)) {}
  jws_header header_;
  bytes payload_;
};

/// The result views into `token`. Reasons: jws_too_large, jws_malformed (not three parts of base64url),
/// jws_serialization_unsupported, jws_header_invalid, jws_alg_none, jws_b64_unsupported, jws_crit_unknown,
/// jws_embedded_key, jws_alg_not_allowed (alg is not in the table).
result<unverified_jws> parse_jws(std::string_view token, const jws_limits& limits = {});

/// Reasons: jws_alg_not_allowed, key_not_found, jwk_algorithm_mismatch, jws_signature_format, jws_signature_invalid,
/// jws_serialization_unsupported (the payload is empty and the signature is over another one: detached content).
result<verified_jws> verify_jws(unverified_jws token, const jwk_set& keys, crypto::algorithm_set allowed,
                                crypto::port& host);

/// The encoded protected header of `key` with `typ` ("": none): the same for every token, so callers may keep it.
std::string protected_header(const signing_key& key, std::string_view typ);

/// A compact JWS. `encoded_header` is base64url (protected_header). Reasons: crypto_failed.
result<std::string> sign_jws(std::string_view encoded_header, bytes_view payload, crypto::algorithm how,
                             const crypto::key& key, crypto::port& host);

/// A compact JWS with alg, kid and typ in its header. Reasons: crypto_failed.
result<std::string> sign_jws(const signing_key& key, std::string_view typ, bytes_view payload, crypto::port& host);

}  // namespace sallyport::jose
