// Verification beyond the vectors: what is missing, malformed, mismatched or out of time.
#include "httpsig/signature.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"

namespace sallyport::testing {
namespace {

using namespace httpsig;

struct signed_message {
  std::unique_ptr<crypto::port> host = openssl::make_host();
  crypto::key_ptr key = *host->import_secret(as_bytes("0123456789abcdef0123456789abcdef"));
  message request = *parse_message("GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n");

  explicit signed_message(const char* input) {
    const auto list = encoding::sf::parse_inner_list(input);
    const auto fields = sign(*host, *key, crypto::algorithm::hs256, "s", *list, {&request, nullptr});
    REQUIRE(fields.ok());
    request.fields.push_back({"signature-input", fields->signature_input});
    request.fields.push_back({"signature", fields->signature});
  }
  reason check(const verify_options& options = {}, std::string_view label = "s",
               crypto::algorithm how = crypto::algorithm::hs256) {
    return verify(*host, *key, how, label, {&request, nullptr}, options).why();
  }
};

TEST_CASE("verifies what it signed, and nothing that was altered") {
  signed_message given("(\"@method\" \"@path\");created=100;expires=200;alg=\"hmac-sha256\"");
  CHECK(given.check() == reason::ok);
  given.request.target = "/b";
  CHECK(given.check() == reason::httpsig_invalid);
}

TEST_CASE("the alg parameter must be the algorithm of the key") {
  signed_message given("();alg=\"hmac-sha256\"");
  CHECK(given.check({}, "s", crypto::algorithm::es256) == reason::httpsig_algorithm);
  const auto other = encoding::sf::parse_inner_list("();alg=\"ed25519\"");
  CHECK(sign(*given.host, *given.key, crypto::algorithm::hs256, "s", *other, {&given.request, nullptr}).why() ==
        reason::httpsig_algorithm);
}

TEST_CASE("an algorithm outside the registry of RFC 9421 signs and verifies nothing") {
  signed_message given("()");
  CHECK(given.check({}, "s", crypto::algorithm::hs512) == reason::httpsig_algorithm);
  CHECK(sign_bytes(*given.host, *given.key, crypto::algorithm::rs512, "x").why() == reason::httpsig_algorithm);
}

TEST_CASE("times are checked when a clock is given, the bounds included") {
  signed_message given("();created=100;expires=200");
  CHECK(given.check({100, 0}) == reason::ok);
  CHECK(given.check({200, 0}) == reason::ok);
  CHECK(given.check({99, 0}) == reason::httpsig_created_in_future);
  CHECK(given.check({99, 1}) == reason::ok);
  CHECK(given.check({201, 0}) == reason::httpsig_expired);
  CHECK(given.check({201, 1}) == reason::ok);
}

TEST_CASE("says which part of a signature is missing or malformed") {
  signed_message given("()");
  CHECK(given.check({}, "other") == reason::httpsig_label_missing);
  const auto replaced = [&](std::string input, std::string signature) {
    given.request.fields[1].value = std::move(input);
    given.request.fields[2].value = std::move(signature);
    return given.check();
  };
  CHECK(replaced("s=()", "t=:AA==:") == reason::httpsig_label_missing);
  CHECK(replaced("s=1", "s=:AA==:") == reason::httpsig_malformed);
  CHECK(replaced("s=()", "s=x") == reason::httpsig_malformed);
  CHECK(replaced("s=(", "s=:AA==:") == reason::httpsig_malformed);
  CHECK(replaced("s=(a)", "s=:AA==:") == reason::httpsig_component_invalid);
  CHECK(replaced("s=()", "s=::") == reason::httpsig_invalid);
  given.request.fields.resize(2);
  CHECK(given.check() == reason::httpsig_label_missing);
}

}  // namespace
}  // namespace sallyport::testing
