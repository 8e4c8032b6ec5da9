// The two forms of an ECDSA signature: R||S of fixed length on the wire (RFC 7518 section 3.4, RFC 9421 section 3.3.4)
// and DER (ECDSA-Sig-Value, RFC 3279 section 2.2.3) in the crypto libraries. Strict both ways: one value, one spelling.
#pragma once

#include <array>
#include <optional>

#include "core/bytes.hpp"
#include "crypto/algorithm.hpp"

namespace sallyport::crypto {

/// A DER signature in place, so that verifying allocates nothing. 141 bytes hold the longest one (P-521).
struct der_signature {
  std::array<byte, 141> block;
  std::size_t size = 0;
  bytes_view view() const { return {block.data(), size}; }
};

/// R||S as minimal DER, or nothing when the length is not twice that of the curve's order, or when R or S is not in
/// [1, n-1] (FIPS 186-5 section 6.4.2, step 1). Precondition: a NIST curve.
std::optional<der_signature> ecdsa_to_der(curve which, bytes_view raw);

/// DER as R||S, or nothing when it is not the minimal encoding of two integers in [1, n-1]. Precondition: a NIST curve.
std::optional<bytes> ecdsa_from_der(curve which, bytes_view der);

}  // namespace sallyport::crypto
