#include "jose/jwk.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/generate.hpp"
#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"
#include "tests/shared/jose/keys.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using crypto::algorithm;
using crypto::algorithm_set;
using jose::key_purpose;

namespace {

reason why_public(const json& key) {
  return jose::parse_jwk(key, key_purpose::verify_public).why();
}
reason why_any(const json& key) {
  return jose::parse_jwk(key, key_purpose::verify_any).why();
}
reason why_private(const json& key) {
  return jose::parse_jwk(key, key_purpose::sign_private).why();
}
reason why_secret(const json& key) {
  return jose::parse_jwk(key, key_purpose::share_secret).why();
}

algorithm_set algorithms_of(const json& key) {
  return jose::parse_jwk(key, key_purpose::verify_any)->algorithms;
}

}  // namespace

TEST_CASE("a key without alg may be used with all that fit its kty and crv") {
  CHECK(algorithms_of(ec_public()) == algorithm_set{algorithm::es256});
  CHECK(algorithms_of(ed_public()) == algorithm_set{algorithm::eddsa});
  CHECK(algorithms_of(rsa_public()) == algorithm_set{algorithm::rs256, algorithm::rs384, algorithm::rs512,
                                                     algorithm::ps256, algorithm::ps384, algorithm::ps512});
  CHECK(algorithms_of(secret()) == algorithm_set{algorithm::hs256, algorithm::hs384, algorithm::hs512});
}

TEST_CASE("a key with alg may be used with that one only") {
  CHECK(algorithms_of(with(rsa_public(), "alg", "PS384")) == algorithm_set{algorithm::ps384});
  CHECK(algorithms_of(with(ed_public(), "alg", "EdDSA")) == algorithm_set{algorithm::eddsa});
}

TEST_CASE("RFC 9864: alg Ed25519 is another name for EdDSA with that curve") {
  CHECK(algorithms_of(with(ed_public(), "alg", "Ed25519")) == algorithm_set{algorithm::eddsa});
}

TEST_CASE("refuses an alg that does not fit kty and crv") {
  CHECK(why_public(with(ec_public(), "alg", "ES384")) == reason::jwk_algorithm_mismatch);
  CHECK(why_public(with(ec_public(), "alg", "RS256")) == reason::jwk_algorithm_mismatch);
  CHECK(why_public(with(rsa_public(), "alg", "ES256")) == reason::jwk_algorithm_mismatch);
  CHECK(why_public(with(rsa_public(), "alg", "HS256")) == reason::jwk_algorithm_mismatch);
  CHECK(why_any(with(secret(), "alg", "RS256")) == reason::jwk_algorithm_mismatch);
}

TEST_CASE("refuses an alg that is not in the table") {
  CHECK(why_public(with(rsa_public(), "alg", "RSA-OAEP")) == reason::jwk_unsupported);
  CHECK(why_public(with(rsa_public(), "alg", "none")) == reason::jwk_unsupported);
  CHECK(why_public(with(rsa_public(), "alg", "rs256")) == reason::jwk_unsupported);
  CHECK(why_public(with(rsa_public(), "alg", "")) == reason::jwk_unsupported);
  CHECK(why_public(with(rsa_public(), "alg", 256)) == reason::jwk_invalid);
  CHECK(why_public(with(rsa_public(), "alg", nullptr)) == reason::jwk_invalid);
}

TEST_CASE("refuses what is not a key of the table") {
  CHECK(why_public(json::array()) == reason::jwk_invalid);
  CHECK(why_public(json::object()) == reason::jwk_invalid);
  CHECK(why_public(with(ec_public(), "kty", 1)) == reason::jwk_invalid);
  CHECK(why_public(with(ec_public(), "kty", "ec")) == reason::jwk_unsupported);
  CHECK(why_public(json{{"kty", "AKP"}, {"alg", "ML-DSA-44"}, {"pub", "AA"}}) == reason::jwk_unsupported);
  CHECK(why_public(with(ec_public(), "crv", "secp256k1")) == reason::jwk_unsupported);
  CHECK(why_public(with(ed_public(), "crv", "X25519")) == reason::jwk_unsupported);
  CHECK(why_public(with(ed_public(), "crv", "P-256")) == reason::jwk_unsupported);
  CHECK(why_public(with(ec_public(), "crv", "Ed25519")) == reason::jwk_unsupported);
  CHECK(why_public(without(ec_public(), "crv")) == reason::jwk_invalid);
}

TEST_CASE("refuses a kid that is not a string") {
  CHECK(why_public(with(ec_public(), "kid", 7)) == reason::jwk_invalid);
}

TEST_CASE("refuses private and symmetric members in a public key") {
  CHECK(why_public(ec_private()) == reason::jwk_private_in_public_set);
  CHECK(why_public(ed_private()) == reason::jwk_private_in_public_set);
  CHECK(why_public(secret()) == reason::jwk_private_in_public_set);
  CHECK(why_public(with(secret(), "use", "enc")) == reason::jwk_private_in_public_set);
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    CAPTURE(member);
    CHECK(why_public(with(rsa_public(), member, "AQAB")) == reason::jwk_private_in_public_set);
    CHECK(why_public(with(rsa_public(), member, nullptr)) == reason::jwk_private_in_public_set);
  }
}

TEST_CASE("reads the verifying half of a private key, and no private member with it") {
  const auto key = jose::parse_jwk(ec_private(), key_purpose::verify_any);
  REQUIRE(key.ok());
  CHECK(std::get_if<crypto::ec_parts>(&key->material)->d.empty());
}

TEST_CASE("use is sig or absent") {
  CHECK(why_public(with(ec_public(), "use", "sig")) == reason::ok);
  CHECK(why_public(with(ec_public(), "use", "enc")) == reason::jwk_use_mismatch);
  CHECK(why_public(with(ec_public(), "use", "")) == reason::jwk_use_mismatch);
  CHECK(why_public(with(ec_public(), "use", 1)) == reason::jwk_invalid);
  CHECK(why_public(with(ec_public(), "use", nullptr)) == reason::jwk_invalid);
}

TEST_CASE("key_ops names the operation") {
  const auto operations = [](json key, json list) { return with(std::move(key), "key_ops", std::move(list)); };
  CHECK(why_public(operations(ec_public(), {"verify"})) == reason::ok);
  CHECK(why_public(operations(ec_public(), {"verify", "encrypt"})) == reason::ok);
  CHECK(why_public(operations(ec_public(), {"encrypt"})) == reason::jwk_use_mismatch);
  CHECK(why_public(operations(ec_public(), {"sign"})) == reason::jwk_use_mismatch);
  CHECK(why_public(operations(ec_public(), json::array())) == reason::jwk_use_mismatch);
  CHECK(why_public(operations(ec_public(), {"verify", "verify"})) == reason::jwk_invalid);
  CHECK(why_public(operations(ec_public(), {"verify", 1})) == reason::jwk_invalid);
  CHECK(why_public(operations(ec_public(), "verify")) == reason::jwk_invalid);
  CHECK(why_private(operations(ec_private(), {"sign"})) == reason::ok);
  CHECK(why_private(operations(ec_private(), {"verify"})) == reason::jwk_use_mismatch);
  CHECK(why_any(operations(ec_private(), {"sign"})) == reason::ok);
  CHECK(why_any(operations(ec_private(), {"deriveKey"})) == reason::jwk_use_mismatch);
}

TEST_CASE("use and key_ops do not contradict each other") {
  const json both = with(with(ec_public(), "use", "sig"), "key_ops", json::array({"verify", "encrypt"}));
  CHECK(why_public(both) == reason::jwk_use_mismatch);
}

TEST_CASE("coordinates have their full length and are strict base64url") {
  CHECK(why_public(without(ec_public(), "x")) == reason::jwk_invalid);
  CHECK(why_public(without(ec_public(), "y")) == reason::jwk_invalid);
  CHECK(why_public(with(ec_public(), "y", "")) == reason::jwk_invalid);
  CHECK(why_public(with(ec_public(), "x", 5)) == reason::jwk_invalid);
  CHECK(why_public(with(ec_public(), "x", std::string(known::p256_x) + "A")) == reason::jwk_invalid);
  CHECK(why_public(with(ec_public(), "x", std::string(known::p256_x) + "=")) == reason::jwk_invalid);
  CHECK(why_public(with(ec_public(), "x", std::string(known::p256_x.substr(0, 42)))) == reason::jwk_invalid);
  CHECK(why_public(with(ed_public(), "x", "AAAA")) == reason::jwk_invalid);
  CHECK(why_private(with(ec_private(), "d", "AQ")) == reason::jwk_invalid);
}

TEST_CASE("an RSA integer with leading zeros is the same integer, and no stronger") {
  const auto n = *encoding::decode_base64url(known::rsa_n);
  bytes padded(3);
  padded.insert(padded.end(), n.begin(), n.end());
  const auto key =
      jose::parse_jwk(with(rsa_public(), "n", encoding::encode_base64url(padded)), key_purpose::verify_public);
  REQUIRE(key.ok());
  CHECK(std::get_if<crypto::rsa_parts>(&key->material)->n == n);
  bytes short_padded(128);
  short_padded.insert(short_padded.end(), n.begin() + 128, n.end());
  CHECK(why_public(with(rsa_public(), "n", encoding::encode_base64url(short_padded))) == reason::jwk_weak_rsa);
}

TEST_CASE("refuses RSA integers that are missing, empty or zero") {
  for (const char* member : {"n", "e"}) {
    CAPTURE(member);
    CHECK(why_public(without(rsa_public(), member)) == reason::jwk_invalid);
    CHECK(why_public(with(rsa_public(), member, "")) == reason::jwk_invalid);
    CHECK(why_public(with(rsa_public(), member, "AAAA")) == reason::jwk_invalid);
    CHECK(why_public(with(rsa_public(), member, 65537)) == reason::jwk_invalid);
    CHECK(why_public(with(rsa_public(), member, "AQ==")) == reason::jwk_invalid);
  }
}

TEST_CASE("a private RSA key has all its members and two primes") {
  const auto parts = openssl::generate_rsa(2048);
  REQUIRE(parts.ok());
  jose::jwk key{"k", {}, algorithm::rs256, *parts};
  const json whole = jose::private_jwk(key);
  CHECK(why_private(whole) == reason::ok);
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi"}) {
    CHECK(why_private(without(whole, member)) == reason::jwk_invalid);
  }
  CHECK(why_private(with(whole, "oth", json::array())) == reason::jwk_unsupported);
}

TEST_CASE("a secret is as long as the hash of its algorithm") {
  const auto of_size = [](std::size_t size) { return with(secret(), "k", encoding::encode_base64url(bytes(size, 7))); };
  CHECK(why_secret(of_size(31)) == reason::jwk_weak_secret);
  CHECK(why_secret(with(secret(), "k", "")) == reason::jwk_weak_secret);
  CHECK(algorithms_of(of_size(32)) == algorithm_set{algorithm::hs256});
  CHECK(algorithms_of(of_size(63)) == algorithm_set{algorithm::hs256, algorithm::hs384});
  CHECK(why_secret(with(of_size(47), "alg", "HS384")) == reason::jwk_weak_secret);
  CHECK(why_secret(with(of_size(48), "alg", "HS384")) == reason::ok);
  CHECK(why_secret(with(of_size(63), "alg", "HS512")) == reason::jwk_weak_secret);
  CHECK(why_secret(with(of_size(32), "alg", "A256KW")) == reason::jwk_unsupported);
  CHECK(why_secret(without(secret(), "k")) == reason::jwk_invalid);
  CHECK(why_secret(with(secret(), "k", "AA==")) == reason::jwk_invalid);
}

TEST_CASE("a loader takes only its own kind") {
  CHECK(why_secret(ec_private()) == reason::jwk_unsupported);
  CHECK(why_private(secret()) == reason::jwk_unsupported);
  CHECK(why_private(ec_public()) == reason::jwk_invalid);
}

TEST_CASE("RFC 7638 section 3.1: the thumbprint of the example") {
  const json example{{"kty", "RSA"},
                     {"n",
                      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
                      "BJECPebWKRXjBZCiFV4n3oknjhM"
                      "stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
                      "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5h"
                      "ajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
                      "kEgU8awapJzKnqDKgw"},
                     {"e", "AQAB"},
                     {"alg", "RS256"},
                     {"kid", "2011-04-29"}};
  const auto host = openssl::make_host();
  const auto key = jose::parse_jwk(example, key_purpose::verify_public);
  REQUIRE(key.ok());
  CHECK(jose::thumbprint(*key, *host) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST_CASE("RFC 8037 appendix A.3: the thumbprint of an Ed25519 key") {
  const json example{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}};
  const auto key = jose::parse_jwk(example, key_purpose::verify_public);
  REQUIRE(key.ok());
  CHECK(jose::thumbprint(*key, *openssl::make_host()) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST_CASE("what is written is read back, and the public form has no private member") {
  const auto host = openssl::make_host();
  for (const auto which : {crypto::curve::p256, crypto::curve::p384, crypto::curve::p521, crypto::curve::ed25519}) {
    CAPTURE(crypto::curve_name(which));
    const auto parts = openssl::generate_ec(which);
    REQUIRE(parts.ok());
    const jose::jwk key{"made-here", {}, {}, *parts};
    const json written = jose::private_jwk(key);
    const auto read = jose::parse_jwk(written, key_purpose::sign_private);
    REQUIRE(read.ok());
    CHECK(std::get_if<crypto::ec_parts>(&read->material)->d == parts->d);
    CHECK(jose::private_jwk(*read) == written);
    CHECK(why_public(jose::public_jwk(key)) == reason::ok);
    CHECK_FALSE(jose::public_jwk(key).contains("d"));
  }
}
