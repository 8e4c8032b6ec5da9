// Whether an Ed25519 public key may be trusted at all.
#pragma once

#include "core/bytes.hpp"

namespace sallyport::jose {

/// Whether the point is one of the eight whose order divides the cofactor, in any of their spellings. Under such a key
/// everybody can sign, since S = 0 and one of eight R verify over any message; the full validation of NIST SP 800-186
/// appendix D.1.3 refuses it. Precondition: 32 bytes.
bool has_small_order(bytes_view point);

}  // namespace sallyport::jose
