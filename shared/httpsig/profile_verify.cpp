// Check 5 of the protocol: the base as it was signed, and the signature over it.
#include "httpsig/profile.hpp"
#include "httpsig/profile_components.hpp"
#include "httpsig/signature.hpp"

namespace sallyport::httpsig {
namespace {

/// Where to look for what changed on the way, if it is not the key.
failure changed(const received_profile& received) {
  std::string covered;
  for (std::size_t i = 0; i < received.component_count; ++i) {
    covered.append(covered.empty() ? "" : ", ").append(name_of(received.components[i]));
  }
  return {reason::httpsig_invalid, "one of these is not what was signed, or the key is another: " + covered};
}

}  // namespace

result<std::string> profile_base(const received_profile& received, const profile_message& message) {
  std::string base;
  base.reserve(base_bytes(message, received.signature_params));
  for (std::size_t i = 0; i < received.component_count; ++i) {
    const reason why = append_component(base, received.components[i], message);
    if (why != reason::ok) {
      return failure(why, std::string(name_of(received.components[i])) + " does not fit one line");
    }
  }
  append_signature_params(base, received.signature_params);
  return base;
}

result<void> verify_profile(crypto::port& host, const crypto::key& key, crypto::algorithm how,
                            const received_profile& received, const profile_message& message) {
  SALLYPORT_ASSIGN(const std::string base, profile_base(received, message));
  const auto verified = verify_bytes(host, key, how, base, received.signature);
  return verified.why() == reason::httpsig_invalid ? result<void>(changed(received)) : verified;
}

}  // namespace sallyport::httpsig
