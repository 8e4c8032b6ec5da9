#include "aws/web_identity.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"

using namespace sallyport;
using namespace sallyport::aws;

TEST_CASE("the claims are those that STS reads") {
  const auto host = openssl::make_host();
  const web_identity what{"https://issuer.acme.example",
                          "billing",
                          {"okta", "alice", "alice@acme.example", "billing-read"},
                          1000,
                          900,
                          "id",
                          "prod/billing"};
  CHECK(
      web_identity_claims(what, *host) ==
      R"({"aud":"sts.amazonaws.com","exp":1300,"https://aws.amazon.com/source_identity":"alice",)"
      R"("https://aws.amazon.com/tags":{"principal_tags":{"email":["alice@acme.example"],"issuer":["okta"],)"
      R"("route":["billing-read"],"sallyport_target":["prod/billing"],"subject":["alice"]}},"iat":1000,"iss":"https://issuer.acme.example","jti":"id",)"
      R"("nbf":1000,"sub":"sallyport:billing"})");
}
