#include "jose/jwk_import.hpp"

#include "crypto/signature.hpp"

namespace sallyport::jose {
namespace {

result<crypto::key_ptr> import(const jwk& key, crypto::port& host) {
  if (const auto* rsa = std::get_if<crypto::rsa_parts>(&key.material)) return host.import_rsa(*rsa);
  if (const auto* ec = std::get_if<crypto::ec_parts>(&key.material)) return host.import_ec(*ec);
  if (const auto* secret = std::get_if<secret_parts>(&key.material)) return host.import_secret(secret->k);
  return reason::internal;
}

/// The one algorithm that a private key signs with. RSA keys fit six, so they must say which.
result<crypto::algorithm> signing_algorithm(const jwk& key) {
  std::optional<crypto::algorithm> only;
  for (const auto& row : crypto::all_algorithms()) {
    if (!key.algorithms.contains(row.id)) continue;
    if (only) return failure(reason::jwk_invalid, "an RSA key that signs needs alg");
    only = row.id;
  }
  if (!only) return reason::internal;
  return *only;
}

result<void> check_halves(const signing_key& pair, crypto::port& host) {
  const bytes_view message = as_bytes("sallyport: do these halves belong together?");
  const auto signature = crypto::make_signature(host, pair.algorithm, *pair.key, message);
  if (!signature.ok()) return failure(reason::key_import_failed, "the private key cannot sign");
  if (!crypto::verify_signature(host, pair.algorithm, *pair.verification.key, message, *signature).ok()) {
    return failure(reason::key_import_failed, "private and public members do not belong together");
  }
  return {};
}

}  // namespace

result<verification_key> import_verifier(const json& entry, key_purpose purpose, crypto::port& host) {
  SALLYPORT_ASSIGN(jwk key, parse_jwk(entry, purpose));
  return import_verifier(std::move(key), host);
}

result<verification_key> import_verifier(jwk key, crypto::port& host) {
  SALLYPORT_ASSIGN(crypto::key_ptr imported, import(key, host));
  return verification_key{std::move(key.kid), key.algorithms, std::move(imported)};
}

result<signing_key> import_private_signer(const json& entry, crypto::port& host) {
  SALLYPORT_ASSIGN(jwk key, parse_jwk(entry, key_purpose::sign_private));
  SALLYPORT_ASSIGN(key.algorithm, signing_algorithm(key));
  if (key.kid.empty()) key.kid = thumbprint(key, host);
  signing_key pair;
  pair.kid = key.kid;
  pair.algorithm = *key.algorithm;
  pair.public_entry = public_jwk(key);
  SALLYPORT_ASSIGN(pair.key, import(key, host));
  SALLYPORT_ASSIGN(pair.verification, import_verifier(pair.public_entry, key_purpose::verify_public, host));
  SALLYPORT_TRY(check_halves(pair, host));
  return pair;
}

result<signing_key> import_secret_signer(const json& entry, crypto::port& host) {
  SALLYPORT_ASSIGN(jwk key, parse_jwk(entry, key_purpose::share_secret));
  // RFC 7638 section 7: a thumbprint would let anybody who sees the kid guess at the secret.
  if (key.kid.empty()) return failure(reason::jwk_invalid, "a shared secret needs kid");
  signing_key shared;
  shared.kid = key.kid;
  shared.algorithm = key.algorithm.value_or(crypto::algorithm::hs256);
  SALLYPORT_ASSIGN(shared.key, import(key, host));
  shared.verification = verification_key{key.kid, crypto::algorithm_set{shared.algorithm}, shared.key};
  return shared;
}

}  // namespace sallyport::jose
