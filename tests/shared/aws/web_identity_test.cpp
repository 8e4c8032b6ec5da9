#include "aws/web_identity.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"

using namespace sallyport;
using namespace sallyport::aws;

TEST_CASE("a subject that fits is its own source identity; others are told apart by their hash") {
  const auto host = openssl::make_host();
  CHECK(source_identity("alice@acme.example", *host) == "alice@acme.example");
  const auto piped = source_identity("auth0|alice", *host);
  CHECK(piped.starts_with("auth0-alice-"));
  CHECK(piped != source_identity("auth0:alice", *host));
  for (const std::string& subject :
       {std::string(), std::string("a"), std::string(300, 'x'), std::string("\xC3\xA4\n")}) {
    const auto made = source_identity(subject, *host);
    CHECK(made.size() >= 2);
    CHECK(made.size() <= 64);
    CHECK(made.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-") ==
          std::string::npos);
  }
}

TEST_CASE("the claims are those that STS reads") {
  const auto host = openssl::make_host();
  const web_identity what{"https://issuer.acme.example",
                          "billing",
                          {"okta", "alice", "alice@acme.example", "billing-read"},
                          1000,
                          900,
                          "id"};
  CHECK(web_identity_claims(what, *host) ==
        R"({"aud":"sts.amazonaws.com","exp":1300,"https://aws.amazon.com/source_identity":"alice",)"
        R"("https://aws.amazon.com/tags":{"principal_tags":{"email":["alice@acme.example"],"issuer":["okta"],)"
        R"("route":["billing-read"],"subject":["alice"]}},"iat":1000,"iss":"https://issuer.acme.example","jti":"id",)"
        R"("nbf":1000,"sub":"sallyport:billing"})");
  CHECK(tag_value("a|b\n" + std::string(300, 'c')).size() == 256);
  CHECK(tag_value("a|b") == "a_b");
}
