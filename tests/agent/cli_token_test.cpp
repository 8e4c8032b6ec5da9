#include <doctest/doctest.h>

#include <algorithm>

#include "agent/cli/exit_code.hpp"
#include "encoding/base64url.hpp"
#include "jose/jws.hpp"
#include "tests/agent/command.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace sallyport::agent::cli;

TEST_CASE("a token is shown as unverified, or verified with keys; its signature is never printed") {
  const scratch files;
  const std::string jwks = files.file("jwks.json", edge_keys().jwks);
  const std::string token = token_of(edge_keys().es256, now_s() + 100);
  const std::string signature = token.substr(token.rfind('.') + 1);
  auto got = sallyport_command({"token", "inspect"}, "Bearer " + token + "\n");
  CHECK(got.exit == exit_ok);
  CHECK(got.err.find("NOT VERIFIED") != std::string::npos);
  CHECK(got.out.find("alice") != std::string::npos);
  CHECK((got.out + got.err).find(signature) == std::string::npos);
  got = sallyport_command({"token", "inspect", "--jwks", jwks, "--issuer", "https://idp.test", "--audience", "api"},
                          token);
  CHECK(got.exit == exit_ok);
  CHECK(got.err.find("verified") != std::string::npos);
  CHECK((got.out + got.err).find(signature) == std::string::npos);
  got = sallyport_command({"token", "inspect", "--jwks", jwks, "--audience", "other"}, token);
  CHECK(got.exit == exit_check_failed);
  CHECK(got.err.find("DOES NOT VERIFY") != std::string::npos);
  got = sallyport_command({"token", "inspect", "--jwks", jwks, "--json"}, token_of(edge_keys().es256, now_s() - 100));
  CHECK(got.exit == exit_check_failed);
  CHECK(encoding::parse_json(got.out)->at("reason") == "jwt_expired");
  CHECK(sallyport_command({"token", "inspect"}, "not a token").exit == exit_check_failed);
  got = sallyport_command({"token", "inspect"}, "eyJhbGciOiJub25lIn0.e30.");
  CHECK(got.err.find("refused in any case") != std::string::npos);
}

TEST_CASE("an expiry that is no time is called that, and not taken for one") {
  const auto note = [](std::string_view claims) {
    return sallyport_command({"token", "inspect"}, unsigned_token(claims)).err;
  };
  for (const std::string_view claims : {R"({"exp":-1e300})", R"({"exp":1e300})", R"({"exp":-9.3e18})"}) {
    CAPTURE(claims);
    CHECK(note(claims).find("would be refused: exp is out of range") != std::string::npos);
  }
  CHECK(note(R"({"exp":"1767225700"})").find("would be refused: exp has the wrong type") != std::string::npos);
  CHECK(note(R"({"exp":1})").find("expired ") != std::string::npos);
  CHECK(note(R"({"sub":"a"})").find("it has no expiry") != std::string::npos);
}

TEST_CASE("what a stranger wrote into a token cannot command the terminal") {
  // CSI as one character (U+009B), DEL, and an override of the writing direction.
  const std::string token = unsigned_token(
      "{\"sub\":\"\xC2\x9B"
      "2J\x7F\xE2\x80\xAE\"}");
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"token", "inspect"}, {"token", "inspect", "--json"}}) {
    const auto got = sallyport_command(command, token);
    CHECK(got.out.find("\\u009b2J\\u007f\\u202e") != std::string::npos);
    CHECK(std::all_of(got.out.begin(), got.out.end(), [](char c) { return c == '\n' || (c >= ' ' && c < '\x7F'); }));
  }
}

TEST_CASE("any number of spaces may stand behind the scheme of a pasted token") {
  // RFC 9110 section 11.4
  CHECK(sallyport_command({"token", "inspect"}, "  Bearer   " + unsigned_token("{}") + " \n").exit == exit_ok);
}

TEST_CASE("what a token must be cannot be demanded without keys") {
  const std::string token = token_of(edge_keys().es256, now_s() + 100);
  for (const std::vector<std::string>& demand :
       std::vector<std::vector<std::string>>{{"--issuer", "x"}, {"--audience", "x"}, {"--typ", "x"}, {"--skew", "5"}}) {
    CAPTURE(demand.front());
    const auto got = sallyport_command({"token", "inspect", demand[0], demand[1]}, token);
    CHECK(got.exit == exit_usage);
    CHECK(got.err.find("--jwks") != std::string::npos);
  }
}

TEST_CASE("keys that cannot be had say nothing about a token") {
  const scratch files;
  const std::string token = token_of(edge_keys().es256, now_s() + 100);
  auto got = sallyport_command({"token", "inspect", "--jwks", files.path("absent")}, token);
  CHECK(got.exit == exit_unavailable);
  CHECK(got.err.find("DOES NOT VERIFY") == std::string::npos);
  got = sallyport_command({"token", "inspect", "--jwks", files.file("bad.json", "{}")}, token);
  CHECK(got.exit == exit_config);
  CHECK(got.err.find("DOES NOT VERIFY") == std::string::npos);
}

TEST_CASE("a token is taken as it was pasted") {
  const std::string token = unsigned_token(R"({"sub":"alice"})");
  const std::string wrapped = token.substr(0, 20) + "\n" + token.substr(20, 10) + "\r\n  " + token.substr(30);
  for (const std::string& pasted :
       {"Authorization: Bearer " + token, "authorization: bearer " + token, "\"" + token + "\"", "'" + token + "'",
        "`" + token + "`", "Authorization: Bearer " + wrapped, wrapped, "-H 'Authorization: Bearer " + token + "'",
        "\"access_token\": \"" + token + "\",", "CF_Authorization=" + token + ";", "Cf-Access-Jwt-Assertion: " + token,
        "\xEF\xBB\xBF" + token, "DPoP " + token, "export TOKEN=" + token, "  Bearer   " + token + "\n"}) {
    CAPTURE(pasted);
    const auto got = sallyport_command({"token", "inspect"}, pasted);
    CHECK(got.exit == exit_ok);
    CHECK(got.out.find("alice") != std::string::npos);
  }
  CHECK(sallyport_command({"token", "inspect", "Authorization: Bearer " + token}).exit == exit_ok);
}

TEST_CASE("what is no token to look into is called what it is") {
  const auto says = [](std::string_view pasted) {
    const auto got = sallyport_command({"token", "inspect"}, std::string(pasted));
    CHECK(got.exit == exit_check_failed);
    return got.err;
  };
  CHECK(says("eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d").find("five parts: an encrypted token") != std::string::npos);
  CHECK(says("Bearer eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..b.c.d").find("an encrypted token") != std::string::npos);
  CHECK(says("").find("nothing was given") != std::string::npos);
  CHECK(says("7c9e6679f1d2").find("opaque token") != std::string::npos);
  CHECK(says("eyJhbGciOiJub25lIn0.e30").find("incomplete") != std::string::npos);
  CHECK(says("a.b.c").find("not JSON in base64url") != std::string::npos);
  CHECK(says(R"({"payload":"e30","signatures":[]})").find("JSON, not a compact token") != std::string::npos);
}

TEST_CASE("another issuer or audience than demanded shows both") {
  const scratch files;
  const std::string jwks = files.file("jwks.json", edge_keys().jwks);
  const std::string token = token_of(edge_keys().es256, now_s() + 100);
  const auto inspect = [&](std::vector<std::string> demands) {
    demands.insert(demands.begin(), {"token", "inspect", "--jwks", jwks});
    return sallyport_command(std::move(demands), token);
  };
  CHECK(inspect({"--audience", "other"}).err.find(R"(aud is "api", demanded is "other")") != std::string::npos);
  CHECK(
      inspect({"--issuer", "https://o.test"}).err.find(R"(iss is "https://idp.test", demanded is "https://o.test")") !=
      std::string::npos);
  const auto slash = inspect({"--issuer", "https://idp.test/", "--json"});
  CHECK(slash.err.find("differ in the slash at the end") != std::string::npos);
  CHECK(slash.out.find("differ in the slash at the end") != std::string::npos);
}
