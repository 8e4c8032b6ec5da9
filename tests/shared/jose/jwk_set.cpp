#include "jose/jwk_set.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/generate.hpp"
#include "agent/openssl/host.hpp"
#include "jose/jws.hpp"
#include "tests/shared/jose/keys.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using crypto::algorithm;

namespace {

const auto host = openssl::make_host();

reason why_set(const std::string& text, const jose::jwk_set_limits& limits = {}) {
  return jose::parse_jwks(exact_text(text).view(), *host, limits).why();
}
std::size_t usable_keys(const std::string& text) {
  return jose::parse_jwks(text, *host)->keys().size();
}

json off_curve() {
  return with(ec_public(), "y", std::string(known::p256_x));
}
json weak_rsa() {
  return with(rsa_public(), "e", "Aw");
}

reason why_chosen(const std::string& set, algorithm how, std::string_view kid) {
  return jose::parse_jwks(set, *host)->choose(how, kid).why();
}

}  // namespace

TEST_CASE("loads a public set of several kinds") {
  const auto set = jose::parse_jwks(set_of(ec_public(), ed_public(), rsa_public()), *host);
  REQUIRE(set.ok());
  CHECK(set->keys().size() == 3);
  CHECK(set->find("ed") == &set->keys()[1]);
  CHECK(set->find("nobody") == nullptr);
}

TEST_CASE("refuses what is not a set") {
  CHECK(why_set("[]") == reason::jwks_invalid);
  CHECK(why_set("{}") == reason::jwks_invalid);
  CHECK(why_set(R"({"keys":{}})") == reason::jwks_invalid);
  CHECK(why_set(R"({"keys":[]})") == reason::jwks_invalid);
  CHECK(why_set(ec_public().dump()) == reason::jwks_invalid);
  CHECK(why_set("") == reason::json_syntax);
  CHECK(why_set(R"({"keys":[],"keys":[]})") == reason::json_duplicate_member);
  CHECK(why_set(R"({"keys":[1]})") == reason::jwk_invalid);
}

TEST_CASE("passes over the keys that it cannot use, as real issuers publish them") {
  const json for_encryption = with(with(rsa_public(), "use", "enc"), "alg", "RSA-OAEP");
  const json unknown_kind{{"kty", "AKP"}, {"kid", "pq"}, {"alg", "ML-DSA-65"}, {"pub", "AA"}};
  const json unknown_curve = with(ec_public(), "crv", "secp256k1");
  const json nameless{{"kid", "no-kty"}};
  CHECK(usable_keys(set_of(for_encryption, unknown_kind, unknown_curve, nameless, ed_public())) == 1);
}

TEST_CASE("reads certificates and their digests of a key as little as any other member it does not know") {
  json key = with(with(rsa_public(), "x5c", json::array({"MIIC"})), "x5t", "AAAA");
  key = with(with(key, "x5t#S256", "AAAA"), "issuer", "https://login.example/");
  CHECK(usable_keys(json{{"keys", json::array({key})}, {"public_cert", "-----BEGIN"}}.dump()) == 1);
}

TEST_CASE("a set with nothing to use is refused for its first key's reason") {
  CHECK(why_set(set_of(with(ec_public(), "use", "enc"))) == reason::jwk_use_mismatch);
  CHECK(why_set(set_of(with(ec_public(), "crv", "P-512"), with(ed_public(), "use", "enc"))) == reason::jwk_unsupported);
  CHECK(why_set(set_of(with(ec_public(), "x", "AA"))) == reason::jwk_invalid);
}

TEST_CASE("keys that could never verify are passed over, and the set names them") {
  CHECK(usable_keys(set_of(ed_public(), weak_rsa())) == 1);
  CHECK(usable_keys(set_of(off_curve(), ed_public())) == 1);
  CHECK(usable_keys(set_of(with(rsa_public(), "n", "AQAB"), ed_public(), with(ec_public(), "x", "AA"))) == 1);
  // The neutral element: everybody can sign for it.
  const json small_order = with(with(ed_public(), "kid", "zero"), "x", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  CHECK(usable_keys(set_of(small_order, ec_public())) == 1);
  const auto set = jose::parse_jwks(
      set_of(weak_rsa(), ed_public(), with(off_curve(), "kid", "a\"\n"), with(rsa_public(), "use", "enc")), *host);
  REQUIRE(set.ok());
  CHECK(set->passed_over() ==
        "key 1 of the set (kid \"rsa\"): jwk_weak_rsa, the exponent is weak; "
        "key 3 of the set (kid \"a??\"): jwk_point_not_on_curve");
  CHECK(jose::parse_jwks(set_of(ed_public()), *host)->passed_over().empty());
}

TEST_CASE("what is said of keys that are passed over is bounded") {
  json keys = json::array({ed_public()});
  for (int i = 0; i < 2000; ++i) keys.push_back(json{{"kid", std::string(60, 'k')}});
  const auto set = jose::parse_jwks(json{{"keys", keys}}.dump(), *host);
  REQUIRE(set.ok());
  CHECK(set->passed_over().size() < 1100);
  CHECK(set->passed_over().find(" more") != std::string::npos);
}

TEST_CASE("the same key listed twice is one key") {
  CHECK(usable_keys(set_of(ed_public(), ed_public())) == 1);
  CHECK(usable_keys(set_of(ed_public(), with(ed_public(), "alg", "EdDSA"), ed_public())) == 1);
  CHECK(usable_keys(set_of(ed_public(), with(ed_public(), "kid", "other"))) == 2);
  const std::string nameless = set_of(without(ed_public(), "kid"), without(ed_public(), "kid"));
  CHECK(usable_keys(nameless) == 1);
  CHECK(why_chosen(nameless, algorithm::eddsa, "any") == reason::ok);
}

TEST_CASE("a key that is listed once for each of its algorithms serves them all, and no other") {
  const std::string set = set_of(with(rsa_public(), "alg", "RS256"), with(rsa_public(), "alg", "PS256"), ed_public());
  CHECK(usable_keys(set) == 2);
  CHECK(why_chosen(set, algorithm::rs256, "rsa") == reason::ok);
  CHECK(why_chosen(set, algorithm::ps256, "rsa") == reason::ok);
  CHECK(why_chosen(set, algorithm::rs512, "rsa") == reason::jwk_algorithm_mismatch);
}

TEST_CASE("different keys under one kid are told apart by the algorithm, or none is chosen") {
  const std::string kinds = set_of(ed_public(), with(rsa_public(), "kid", "ed"), with(ec_public(), "kid", "ed"));
  CHECK(why_chosen(kinds, algorithm::eddsa, "ed") == reason::ok);
  CHECK(why_chosen(kinds, algorithm::es256, "ed") == reason::ok);
  CHECK(why_chosen(kinds, algorithm::rs256, "ed") == reason::ok);
  CHECK(why_chosen(kinds, algorithm::es384, "ed") == reason::jwk_algorithm_mismatch);
  const json other = with(other_ec_public(), "kid", "ec");
  const std::string same_kind = set_of(ec_public(), other, ed_public());
  CHECK(usable_keys(same_kind) == 3);
  CHECK(why_chosen(same_kind, algorithm::es256, "ec") == reason::key_not_found);
  CHECK(why_chosen(same_kind, algorithm::eddsa, "ed") == reason::ok);
}

TEST_CASE("a key that cannot be used claims no kid") {
  const json malformed = with(with(rsa_public(), "kid", "ed"), "n", "");
  const json foreign{{"kty", "AKP"}, {"kid", "ed"}, {"alg", "ML-DSA-65"}, {"pub", "AA"}};
  for (const auto& set : {set_of(ed_public(), malformed), set_of(malformed, ed_public()), set_of(foreign, ed_public()),
                          set_of(ed_public(), with(with(rsa_public(), "kid", "ed"), "use", "enc"))}) {
    CHECK(why_chosen(set, algorithm::eddsa, "ed") == reason::ok);
  }
}

TEST_CASE("a byte order mark before the set is ignored, once") {
  CHECK(why_set("\xEF\xBB\xBF" + set_of(ed_public())) == reason::ok);
  CHECK(why_set("\xEF\xBB\xBF\xEF\xBB\xBF" + set_of(ed_public())) == reason::json_syntax);
  CHECK(why_set(" \xEF\xBB\xBF" + set_of(ed_public())) == reason::json_syntax);
}

TEST_CASE("a private or symmetric key refuses the whole set, wherever it stands") {
  CHECK(why_set(set_of(ed_public(), ec_private())) == reason::jwk_private_in_public_set);
  CHECK(why_set(set_of(ed_public(), secret())) == reason::jwk_private_in_public_set);
  CHECK(why_set(set_of(ed_public(), with(ec_private(), "use", "enc"))) == reason::jwk_private_in_public_set);
}

TEST_CASE("the detail says which key of the set") {
  const auto detail = [](const std::string& set) { return jose::parse_jwks(set, *host).error().detail; };
  CHECK(detail(set_of(weak_rsa())) == "key 1 of the set (kid \"rsa\"): jwk_weak_rsa, the exponent is weak");
  CHECK(detail(set_of(ed_public(), with(secret(), "kid", "s"))) ==
        "key 2 of the set (kid \"s\"): jwk_private_in_public_set, a symmetric key");
  CHECK(detail(set_of(ed_public(), without(ec_private(), "kid"))) ==
        "key 2 of the set: jwk_private_in_public_set, the private member d");
}

TEST_CASE("several keys may have no kid") {
  CHECK(usable_keys(set_of(without(ec_public(), "kid"), without(ed_public(), "kid"))) == 2);
}

TEST_CASE("a set has at most 100 usable keys and 256 KiB") {
  json keys = json::array();
  for (int i = 0; i < 100; ++i) keys.push_back(with(ed_public(), "kid", "k" + std::to_string(i)));
  CHECK(why_set(json{{"keys", keys}}.dump()) == reason::ok);
  // What is passed over, and what is the same key again, does not count.
  for (int i = 0; i < 50; ++i) keys.push_back(json{{"kty", "AKP"}, {"kid", "x" + std::to_string(i)}});
  keys.push_back(with(ed_public(), "kid", "k0"));
  CHECK(why_set(json{{"keys", keys}}.dump()) == reason::ok);
  keys.push_back(with(ed_public(), "kid", "one more"));
  CHECK(why_set(json{{"keys", keys}}.dump()) == reason::jwks_invalid);
  const std::string small = set_of(ed_public());
  const std::string largest = small + std::string((std::size_t{256} << 10) - small.size(), ' ');
  CHECK(why_set(largest) == reason::ok);
  CHECK(why_set(largest + " ") == reason::json_too_large);
}

TEST_CASE("the kid chooses the key") {
  const std::string set = set_of(ec_public(), ed_public(), rsa_public());
  CHECK(why_chosen(set, algorithm::eddsa, "ed") == reason::ok);
  CHECK(why_chosen(set, algorithm::es256, "ed") == reason::jwk_algorithm_mismatch);
  CHECK(why_chosen(set, algorithm::eddsa, "other") == reason::key_not_found);
  CHECK(why_chosen(set, algorithm::eddsa, "ED") == reason::key_not_found);
  CHECK(jose::parse_jwks(set, *host)->choose(algorithm::eddsa, "E\n").error().detail == "kid \"E?\", and no key fits");
}

TEST_CASE("without kid the algorithm chooses, when exactly one key fits") {
  CHECK(why_chosen(set_of(ec_public(), ed_public()), algorithm::eddsa, "") == reason::ok);
  CHECK(why_chosen(set_of(ed_public(), with(ed_public(), "kid", "ed2")), algorithm::eddsa, "") ==
        reason::key_not_found);
  CHECK(why_chosen(set_of(ec_public(), ed_public()), algorithm::rs256, "") == reason::key_not_found);
  CHECK(why_chosen(set_of(ec_public()), algorithm::rs256, "") == reason::jwk_algorithm_mismatch);
}

TEST_CASE("a key without kid may be used under a kid that no key has") {
  const json nameless = without(ec_public(), "kid");
  CHECK(why_chosen(set_of(nameless, ed_public()), algorithm::es256, "any") == reason::ok);
  CHECK(why_chosen(set_of(nameless, ed_public()), algorithm::es256, "ed") == reason::jwk_algorithm_mismatch);
  CHECK(why_chosen(set_of(nameless, ed_public()), algorithm::eddsa, "any") == reason::jwk_algorithm_mismatch);
  CHECK(why_chosen(set_of(nameless, without(other_ec_public(), "kid")), algorithm::es256, "any") ==
        reason::key_not_found);
}

TEST_CASE("kinds are not mixed where symmetric keys may be") {
  const auto both = json::parse(set_of(secret(), ec_public()));
  CHECK(jose::verification_keys(both, *host).why() == reason::jwk_mixed_set);
  CHECK(jose::parse_secret_keys(both.dump(), *host).why() == reason::jwk_mixed_set);
  CHECK(jose::parse_signing_keys(set_of(secret(), ec_private()), *host).why() == reason::jwk_mixed_set);
  CHECK(jose::verification_keys(json::parse(set_of(secret())), *host).ok());
  CHECK(jose::verification_keys(secret(), *host).ok());
}

TEST_CASE("one public JWK loads, and a private one does not") {
  CHECK(jose::parse_public_jwk(ec_public().dump(), *host).ok());
  CHECK(jose::parse_public_jwk(ec_private().dump(), *host).why() == reason::jwk_private_in_public_set);
  CHECK(jose::parse_public_jwk(off_curve().dump(), *host).why() == reason::jwk_point_not_on_curve);
}

TEST_CASE("signing keys load from a JWK or a set, the first one first") {
  CHECK(jose::parse_signing_keys(ec_private().dump(), *host)->front().kid == "ec");
  const auto keys = jose::parse_signing_keys(set_of(ed_private(), ec_private()), *host);
  REQUIRE(keys.ok());
  CHECK(keys->front().kid == "ed");
  CHECK(keys->front().algorithm == algorithm::eddsa);
  CHECK((*keys)[1].algorithm == algorithm::es256);
}

TEST_CASE("every signing key must be usable") {
  const auto why = [](const std::string& text) { return jose::parse_signing_keys(text, *host).why(); };
  CHECK(why(R"({"keys":[]})") == reason::signing_key_missing);
  CHECK(why("{}") == reason::jwk_invalid);
  CHECK(why("null") == reason::jwks_invalid);
  CHECK(why(set_of(ed_private(), ec_public())) == reason::jwk_invalid);
  CHECK(why(set_of(ed_private(), with(ec_private(), "use", "enc"))) == reason::jwk_use_mismatch);
  CHECK(why(set_of(ed_private(), with(ec_private(), "kid", "ed"))) == reason::jwk_duplicate_kid);
  CHECK(why(set_of(secret())) == reason::jwk_unsupported);
}

TEST_CASE("the halves of a signing key must belong together") {
  const auto why = [](const json& key) { return jose::parse_signing_keys(key.dump(), *host).why(); };
  CHECK(why(with(ec_private(), "d", std::string(known::ed25519_d))) == reason::key_import_failed);
  CHECK(why(with(ed_private(), "d", std::string(known::p256_d))) == reason::key_import_failed);
  CHECK(why(with(ed_private(), "x", std::string(known::p256_x))) == reason::key_import_failed);
}

TEST_CASE("an RSA key signs, and under the modulus of another it is refused") {
  const jose::jwk pair{"rsa", {}, algorithm::ps256, *openssl::generate_rsa(2048)};
  const json whole = jose::private_jwk(pair);
  const auto keys = jose::parse_signing_keys(whole.dump(), *host);
  REQUIRE(keys.ok());
  CHECK(keys->front().algorithm == algorithm::ps256);
  const json other_modulus = with(whole, "n", std::string(known::rsa_n));
  CHECK(jose::parse_signing_keys(other_modulus.dump(), *host).why() == reason::key_import_failed);
  CHECK(jose::parse_signing_keys(without(whole, "alg").dump(), *host).why() == reason::jwk_invalid);
}

TEST_CASE("a signing key without kid gets its thumbprint") {
  const auto keys = jose::parse_signing_keys(without(ec_private(), "kid").dump(), *host);
  REQUIRE(keys.ok());
  const auto parsed = jose::parse_jwk(ec_public(), jose::key_purpose::verify_public);
  CHECK(keys->front().kid == jose::thumbprint(*parsed, *host));
  CHECK(keys->front().verification.kid == keys->front().kid);
}

TEST_CASE("the public set of signing keys holds the public halves, and loads") {
  const auto keys = jose::parse_signing_keys(set_of(ed_private(), ec_private()), *host);
  REQUIRE(keys.ok());
  const std::string text = jose::write_public_set(*keys);
  CHECK(text == R"({"keys":[{"alg":"EdDSA","crv":"Ed25519","kid":"ed","kty":"OKP","use":"sig","x":")" +
                    std::string(known::ed25519_x) +
                    R"("},{"alg":"ES256","crv":"P-256","kid":"ec","kty":"EC","use":"sig","x":")" +
                    std::string(known::p256_x) + R"(","y":")" + std::string(known::p256_y) + R"("}]})");
  CHECK(usable_keys(text) == 2);
}

TEST_CASE("a shared secret needs a kid and is for HS256 unless it says otherwise") {
  const auto keys = jose::parse_secret_keys(secret().dump(), *host);
  REQUIRE(keys.ok());
  CHECK(keys->front().algorithm == algorithm::hs256);
  CHECK(keys->front().verification.algorithms == crypto::algorithm_set{algorithm::hs256});
  CHECK(jose::parse_secret_keys(with(secret(), "alg", "HS512").dump(), *host)->front().algorithm == algorithm::hs512);
  CHECK(jose::parse_secret_keys(without(secret(), "kid").dump(), *host).why() == reason::jwk_invalid);
  CHECK(jose::write_public_set(*keys) == R"({"keys":[]})");
}
