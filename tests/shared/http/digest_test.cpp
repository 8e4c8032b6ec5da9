#include "http/digest.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"

namespace sallyport::testing {
namespace {

const std::string hello = "{\"hello\": \"world\"}\n";
const std::string sha256_of_hello = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";

reason verify(std::string_view value, std::string_view body) {
  const auto host = openssl::make_host();
  return http::verify_content_digest(*host, value, as_bytes(body)).why();
}

TEST_CASE("writes the field that it verifies") {
  const auto host = openssl::make_host();
  CHECK(http::content_digest_field(*host, as_bytes(hello)) == sha256_of_hello);
  CHECK(verify(sha256_of_hello, hello) == reason::ok);
}

TEST_CASE("every known algorithm that is present must match") {
  const std::string other512 =
      "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
  CHECK(verify(sha256_of_hello, hello) == reason::ok);
  // Over the same text without its line feed.
  CHECK(verify(sha256_of_hello + ", " + other512, hello) == reason::digest_mismatch);
  CHECK(verify("md5=:AQI=:, " + sha256_of_hello, hello) == reason::ok);
}

TEST_CASE("refuses a field that is no dictionary of byte sequences of the right length") {
  CHECK(verify("", hello) == reason::digest_unsupported);
  CHECK(verify("sha-256", hello) == reason::digest_malformed);
  CHECK(verify("sha-256=abc", hello) == reason::digest_malformed);
  CHECK(verify("sha-256=:AQID:", hello) == reason::digest_malformed);
  CHECK(verify("sha-256=(:AQID:)", hello) == reason::digest_malformed);
  CHECK(verify("md5=1, " + sha256_of_hello, hello) == reason::digest_malformed);
  CHECK(verify("sha-256=:", hello) == reason::digest_malformed);
}

TEST_CASE("verifies a body that arrives in pieces") {
  const auto host = openssl::make_host();
  const auto expected = http::parse_content_digest(sha256_of_hello);
  REQUIRE(expected.ok());
  http::digest_verifier verifier(*host, *expected);
  for (char c : hello) verifier.update(as_bytes(std::string_view(&c, 1)));
  CHECK(verifier.finish().ok());
  http::digest_verifier shorter(*host, *expected);
  shorter.update(as_bytes(hello.substr(1)));
  CHECK(shorter.finish().why() == reason::digest_mismatch);
}

}  // namespace
}  // namespace sallyport::testing
