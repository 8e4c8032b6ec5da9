#include "aws/issuer_documents.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "tests/shared/jose/keys.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

namespace {

constexpr std::string_view issuer = "https://issuer.acme.example";

json named(json key, const char* kid, const char* alg) {
  return with(with(std::move(key), "kid", kid), "alg", alg);
}
json good() {
  return named(ec_public(), "edge-1", "ES256");
}
auto documents(std::string_view of, const std::string& keys) {
  const auto host = openssl::make_host();
  return make_issuer_documents(of, keys, *host);
}
reason why(const std::string& keys) {
  return documents(issuer, keys).why();
}

}  // namespace

TEST_CASE("the documents name the issuer, its keys and their algorithms") {
  const auto made = documents(issuer, set_of(good(), named(ed_public(), "edge-2", "EdDSA")));
  REQUIRE(made.ok());
  CHECK(made->base_path.empty());
  CHECK(made->discovery ==
        R"({"id_token_signing_alg_values_supported":["ES256","EdDSA"],"issuer":"https://issuer.acme.example",)"
        R"("jwks_uri":"https://issuer.acme.example/.well-known/jwks.json","response_types_supported":["id_token"],)"
        R"("subject_types_supported":["public"]})");
  CHECK(made->jwks.find(R"("kid":"edge-1")") != std::string::npos);
  CHECK(made->jwks.find(R"("kid":"edge-2")") != std::string::npos);
}

TEST_CASE("of a key only what belongs into a public set is served") {
  const auto made = documents(issuer, set_of(with(good(), "comment", "made by bob on his laptop")));
  REQUIRE(made.ok());
  CHECK(made->jwks.find("laptop") == std::string::npos);
}

TEST_CASE("a set with a private or a symmetric key is refused, and the detail holds nothing of it") {
  const auto made = documents(issuer, set_of(good(), named(ec_private(), "edge-2", "ES256")));
  CHECK(made.why() == reason::jwk_private_in_public_set);
  CHECK(made.error().detail.find(ec_private()["d"].get<std::string>()) == std::string::npos);
  CHECK(why(set_of(good(), named(secret(), "s", "HS256"))) == reason::jwk_private_in_public_set);
}

TEST_CASE("every key must be usable and have a kid and an alg") {
  CHECK(why(set_of(good(), without(named(rsa_public(), "r", "RS256"), "alg"))) == reason::config_invalid);
  CHECK(why(set_of(good(), without(named(ed_public(), "e", "EdDSA"), "kid"))) == reason::config_invalid);
  CHECK(why(set_of(good(), with(named(ed_public(), "e", "EdDSA"), "use", "enc"))) == reason::jwk_use_mismatch);
  CHECK(why(set_of(good(), good())) == reason::jwk_duplicate_kid);
}

TEST_CASE("one key at least must be of a kind that STS takes") {
  CHECK(why(set_of(named(ed_public(), "e", "EdDSA"))) == reason::config_invalid);
  CHECK(why(set_of(named(rsa_public(), "r", "RS256"))) == reason::ok);
}

TEST_CASE("what is no key set is refused") {
  for (const std::string& text : {std::string(), std::string("{}"), std::string(R"({"keys":[]})"),
                                  std::string("<html>"), std::string(R"({"keys":{}})")}) {
    CAPTURE(text);
    CHECK(why(text) != reason::ok);
  }
}

TEST_CASE("the issuer is https without port and query, or http on loopback") {
  const std::string keys = set_of(good());
  CHECK(documents("https://acme.example/edge", keys)->base_path == "/edge");
  CHECK(documents("http://127.0.0.1:8701", keys).ok());
  for (const std::string_view wrong :
       {"", "issuer.acme.example", "http://issuer.acme.example", "https://issuer.acme.example:8443",
        "https://issuer.acme.example/", "https://issuer.acme.example/a/", "https://issuer.acme.example/a//b",
        "https://issuer.acme.example/../b", "https://issuer.acme.example?x", "https://issuer.acme.example/a?x",
        "https://u@issuer.acme.example", "ftp://127.0.0.1", "http://127.evil.example", "https://"}) {
    CAPTURE(wrong);
    CHECK(documents(wrong, keys).why() == reason::config_invalid);
  }
}
