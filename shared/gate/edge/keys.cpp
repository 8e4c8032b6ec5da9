#include "gate/edge/keys.hpp"

#include "channel/keys.hpp"
#include "httpsig/profile.hpp"

namespace sallyport::gate {
namespace {

/// Found out now, or every request would be.
result<void> check_kid(const jose::signing_key& key) {
  if (channel::is_keyid(key.kid)) return failure(reason::config_invalid, std::string(channel::kid_is_taken));
  if (httpsig::is_profile_keyid(key.kid)) return {};
  return failure(reason::config_invalid, "a kid is printable ASCII without quotes and backslashes");
}

result<void> check_own(const std::vector<jose::signing_key>& own) {
  if (own.empty()) return failure(reason::signing_key_missing, "the edge has no signing key");
  for (const auto& key : own) {
    SALLYPORT_TRY(check_kid(key));
    if (key.algorithm != crypto::algorithm::es256 && key.algorithm != crypto::algorithm::eddsa) {
      return failure(reason::config_invalid, "signing key " + key.kid + " is neither ES256 nor EdDSA");
    }
  }
  return {};
}

bool has_kid(const std::vector<jose::signing_key>& keys, std::string_view kid) {
  for (const auto& key : keys) {
    if (key.kid == kid) return true;
  }
  return false;
}

result<void> check_secrets(const edge_keys& keys, const policy::compiled_policy& policy) {
  for (const auto& entry : keys.secrets) {
    if (policy::find_service(policy, entry.service) == nullptr) {
      return failure(reason::config_invalid,
                     "a shared secret for service " + entry.service + ", which the policy does not have");
    }
    for (const auto& secret : entry.keys) {
      SALLYPORT_TRY(check_kid(secret));
      // The origin finds a key by its keyid alone, so one name cannot stand for two keys.
      if (has_kid(keys.own, secret.kid)) {
        return failure(reason::config_invalid, "a shared secret and a signing key are both called " + secret.kid);
      }
    }
  }
  return {};
}

const jose::signing_key* first_of(const std::vector<jose::signing_key>& keys, crypto::algorithm algorithm) {
  for (const auto& key : keys) {
    if (key.algorithm == algorithm) return &key;
  }
  return nullptr;
}

const jose::signing_key* key_for(const edge_keys& keys, const policy::service& to) {
  if (crypto::describe(to.signature).family != crypto::family::hmac) return first_of(keys.own, to.signature);
  for (const auto& entry : keys.secrets) {
    if (entry.service == to.name) return first_of(entry.keys, to.signature);
  }
  return nullptr;
}

}  // namespace

result<edge_keys> arrange_keys(const policy::compiled_policy& policy, std::vector<jose::signing_key> own,
                               std::vector<service_secrets> secrets) {
  edge_keys keys{std::move(own), std::move(secrets), nullptr, {}};
  SALLYPORT_TRY(check_own(keys.own));
  SALLYPORT_TRY(check_secrets(keys, policy));
  keys.assertions = &keys.own.front();
  for (const auto& service : policy.services) {
    const auto* key = key_for(keys, service);
    if (key == nullptr) {
      return failure(reason::signing_key_missing, "service " + service.name + " asks for " +
                                                      std::string(crypto::describe(service.signature).httpsig_name) +
                                                      " and there is no key for it");
    }
    keys.requests.push_back(key);
  }
  return keys;
}

}  // namespace sallyport::gate
