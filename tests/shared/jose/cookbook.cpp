// The JOSE cookbook (RFC 7520, RFC 7797, RFC 8037): compact tokens verify, reproducible ones come out again byte for
// byte, and what we do not read is refused by its own reason.
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

result<std::string> verify(const std::string& token, const json& key, crypto::port& host) {
  SALLYPORT_ASSIGN(const auto keys, jose::verification_keys(key, host));
  SALLYPORT_ASSIGN(auto parsed, jose::parse_jws(token));
  SALLYPORT_ASSIGN(const auto verified, jose::verify_jws(std::move(parsed), keys, crypto::every_algorithm(), host));
  return to_text(verified.payload());
}

result<jose::signing_key> signer_of(const json& key, crypto::port& host) {
  const bool symmetric = key["kty"] == "oct";
  const std::string text = key.dump();
  SALLYPORT_ASSIGN(auto keys, symmetric ? jose::parse_secret_keys(text, host) : jose::parse_signing_keys(text, host));
  return std::move(keys.front());
}

void check_compact(const std::string& name) {
  CAPTURE(name);
  const auto example = read_example(name);
  if (!example) return;
  const auto host = openssl::make_host();
  const auto payload = verify((*example)["output"]["compact"].get<std::string>(), key_of(*example), *host);
  REQUIRE(payload.ok());
  CHECK(*payload == (*example)["input"]["payload"]);
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

void check_refused(const std::string& name, const char* form, reason expected) {
  CAPTURE(name);
  CAPTURE(form);
  const auto example = read_example(name);
  if (!example) return;
  const json& output = (*example)["output"][form];
  const json& keys = (*example)["input"]["key"];
  const auto host = openssl::make_host();
  const std::string token = output.is_string() ? output.get<std::string>() : output.dump();
  CHECK(name_of(verify(token, keys.is_array() ? keys.front() : keys, *host).why()) == name_of(expected));
}

}  // namespace

TEST_CASE("cookbook: compact tokens verify") {
  for (const char* name : {"jws/4_1.rsa_v15_signature", "jws/4_2.rsa-pss_signature", "jws/4_3.ecdsa_signature",
                           "jws/4_4.hmac-sha2_integrity_protection", "curve25519/jws"}) {
    check_compact(name);
  }
}

TEST_CASE("cookbook: reproducible tokens are made again byte for byte") {
  for (const char* name : {"jws/4_1.rsa_v15_signature", "jws/4_4.hmac-sha2_integrity_protection", "curve25519/jws"}) {
    check_reproducible(name);
  }
}

TEST_CASE("cookbook: detached content is refused by name") {
  check_refused("jws/4_5.signature_with_detached_content", "compact", reason::jws_serialization_unsupported);
}

TEST_CASE("cookbook: an unencoded payload is refused by name") {
  check_refused("rfc7797/hmac-sha2_b64_false", "compact", reason::jws_b64_unsupported);
}

TEST_CASE("cookbook: JSON serializations and several signatures are refused by name") {
  for (const char* name : {"jws/4_1.rsa_v15_signature", "jws/4_2.rsa-pss_signature", "jws/4_3.ecdsa_signature",
                           "jws/4_4.hmac-sha2_integrity_protection", "jws/4_5.signature_with_detached_content",
                           "jws/4_6.protecting_specific_header_fields", "jws/4_7.protecting_content_only",
                           "curve25519/jws", "rfc7797/hmac-sha2_b64_false", "rfc7797/4.2.hmac-sha2_b64_false"}) {
    check_refused(name, "json", reason::jws_serialization_unsupported);
    check_refused(name, "json_flat", reason::jws_serialization_unsupported);
  }
  check_refused("jws/4_8.multiple_signatures", "json", reason::jws_serialization_unsupported);
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
