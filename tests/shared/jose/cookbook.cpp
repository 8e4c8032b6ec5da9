// The JOSE cookbook (RFC 7520, RFC 8037), as far as the probe cannot ask it: reproducible tokens come out again byte for
// byte, and private keys load as what they are. The rest is tests/vectors/jose_cookbook.test.mjs.
#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"
#include "jose/jws.hpp"
#include "tests/support/vectors.hpp"

using namespace sallyport;
using encoding::json;

namespace {

std::optional<json> read_example(const std::string& name) {
  const auto text = testing::read_vectors("jose-cookbook/" + name + ".json");
  if (!text) return std::nullopt;
  auto example = encoding::parse_json(*text);
  REQUIRE(example.ok());
  return std::move(*example);
}

/// The key as the example gives it; where its alg stands beside it, with that.
json key_of(const json& example) {
  json key = example["input"]["key"];
  if (!key.contains("alg")) key["alg"] = example["input"]["alg"];
  return key;
}

result<jose::signing_key> signer_of(const json& key, crypto::port& host) {
  const bool symmetric = key["kty"] == "oct";
  const std::string text = key.dump();
  SALLYPORT_ASSIGN(auto keys, symmetric ? jose::parse_secret_keys(text, host) : jose::parse_signing_keys(text, host));
  return std::move(keys.front());
}

void check_reproducible(const std::string& name) {
  CAPTURE(name);
  const auto example = read_example(name);
  if (!example) return;
  REQUIRE((*example)["reproducible"] == true);
  const auto host = openssl::make_host();
  const auto key = signer_of(key_of(*example), *host);
  REQUIRE(key.ok());
  const auto header = (*example)["signing"]["protected_b64u"].get<std::string>();
  const auto payload = (*example)["input"]["payload"].get<std::string>();
  const auto token = jose::sign_jws(header, as_bytes(payload), key->algorithm, *key->key, *host);
  REQUIRE(token.ok());
  CHECK(*token == (*example)["output"]["compact"]);
}

}  // namespace

TEST_CASE("cookbook: reproducible tokens are made again byte for byte") {
  for (const char* name : {"jws/4_1.rsa_v15_signature", "jws/4_4.hmac-sha2_integrity_protection", "curve25519/jws"}) {
    check_reproducible(name);
  }
}

TEST_CASE("cookbook: keys load as what they are") {
  const auto host = openssl::make_host();
  const auto load = [&](const char* name, jose::key_purpose purpose) {
    const auto key = read_example(std::string("jwk/") + name);
    return key ? jose::parse_jwk(*key, purpose).why() : reason::ok;
  };
  using jose::key_purpose;
  CHECK(load("3_1.ec_public_key", key_purpose::verify_public) == reason::ok);
  CHECK(load("3_3.rsa_public_key", key_purpose::verify_public) == reason::ok);
  CHECK(load("3_2.ec_private_key", key_purpose::sign_private) == reason::ok);
  CHECK(load("3_4.rsa_private_key", key_purpose::sign_private) == reason::ok);
  CHECK(load("3_5.symmetric_key_mac_computation", key_purpose::share_secret) == reason::ok);
  if (!read_example("jwk/3_1.ec_public_key")) return;
  CHECK(load("3_1.ec_public_key", key_purpose::sign_private) == reason::jwk_invalid);
  CHECK(load("3_2.ec_private_key", key_purpose::verify_public) == reason::jwk_private_in_public_set);
  CHECK(load("3_4.rsa_private_key", key_purpose::verify_public) == reason::jwk_private_in_public_set);
  CHECK(load("3_5.symmetric_key_mac_computation", key_purpose::verify_public) == reason::jwk_private_in_public_set);
  CHECK(load("3_6.symmetric_key_encryption", key_purpose::share_secret) == reason::jwk_use_mismatch);
}
