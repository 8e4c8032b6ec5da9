// Content-Digest (RFC 9530): read, computed, and checked while the body streams by.
//
// Every known algorithm that is present must match; unknown ones are ignored (section 2); none known is
// digest_unsupported. Known are sha-256 and sha-512; the deprecated ones of section 5 count as unknown.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "crypto/crypto.hpp"

namespace sallyport::http {

/// What a Content-Digest field promises; at least one is there.
struct digest_expectation {
  std::optional<std::array<byte, 32>> sha256;
  std::optional<std::array<byte, 64>> sha512;
};

/// Reads the value of a Content-Digest (or Repr-Digest) field. Reasons: digest_malformed, digest_unsupported.
result<digest_expectation> parse_content_digest(std::string_view value);

/// `sha-256=:…:` for a body that is at hand or whose hash is.
std::string content_digest_field(const crypto::sha256_digest& hash);
std::string content_digest_field(crypto::port& host, bytes_view body);

/// Checks a body against its expectation piece by piece.
class digest_verifier {
 public:
  digest_verifier(crypto::port& host, const digest_expectation& expected);

  void update(bytes_view piece);
  /// After the last piece, once. Reasons: digest_mismatch.
  result<void> finish();

 private:
  crypto::port* host_;
  digest_expectation expected_;
  std::unique_ptr<crypto::hasher> sha256_;
  std::unique_ptr<crypto::hasher> sha512_;
};

/// The whole check for a body at hand. Reasons: digest_malformed, digest_unsupported, digest_mismatch.
result<void> verify_content_digest(crypto::port& host, std::string_view value, bytes_view body);

}  // namespace sallyport::http
