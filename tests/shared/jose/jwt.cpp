#include "jose/jwt.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"
#include "tests/shared/jose/keys.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

const auto host = openssl::make_host();
constexpr unix_seconds now = 1'700'000'000;

std::string token_of(std::string_view payload) {
  const auto key = jose::parse_signing_keys(ec_private().dump(), *host);
  return *jose::sign_jws(key->front(), "JWT", as_bytes(payload), *host);
}

result<jose::verified_jwt> verify(const std::string& token, const std::string& keys) {
  SALLYPORT_ASSIGN(const auto set, jose::parse_jwks(keys, *host));
  SALLYPORT_ASSIGN(auto parsed, jose::parse_jwt(token));
  jose::claims_options options;
  options.now = now;
  return jose::verify_jwt(std::move(parsed), set, crypto::every_asymmetric_algorithm(), options, *host);
}

}  // namespace

TEST_CASE("a verified JWT has its claims") {
  const auto verified = verify(token_of(R"({"iss":"i","sub":"alice","exp":1700000060})"), set_of(ec_public()));
  REQUIRE(verified.ok());
  CHECK(verified->claims()["sub"] == "alice");
  CHECK(verified->registered().subject == "alice");
  CHECK(verified->registered().expires == 1700000060.0);
  CHECK(verified->header().kid == "ec");
}

TEST_CASE("the issuer can be read before anything is verified") {
  CHECK(jose::parse_jwt(token_of(R"({"iss":"https://idp.example"})"))->claimed_issuer() == "https://idp.example");
  CHECK_FALSE(jose::parse_jwt(token_of(R"({"iss":7})"))->claimed_issuer());
  CHECK_FALSE(jose::parse_jwt(token_of("{}"))->claimed_issuer());
}

TEST_CASE("the payload is a JSON object without duplicate members") {
  CHECK(jose::parse_jwt(token_of("")).why() == reason::jwt_claims_invalid);
  CHECK(jose::parse_jwt(token_of("[]")).why() == reason::jwt_claims_invalid);
  CHECK(jose::parse_jwt(token_of("\"text\"")).why() == reason::jwt_claims_invalid);
  CHECK(jose::parse_jwt(token_of(R"({"aud":"a","aud":"b"})")).why() == reason::jwt_claims_invalid);
  CHECK(jose::parse_jwt(token_of("{\"a\":\"\xc3\x28\"}")).why() == reason::jwt_claims_invalid);
  CHECK(jose::parse_jwt(token_of("{\"exp\":1e999}")).why() == reason::jwt_claims_invalid);
}

TEST_CASE("the signature is checked before the claims") {
  const std::string other_key = set_of(with(ed_public(), "kid", "ec"));
  CHECK(verify(token_of(R"({"exp":1})"), other_key).why() == reason::jwk_algorithm_mismatch);
  std::string forged = token_of(R"({"exp":1})");
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  CHECK(verify(forged, set_of(ec_public())).why() == reason::jws_signature_invalid);
  CHECK(verify(token_of(R"({"exp":1})"), set_of(ec_public())).why() == reason::jwt_expired);
}

TEST_CASE("the detail of a refusal never holds the token") {
  const std::string token = token_of(R"({"secret-claim":"secret-value","exp":1})");
  const auto refused = verify(token, set_of(ec_public()));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().detail == "expired for 1699999999 s, skew allowed 0 s");
  const auto broken = jose::parse_jwt(token_of(R"({"secret-claim" "secret-value"})"));
  CHECK(broken.error().detail.find("secret") == std::string::npos);
}

TEST_CASE("a claim that the gate cannot tell from another is refused") {
  CHECK(jose::parse_jwt(token_of(R"({"iss":"a","\u0069ss":"b"})")).why() == reason::jwt_claims_invalid);
}
