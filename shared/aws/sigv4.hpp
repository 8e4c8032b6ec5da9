// AWS Signature Version 4: a request and temporary credentials in, the fields or the query that prove them out.
// Source: AWS General Reference, "Signature Version 4 signing process". Nothing is sent here and no clock is read.
//
// Rules
// * Every field of the request is signed, but those that a hop on the way may change (see `hop_changes`).
// * The path is encoded as given: pass the path as it goes over the wire and every service but S3 gets the double
//   encoding it expects; for S3 (`normalize` false) pass it decoded.
// * Secrets stay in here: no result carries the secret key or a derived key.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::aws {

/// What STS hands out. A session token is always there in production; an empty one is left out.
struct credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
};

using name_value = std::pair<std::string, std::string>;

struct signing_request {
  std::string method;
  std::string path;
  /// Decoded names and values, in any order.
  std::vector<name_value> query;
  /// With Host; an X-Amz-Date or Authorization that is already there is replaced.
  std::vector<name_value> fields;
  bytes body;
};

enum class signature_place : std::uint8_t { header, query };

struct signing_scope {
  std::string region;
  std::string service;
  unix_seconds time = 0;
};

/// In place of the body's hash: the body is not covered. VPC Lattice takes only this; API Gateway and Lambda want the
/// hash.
inline constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

struct signing_options {
  /// Dot segments and repeated slashes are resolved; false for S3.
  bool normalize = true;
  /// Header mode: also send and sign x-amz-content-sha256.
  bool sign_body = false;
  /// The session token is sent but not signed.
  bool omit_session_token = false;
  signature_place place = signature_place::header;
  /// Query mode: how long the signature is good for.
  seconds expires = 3600;
  /// What stands for the body, when the caller knows better than to have it hashed here: the lower-case hexadecimal
  /// SHA-256 of it, or unsigned_payload. Empty: the body's hash.
  std::string payload = {};
};

/// What signing adds, and the stages on the way for diagnosis ("SignatureDoesNotMatch" is explained by comparing them).
struct signed_request {
  std::string canonical_request;
  std::string string_to_sign;
  /// Lower-case hexadecimal.
  std::string signature;
  /// Lower-case names joined with ";".
  std::string signed_headers;
  /// Header mode: the fields to add. Query mode: empty.
  std::vector<name_value> fields;
  /// Query mode: the whole encoded query. Header mode: the request's own, encoded.
  std::string query;
};

/// Holds the signing keys derived for a day, region and service, so that a steady flow costs one HMAC a request.
/// Bounded; owned by one thread.
class signer {
 public:
  explicit signer(crypto::port& host) : host_(host) {}

  /// Reasons: sigv4_invalid_request (no host field, a control character, time out of range, a payload that is no hash),
  /// crypto_failed.
  result<signed_request> sign(const signing_request& request, const credentials& who, const signing_scope& scope,
                              const signing_options& options);

 private:
  struct cached_key {
    std::string name;
    crypto::key_ptr key;
  };

  result<crypto::key_ptr> signing_key(const credentials& who, const signing_scope& scope, std::string_view day);

  crypto::port& host_;
  std::vector<cached_key> keys_;
};

}  // namespace sallyport::aws
