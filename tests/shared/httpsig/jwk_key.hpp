// Keys for tests: a JWK of the vectors through the crypto port, no more checks than the host makes.
#pragma once

#include <doctest/doctest.h>

#include "crypto/crypto.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"

namespace sallyport::testing {

inline bytes jwk_member(const encoding::json& jwk, const char* name) {
  const auto text = encoding::string_member(jwk, name);
  if (!text) return {};
  auto decoded = encoding::decode_base64url(*text);
  REQUIRE(decoded.ok());
  return *std::move(decoded);
}

inline crypto::key_ptr import_rsa_jwk(crypto::port& host, const encoding::json& jwk) {
  const auto member = [&](const char* name) { return jwk_member(jwk, name); };
  auto key = host.import_rsa(
      {member("n"), member("e"), member("d"), member("p"), member("q"), member("dp"), member("dq"), member("qi")});
  REQUIRE(key.ok());
  return *key;
}

inline crypto::key_ptr import_ec_jwk(crypto::port& host, const encoding::json& jwk) {
  const bool is_p256 = jwk["crv"] == "P-256";
  auto key = host.import_ec({is_p256 ? crypto::curve::p256 : crypto::curve::ed25519, jwk_member(jwk, "x"),
                             jwk_member(jwk, "y"), jwk_member(jwk, "d")});
  REQUIRE(key.ok());
  return *key;
}

/// A private or secret JWK: RSA, P-256, Ed25519 or oct.
inline crypto::key_ptr import_jwk(crypto::port& host, const encoding::json& jwk) {
  const auto type = jwk["kty"].get<std::string>();
  if (type == "RSA") return import_rsa_jwk(host, jwk);
  if (type != "oct") return import_ec_jwk(host, jwk);
  auto key = host.import_secret(jwk_member(jwk, "k"));
  REQUIRE(key.ok());
  return *key;
}

/// The same key without its private members.
inline crypto::key_ptr import_public_jwk(crypto::port& host, encoding::json jwk) {
  if (jwk["kty"] == "oct") return import_jwk(host, jwk);
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi"}) jwk.erase(name);
  return import_jwk(host, jwk);
}

}  // namespace sallyport::testing
