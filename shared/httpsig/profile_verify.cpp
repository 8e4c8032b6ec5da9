// Check 5 of the protocol: the base as it was signed, and the signature over it.
#include "httpsig/profile.hpp"
#include "httpsig/profile_components.hpp"
#include "httpsig/signature.hpp"

namespace sallyport::httpsig {

result<std::string> profile_base(const received_profile& received, const profile_message& message) {
  std::string base;
  base.reserve(base_bytes(message, received.signature_params));
  for (std::size_t i = 0; i < received.component_count; ++i) {
    const reason why = append_component(base, received.components[i], message);
    if (why != reason::ok) return why;
  }
  append_signature_params(base, received.signature_params);
  return base;
}

result<void> verify_profile(crypto::port& host, const crypto::key& key, crypto::algorithm how,
                            const received_profile& received, const profile_message& message) {
  SALLYPORT_ASSIGN(const std::string base, profile_base(received, message));
  return verify_bytes(host, key, how, base, received.signature);
}

}  // namespace sallyport::httpsig
