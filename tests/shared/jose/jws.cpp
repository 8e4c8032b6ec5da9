#include "jose/jws.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "encoding/base64url.hpp"
#include "tests/shared/jose/keys.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using crypto::algorithm;

namespace {

const auto host = openssl::make_host();

std::string encoded(std::string_view text) {
  return encoding::encode_base64url(as_bytes(text));
}

reason why_parsed(const std::string& token) {
  return jose::parse_jws(exact_text(token).view()).why();
}
/// A token with this header; the payload and the signature are well-formed and mean nothing.
reason why_header(std::string_view header) {
  return why_parsed(encoded(header) + ".Zm9v.AAAA");
}

jose::signing_key signer(const json& key) {
  return jose::parse_signing_keys(key.dump(), *host)->front();
}
jose::signing_key shared(const json& key) {
  return jose::parse_secret_keys(key.dump(), *host)->front();
}

std::string signed_with(const jose::signing_key& key, std::string_view payload) {
  return *jose::sign_jws(key, "JWT", as_bytes(payload), *host);
}

result<jose::verified_jws> verify(const std::string& token, const std::string& keys,
                                  crypto::algorithm_set allowed = crypto::every_algorithm()) {
  SALLYPORT_ASSIGN(const auto set, jose::verification_keys(json::parse(keys), *host));
  SALLYPORT_ASSIGN(auto parsed, jose::parse_jws(token));
  return jose::verify_jws(std::move(parsed), set, allowed, *host);
}

}  // namespace

TEST_CASE("what was signed verifies, with its header and payload") {
  for (const json& key : {ec_private(), ed_private()}) {
    const auto verified = verify(signed_with(signer(key), "some payload"), set_of(ec_public(), ed_public()));
    REQUIRE(verified.ok());
    CHECK(as_text(verified->payload()) == "some payload");
    CHECK(verified->header().typ == "JWT");
    CHECK(verified->header().kid == key["kid"]);
  }
  CHECK(verify(signed_with(shared(secret()), "x"), set_of(secret())).ok());
  CHECK(verify(signed_with(shared(with(secret(), "alg", "HS512")), "x"), set_of(secret())).ok());
}

TEST_CASE("the header that is written holds alg, kid and typ, sorted") {
  CHECK(jose::protected_header(signer(ec_private()), "at+jwt") ==
        encoded(R"({"alg":"ES256","kid":"ec","typ":"at+jwt"})"));
  CHECK(jose::protected_header(signer(ed_private()), "") == encoded(R"({"alg":"EdDSA","kid":"ed"})"));
}

TEST_CASE("an empty payload is a payload") {
  const auto verified = verify(signed_with(signer(ec_private()), ""), set_of(ec_public()));
  REQUIRE(verified.ok());
  CHECK(verified->payload().empty());
}

TEST_CASE("an empty payload under another payload's signature is detached content") {
  const std::string token = signed_with(signer(ec_private()), "attached");
  const std::string detached = token.substr(0, token.find('.') + 1) + token.substr(token.rfind('.'));
  CHECK(verify(detached, set_of(ec_public())).why() == reason::jws_serialization_unsupported);
}

TEST_CASE("every changed character of a token is refused") {
  const std::string token = signed_with(signer(ed_private()), "p");
  for (std::size_t i = 0; i < token.size(); ++i) {
    CAPTURE(i);
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(verify(changed, set_of(ed_public())).ok());
    CHECK_FALSE(verify(token.substr(0, i), set_of(ed_public())).ok());
  }
  CHECK(verify(token, set_of(ed_public())).ok());
}

TEST_CASE("a token has exactly three parts") {
  CHECK(why_parsed("") == reason::jws_malformed);
  CHECK(why_parsed(".") == reason::jws_malformed);
  CHECK(why_parsed("..") == reason::jws_malformed);
  CHECK(why_parsed("a.b") == reason::jws_malformed);
  CHECK(why_parsed("a.b.c.d") == reason::jws_malformed);
  CHECK(why_parsed("a.b.c.d.e") == reason::jws_malformed);
  const std::string header = encoded(R"({"alg":"ES256"})");
  CHECK(why_parsed(header + ".Zm9v.") == reason::jws_malformed);
  CHECK(why_parsed(".Zm9v.AAAA") == reason::jws_malformed);
  CHECK(why_parsed(header + "..AAAA") == reason::ok);
}

TEST_CASE("the parts are strict base64url") {
  const std::string header = encoded(R"({"alg":"ES256"})");
  CHECK(why_parsed(header + ".Zm9v.AAAA") == reason::ok);
  CHECK(why_parsed(header + "=.Zm9v.AAAA") == reason::jws_malformed);
  CHECK(why_parsed(header + ".Zm9v=.AAAA") == reason::jws_malformed);
  CHECK(why_parsed(header + ".Zm9v.AA==") == reason::jws_malformed);
  CHECK(why_parsed(header + ".Zm9v.AB") == reason::jws_malformed);
  CHECK(why_parsed(header + ".Zm 9v.AAAA") == reason::jws_malformed);
  CHECK(why_parsed(header + ".Zm9v.AA+/") == reason::jws_malformed);
  CHECK(why_parsed(header + ".Zm9v.AAAA\n") == reason::jws_malformed);
  CHECK(why_parsed(" " + header + ".Zm9v.AAAA") == reason::jws_malformed);
}

TEST_CASE("the header is a JSON object with alg") {
  CHECK(why_header("[]") == reason::jws_header_invalid);
  CHECK(why_header("\"ES256\"") == reason::jws_header_invalid);
  CHECK(why_header("{}") == reason::jws_header_invalid);
  CHECK(why_header("{") == reason::jws_header_invalid);
  CHECK(why_header(R"({"alg":["ES256"]})") == reason::jws_header_invalid);
  CHECK(why_header(R"({"alg":null})") == reason::jws_header_invalid);
  CHECK(why_header("{\"alg\":\"ES256\",\"x\":\"\xff\"}") == reason::jws_header_invalid);
  CHECK(why_header(R"({"alg":"ES256","kid":1})") == reason::jws_header_invalid);
  CHECK(why_header(R"({"alg":"ES256","typ":[]})") == reason::jws_header_invalid);
  CHECK(why_header(R"({"alg":"ES256","kid":null})") == reason::jws_header_invalid);
}

TEST_CASE("a header that names a member twice is refused") {
  CHECK(why_header(R"({"alg":"none","alg":"ES256"})") == reason::jws_header_invalid);
  CHECK(why_header(R"({"alg":"ES256","\u0061lg":"none"})") == reason::jws_header_invalid);
}

TEST_CASE("alg none is refused in every spelling, signature or not") {
  for (const char* alg : {"none", "None", "NONE", "nOnE"}) {
    CAPTURE(alg);
    const std::string header = json{{"alg", alg}}.dump();
    CHECK(why_header(header) == reason::jws_alg_none);
    CHECK(why_parsed(encoded(header) + ".Zm9v.") == reason::jws_alg_none);
  }
}

TEST_CASE("an alg that is not in the table is refused") {
  for (const char* alg : {"", "es256", "ES256K", "RSA-OAEP", "dir", "ES256 ", "none "}) {
    CAPTURE(alg);
    CHECK(why_header(json{{"alg", alg}}.dump()) == reason::jws_alg_not_allowed);
  }
}

TEST_CASE("crit is refused whatever it holds") {
  for (const char* crit : {"[]", "[\"exp\"]", "[\"b64\"]", "\"b64\"", "null", "[1]", "{}"}) {
    CAPTURE(crit);
    CHECK(why_header(std::string(R"({"alg":"ES256","crit":)") + crit + "}") == reason::jws_crit_unknown);
  }
}

TEST_CASE("an unencoded payload is refused by name") {
  CHECK(why_header(R"({"alg":"ES256","b64":false,"crit":["b64"]})") == reason::jws_b64_unsupported);
  CHECK(why_header(R"({"alg":"ES256","b64":false})") == reason::jws_b64_unsupported);
  CHECK(why_header(R"({"alg":"ES256","b64":"false"})") == reason::jws_header_invalid);
  CHECK(why_header(R"({"alg":"ES256","b64":true})") == reason::ok);
}

TEST_CASE("a key in the token is refused, a pointer to one is not looked at") {
  CHECK(why_header(R"({"alg":"ES256","jwk":{}})") == reason::jws_embedded_key);
  CHECK(why_header(R"({"alg":"ES256","jwk":null})") == reason::jws_embedded_key);
  CHECK(why_header(R"({"alg":"ES256","x5c":[]})") == reason::jws_embedded_key);
  CHECK(why_header(R"({"alg":"ES256","jku":"https://evil.example/keys","x5u":"https://evil.example/"})") == reason::ok);
  CHECK(why_header(R"({"alg":"ES256","x5t":"AA","x5t#S256":"AA"})") == reason::ok);
}

TEST_CASE("JSON serializations are refused by name") {
  CHECK(why_parsed(R"({"payload":"Zm9v","protected":"e30","signature":"AA"})") ==
        reason::jws_serialization_unsupported);
  CHECK(why_parsed(R"( {"payload":"Zm9v","signatures":[]})") == reason::jws_serialization_unsupported);
}

TEST_CASE("a token has at most 16 KiB") {
  const std::string start = encoded(R"({"alg":"ES256"})") + ".";
  const std::size_t room = (std::size_t{16} << 10) - start.size() - 5;
  const std::string payload(room / 4 * 4, 'A');
  const std::string filler(room % 4 == 1 ? 0 : room % 4, 'A');
  const std::string token = start + payload + filler + ".AAAA";
  CHECK(why_parsed(token) == reason::ok);
  CHECK(why_parsed(start + std::string(std::size_t{16} << 10, 'A') + ".AAAA") == reason::jws_too_large);
  CHECK(jose::parse_jws(token, {token.size() - 1}).why() == reason::jws_too_large);
  CHECK(jose::parse_jws(token, {token.size()}).ok());
}

TEST_CASE("only allowed algorithms verify") {
  const std::string token = signed_with(signer(ec_private()), "p");
  CHECK(verify(token, set_of(ec_public()), {algorithm::es256}).ok());
  CHECK(verify(token, set_of(ec_public()), {algorithm::eddsa, algorithm::rs256}).why() == reason::jws_alg_not_allowed);
  CHECK(verify(token, set_of(ec_public()), {}).why() == reason::jws_alg_not_allowed);
  CHECK(verify(signed_with(shared(secret()), "p"), set_of(secret()), crypto::every_asymmetric_algorithm()).why() ==
        reason::jws_alg_not_allowed);
}

TEST_CASE("the public key of one algorithm is not the secret of another") {
  // RFC 8725 section 2.1: HS256 with the text of the verifier's public key as the secret.
  json forged = secret();
  forged["k"] = encoded(ec_public().dump());
  forged["kid"] = "ec";
  CHECK(verify(signed_with(shared(forged), "p"), set_of(ec_public())).why() == reason::jwk_algorithm_mismatch);
}

TEST_CASE("the key's alg must be the header's") {
  const std::string token = signed_with(shared(secret()), "p");
  CHECK(verify(token, set_of(with(secret(), "alg", "HS512"))).why() == reason::jwk_algorithm_mismatch);
}

TEST_CASE("another key of the same kind does not verify") {
  const std::string token = signed_with(signer(ed_private()), "p");
  CHECK(verify(token, set_of(with(ed_public(), "x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))).why() ==
        reason::jws_signature_invalid);
  CHECK(verify(token, set_of(with(ed_public(), "kid", "other"))).why() == reason::key_not_found);
}

TEST_CASE("a signature of the wrong length is refused for its form") {
  const std::string token = signed_with(signer(ec_private()), "p");
  const std::string unsigned_part = token.substr(0, token.rfind('.') + 1);
  CHECK(verify(unsigned_part + encoded(std::string(63, 'x')), set_of(ec_public())).why() ==
        reason::jws_signature_format);
  CHECK(verify(unsigned_part + encoded(std::string(65, 'x')), set_of(ec_public())).why() ==
        reason::jws_signature_format);
  CHECK(verify(unsigned_part + encoded(std::string(64, '\0')), set_of(ec_public())).why() ==
        reason::jws_signature_format);
  CHECK(verify(unsigned_part + encoded(std::string(64, 'x')), set_of(ec_public())).why() ==
        reason::jws_signature_invalid);
}
