#include "http/digest.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "tests/support/vectors.hpp"

namespace sallyport::testing {
namespace {

using encoding::json;

const std::string hello = "{\"hello\": \"world\"}\n";
const std::string sha256_of_hello = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";

reason verify(std::string_view value, std::string_view body) {
  const auto host = openssl::make_host();
  return http::verify_content_digest(*host, value, as_bytes(body)).why();
}

TEST_CASE("verifies every message of RFC 9530") {
  const auto text = read_vectors("rfc9530/digest.json");
  if (!text) return;
  const auto vectors = encoding::parse_json(*text);
  REQUIRE(vectors.ok());
  const auto host = openssl::make_host();
  std::size_t messages = 0;
  for (const auto& each : (*vectors)["messages"]) {
    const auto value = each["value"].get<std::string>();
    CAPTURE(value);
    const auto body = encoding::decode_base64(each["body_b64"].get<std::string>());
    REQUIRE(body.ok());
    CHECK(name_of(verify(value, as_text(*body))) == "ok");
    CHECK(name_of(verify(value, to_text(*body) + "x")) == "digest_mismatch");
    if (each["alg"] == "sha-256") CHECK(http::content_digest_field(*host, *body) == value);
    ++messages;
  }
  CHECK(messages == 13);
}

TEST_CASE("verifies the samples of RFC 9530 with known algorithms and refuses the others by name") {
  const auto text = read_vectors("rfc9530/digest.json");
  if (!text) return;
  const auto vectors = encoding::parse_json(*text);
  REQUIRE(vectors.ok());
  const auto content = (*vectors)["content_no_lf"].get<std::string>();
  std::size_t known = 0;
  std::size_t samples = 0;
  for (const auto& each : (*vectors)["samples"]) {
    const auto algorithm = each["alg"].get<std::string>();
    CAPTURE(algorithm);
    const bool is_known = algorithm == "sha-256" || algorithm == "sha-512";
    const reason why = verify(algorithm + "=" + each["value"].get<std::string>(), content);
    CHECK(name_of(why) == name_of(is_known ? reason::ok : reason::digest_unsupported));
    known += is_known ? 1 : 0;
    ++samples;
  }
  CHECK(known == 2);
  CHECK(samples == 8);
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
