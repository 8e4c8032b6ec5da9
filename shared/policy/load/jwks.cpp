// `jwks` of an issuer: its public keys as a member of the policy, under the rules of a set that is fetched.
#include "jose/jwk_set.hpp"
#include "policy/load/loading.hpp"

namespace sallyport::policy {
namespace {

constexpr jose::jwk_set_limits limits;

/// A private key in a document that many read is no secret any more, so the set does not load without it either.
bool has_private_key(const std::vector<node>& entries) {
  bool found = false;
  for (const auto& entry : entries) {
    const auto key = jose::parse_jwk(entry.value(), jose::key_purpose::verify_public);
    if (key.why() != reason::jwk_private_in_public_set) continue;
    found = true;
    entry.refuse(
        reason::policy_member_type, "a key that can sign: " + key.error().detail,
        "anyone who has read the file can make tokens: replace the key, and list the public half of the new one");
  }
  return found;
}

}  // namespace

std::optional<std::shared_ptr<const jose::jwk_set>> load_jwks(const node& at, crypto::port& host) {
  if (!at.is_object_of({"keys"})) return std::nullopt;
  const auto keys = at.required("keys", "a JWK set is { \"keys\": [ … ] }");
  if (!keys) return std::nullopt;
  const auto entries = keys->elements();
  if (!keys->value().is_array() || has_private_key(entries)) return std::nullopt;
  if (encoding::canonical_json(at.value()).size() > limits.max_bytes) {
    at.refuse(reason::policy_member_type, "the set is longer than " + std::to_string(limits.max_bytes) + " bytes",
              "drop members that nothing reads, such as x5c, or let the keys be fetched: jwks_uri");
    return std::nullopt;
  }
  auto set = jose::public_keys(at.value(), host, limits);
  if (set.ok()) return std::make_shared<const jose::jwk_set>(std::move(*set));
  keys->refuse(reason::policy_member_type, "no set of keys: " + set.error().detail,
               "list public signing keys (RFC 7517)");
  return std::nullopt;
}

}  // namespace sallyport::policy
