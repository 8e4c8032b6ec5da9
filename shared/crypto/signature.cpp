#include "crypto/signature.hpp"

#include "crypto/ecdsa_der.hpp"

namespace sallyport::crypto {

result<void> verify_signature(port& host, algorithm how, const key& with, bytes_view data, bytes_view signature) {
  const algorithm_row& row = describe(how);
  if (signature.empty() || (row.signature_bytes != 0 && signature.size() != row.signature_bytes)) {
    return reason::jws_signature_format;
  }
  if (row.family != family::ecdsa) {
    if (!host.verify(how, with, data, signature)) return reason::jws_signature_invalid;
    return {};
  }
  const auto der = ecdsa_to_der(row.curve, signature);
  if (!der) return reason::jws_signature_format;
  if (!host.verify(how, with, data, der->view())) return reason::jws_signature_invalid;
  return {};
}

result<bytes> make_signature(port& host, algorithm how, const key& with, bytes_view data) {
  auto made = host.sign(how, with, data);
  if (!made.ok() || describe(how).family != family::ecdsa) return made;
  auto raw = ecdsa_from_der(describe(how).curve, *made);
  if (!raw) return failure(reason::crypto_failed, "the host's ECDSA signature is not DER");
  return std::move(*raw);
}

}  // namespace sallyport::crypto
