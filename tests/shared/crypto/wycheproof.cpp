// Wycheproof's raw vectors through the crypto port of the agent, in the form that travels (R||S for ECDSA): the probe asks whole
// tokens and messages, not the port. tests/vectors/wycheproof_edge_host.test.mjs asks that of the edge.
#include <doctest/doctest.h>

#include <functional>

#include "agent/openssl/host.hpp"
#include "crypto/signature.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/vectors.hpp"

using namespace sallyport;
using crypto::algorithm;
using encoding::json;
using testing::from_hex;

namespace {

bytes hex_member(const json& from, std::string_view name) {
  return from_hex(*encoding::string_member(from, name));
}

bytes jwk_member(const json& from, std::string_view name) {
  return *encoding::decode_base64url(*encoding::string_member(from, name));
}

std::optional<json> read_suite(const std::string& name) {
  const auto text = testing::read_vectors("wycheproof/" + name + "_test.json");
  if (!text) return std::nullopt;
  auto suite = encoding::parse_json(*text, {std::size_t{16} << 20, 32});
  REQUIRE(suite.ok());
  return std::move(*suite);
}

using import_group = std::function<result<crypto::key_ptr>(const json& group, crypto::port& host)>;

/// Runs every case of a suite of signatures and returns how many there were, or nothing where the suite is absent.
/// "acceptable" counts as a refusal.
std::optional<std::size_t> run_signatures(const std::string& name, algorithm how, const import_group& import) {
  const auto suite = read_suite(name);
  if (!suite) return std::nullopt;
  const auto host = openssl::make_host();
  std::size_t cases = 0;
  for (const json& group : (*suite)["testGroups"]) {
    const auto key = import(group, *host);
    REQUIRE(key.ok());
    for (const json& test : group["tests"]) {
      CAPTURE(test["tcId"].dump());
      const bool accepted =
          crypto::verify_signature(*host, how, **key, hex_member(test, "msg"), hex_member(test, "sig")).ok();
      CHECK(accepted == (test["result"] == "valid"));
      ++cases;
    }
  }
  return cases;
}

result<crypto::key_ptr> import_p256(const json& group, crypto::port& host) {
  const auto* jwk = encoding::find_member(group, "publicKeyJwk");
  if (jwk != nullptr) return host.import_ec({crypto::curve::p256, jwk_member(*jwk, "x"), jwk_member(*jwk, "y"), {}});
  // The last 64 bytes of a SubjectPublicKeyInfo of an uncompressed P-256 point are its coordinates.
  const bytes spki = hex_member(group, "publicKeyDer");
  return host.import_ec(
      {crypto::curve::p256, bytes(spki.end() - 64, spki.end() - 32), bytes(spki.end() - 32, spki.end()), {}});
}

result<crypto::key_ptr> import_ed25519(const json& group, crypto::port& host) {
  return host.import_ec({crypto::curve::ed25519, jwk_member(group["publicKeyJwk"], "x"), {}, {}});
}

result<crypto::key_ptr> import_rsa(const json& jwk, crypto::port& host) {
  crypto::rsa_parts parts;
  parts.n = jwk_member(jwk, "n");
  parts.e = jwk_member(jwk, "e");
  return host.import_rsa(parts);
}

bool has_prefix(bytes_view whole, bytes_view prefix) {
  return whole.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), whole.begin());
}

}  // namespace

TEST_CASE("Wycheproof: ECDSA P-256 with SHA-256, R||S") {
  const auto cases = run_signatures("ecdsa_secp256r1_sha256_p1363", algorithm::es256, import_p256);
  CHECK(cases.value_or(262) == 262);
}

TEST_CASE("Wycheproof: Ed25519") {
  const auto cases = run_signatures("ed25519", algorithm::eddsa, import_ed25519);
  CHECK(cases.value_or(151) == 151);
}

TEST_CASE("Wycheproof: RSASSA-PKCS1-v1_5 2048 with SHA-256") {
  const auto import = [](const json& group, crypto::port& host) { return import_rsa(group["keyJwk"], host); };
  const auto cases = run_signatures("rsa_signature_2048_sha256", algorithm::rs256, import);
  CHECK(cases.value_or(259) == 259);
}

TEST_CASE("Wycheproof: RSASSA-PSS 2048 with SHA-256, MGF1, salt of 32 bytes") {
  const auto import = [](const json& group, crypto::port& host) { return import_rsa(group["publicKeyJwk"], host); };
  const auto cases = run_signatures("rsa_pss_2048_sha256_mgf1_32", algorithm::ps256, import);
  CHECK(cases.value_or(108) == 108);
}

TEST_CASE("Wycheproof: HMAC-SHA-256; a truncated tag is never accepted") {
  const auto suite = read_suite("hmac_sha256");
  if (!suite) return;
  const auto host = openssl::make_host();
  std::size_t cases = 0;
  for (const json& group : (*suite)["testGroups"]) {
    const bool whole_tag = group["tagSize"] == 256;
    for (const json& test : group["tests"]) {
      CAPTURE(test["tcId"].dump());
      const auto key = host->import_secret(hex_member(test, "key"));
      REQUIRE(key.ok());
      const bytes message = hex_member(test, "msg");
      const bytes tag = hex_member(test, "tag");
      const bool valid = test["result"] == "valid";
      CHECK(crypto::verify_signature(*host, algorithm::hs256, **key, message, tag).ok() == (valid && whole_tag));
      CHECK(has_prefix(*crypto::make_signature(*host, algorithm::hs256, **key, message), tag) == valid);
      ++cases;
    }
  }
  CHECK(cases == 174);
}
