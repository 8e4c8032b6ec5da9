#include "jose/claims.hpp"

#include <doctest/doctest.h>

#include <array>

#include "encoding/json.hpp"

using namespace sallyport;
using encoding::json;
using jose::claims_options;

namespace {

constexpr unix_seconds now = 1'700'000'000;

claims_options at_now(seconds skew = 0) {
  claims_options options;
  options.now = now;
  options.skew = skew;
  options.require_expiry = false;
  return options;
}

reason why(const json& claims, const claims_options& options = at_now()) {
  return jose::check_claims(claims, "", options).why();
}
std::string detail(const json& claims, const claims_options& options = at_now()) {
  return jose::check_claims(claims, "", options).error().detail;
}
/// The claims as they come from the wire, so that numbers are what the JSON gate makes of them.
reason why_text(std::string_view claims) {
  return why(*encoding::parse_json(claims));
}

}  // namespace

TEST_CASE("rejects a token whose exp equals now") {
  CHECK(why({{"exp", now}}) == reason::jwt_expired);
  CHECK(why({{"exp", now + 1}}) == reason::ok);
  CHECK(why({{"exp", now - 1}}) == reason::jwt_expired);
}

TEST_CASE("skew moves the end of a token by as much, and no more") {
  CHECK(why({{"exp", now - 4}}, at_now(5)) == reason::ok);
  CHECK(why({{"exp", now - 5}}, at_now(5)) == reason::jwt_expired);
}

TEST_CASE("rejects a token before its nbf") {
  CHECK(why({{"nbf", now}}) == reason::ok);
  CHECK(why({{"nbf", now + 1}}) == reason::jwt_not_yet_valid);
  CHECK(why({{"nbf", now + 5}}, at_now(5)) == reason::ok);
  CHECK(why({{"nbf", now + 6}}, at_now(5)) == reason::jwt_not_yet_valid);
}

TEST_CASE("rejects a token issued in the future") {
  CHECK(why({{"iat", now}}) == reason::ok);
  CHECK(why({{"iat", now + 1}}) == reason::jwt_issued_in_future);
  CHECK(why({{"iat", now + 5}}, at_now(5)) == reason::ok);
  CHECK(why({{"iat", now + 6}}, at_now(5)) == reason::jwt_issued_in_future);
}

TEST_CASE("the detail says by how much the clocks differ") {
  CHECK(detail({{"exp", now - 20}}, at_now(5)) == "expired for 20 s, skew allowed 5 s");
  CHECK(detail({{"nbf", now + 20}}, at_now(5)) == "valid only in 20 s, skew allowed 5 s");
  CHECK(detail({{"iat", now + 20}}, at_now(5)) == "issued in the future by 20 s, skew allowed 5 s");
}

TEST_CASE("times may have decimals") {
  CHECK(why({{"exp", static_cast<double>(now) + 0.5}}) == reason::ok);
  CHECK(why({{"exp", static_cast<double>(now) - 0.5}}) == reason::jwt_expired);
  CHECK(why({{"exp", static_cast<double>(now) - 4.5}}, at_now(5)) == reason::ok);
  CHECK(why({{"nbf", static_cast<double>(now) + 0.5}}) == reason::jwt_not_yet_valid);
  CHECK(why({{"nbf", static_cast<double>(now) - 0.5}}) == reason::ok);
  CHECK(why({{"iat", static_cast<double>(now) + 0.5}}) == reason::jwt_issued_in_future);
  CHECK(why_text(R"({"exp":1700000000.0})") == reason::jwt_expired);
  CHECK(why_text(R"({"exp":1.7000000005e9})") == reason::ok);
}

TEST_CASE("a time is a number and nothing else") {
  for (const char* name : {"exp", "nbf", "iat"}) {
    CAPTURE(name);
    for (const char* value : {"\"1700000001\"", "null", "true", "[]", "[1700000001]", "{}", "\"\""}) {
      CAPTURE(value);
      CHECK(why_text(std::string("{\"") + name + "\":" + value + "}") == reason::jwt_claims_invalid);
    }
  }
}

TEST_CASE("a time stays within 2^53 seconds of 1970") {
  CHECK(why_text(R"({"exp":9007199254740992})") == reason::ok);
  CHECK(why_text(R"({"exp":9007199254740993})") == reason::jwt_claims_invalid);
  CHECK(why_text(R"({"exp":9007199254740994})") == reason::jwt_claims_invalid);
  CHECK(why_text(R"({"exp":-9007199254740993})") == reason::jwt_claims_invalid);
  CHECK(why_text(R"({"exp":1.79e26})") == reason::jwt_claims_invalid);
  CHECK(why_text(R"({"exp":18446744073709551615})") == reason::jwt_claims_invalid);
  CHECK(why_text(R"({"exp":1e300})") == reason::jwt_claims_invalid);
  CHECK(why_text(R"({"nbf":-1e300})") == reason::jwt_claims_invalid);
  CHECK(why_text(R"({"exp":-9007199254740992})") == reason::jwt_expired);
  CHECK(why_text(R"({"nbf":-1,"iat":-1})") == reason::ok);
  CHECK(why_text(R"({"exp":0})") == reason::jwt_expired);
  CHECK(why_text(R"({"exp":-0.0})") == reason::jwt_expired);
}

TEST_CASE("extreme clocks do not overflow") {
  claims_options options = at_now();
  options.now = INT64_MAX;
  CHECK(why({{"exp", now}}, options) == reason::jwt_expired);
  options.now = INT64_MIN;
  CHECK(why({{"nbf", now}}, options) == reason::jwt_not_yet_valid);
  CHECK(detail({{"nbf", now}}, options) == "valid only in 9007199254740992 s, skew allowed 0 s");
}

TEST_CASE("exp may be demanded") {
  claims_options options = at_now();
  options.require_expiry = true;
  CHECK(why(json::object(), options) == reason::jwt_expiry_missing);
  CHECK(why({{"exp", now + 1}}, options) == reason::ok);
  CHECK(why(json::object()) == reason::ok);
  CHECK(claims_options{}.require_expiry);
}

TEST_CASE("the lifetime may be limited") {
  claims_options options = at_now();
  options.max_lifetime = 3600;
  CHECK(why({{"iat", now - 10}, {"exp", now + 3590}}, options) == reason::ok);
  CHECK(why({{"iat", now - 10}, {"exp", now + 3591}}, options) == reason::jwt_lifetime_too_long);
  CHECK(why({{"exp", now + 3600}}, options) == reason::ok);
  CHECK(why({{"exp", now + 3601}}, options) == reason::jwt_lifetime_too_long);
  CHECK(why({{"iat", now}}, options) == reason::jwt_expiry_missing);
  CHECK(detail({{"exp", now + 7200}}, options) == "lives 7200 s, allowed 3600 s");
}

TEST_CASE("iss is the exact issuer") {
  claims_options options = at_now();
  options.issuer = "https://idp.example";
  CHECK(why({{"iss", "https://idp.example"}}, options) == reason::ok);
  CHECK(why({{"iss", "https://idp.example/"}}, options) == reason::jwt_issuer_mismatch);
  CHECK(why({{"iss", "https://IDP.example"}}, options) == reason::jwt_issuer_mismatch);
  CHECK(why(json::object(), options) == reason::jwt_issuer_mismatch);
  CHECK(why({{"iss", json::array({"https://idp.example"})}}, options) == reason::jwt_claims_invalid);
  CHECK(why({{"iss", "anybody"}}) == reason::ok);
}

TEST_CASE("aud is a string or a list that names one of ours") {
  const std::array<std::string, 2> ours = {"api://a", "api://b"};
  claims_options options = at_now();
  options.audiences = ours;
  CHECK(why({{"aud", "api://b"}}, options) == reason::ok);
  CHECK(why({{"aud", {"x", "api://a"}}}, options) == reason::ok);
  CHECK(why({{"aud", "api://c"}}, options) == reason::jwt_audience_mismatch);
  CHECK(why({{"aud", "API://a"}}, options) == reason::jwt_audience_mismatch);
  CHECK(why({{"aud", "api://a api://b"}}, options) == reason::jwt_audience_mismatch);
  CHECK(why({{"aud", json::array()}}, options) == reason::jwt_audience_mismatch);
  CHECK(why(json::object(), options) == reason::jwt_audience_mismatch);
  CHECK(why({{"aud", "api://c"}}) == reason::ok);
}

TEST_CASE("an empty list of our audiences refuses every token") {
  claims_options options = at_now();
  options.audiences = std::span<const std::string>();
  CHECK(why({{"aud", ""}}, options) == reason::jwt_audience_mismatch);
  CHECK(why(json::object(), options) == reason::jwt_audience_mismatch);
}

TEST_CASE("aud of another type is refused even where it is not looked at") {
  for (const char* aud : {"1", "null", "{}", "[1]", "[\"a\",null]", "[[\"a\"]]", "true"}) {
    CAPTURE(aud);
    CHECK(why_text(std::string(R"({"aud":)") + aud + "}") == reason::jwt_claims_invalid);
  }
}

TEST_CASE("sub and jti are strings") {
  CHECK(why({{"sub", "alice"}, {"jti", "1"}}) == reason::ok);
  CHECK(why({{"sub", 1}}) == reason::jwt_claims_invalid);
  CHECK(why({{"sub", nullptr}}) == reason::jwt_claims_invalid);
  CHECK(why({{"jti", 1}}) == reason::jwt_claims_invalid);
}

TEST_CASE("claims are an object") {
  CHECK(why(json::array()) == reason::jwt_claims_invalid);
  CHECK(why("text") == reason::jwt_claims_invalid);
  CHECK(why(nullptr) == reason::jwt_claims_invalid);
}

TEST_CASE("typ is compared without case and without application/ (RFC 7515 section 4.1.9)") {
  const auto why_typ = [](std::string_view typ, std::string_view expected) {
    claims_options options = at_now();
    const std::array<std::string, 1> types{std::string(expected)};
    options.types = types;
    return jose::check_claims(json::object(), typ, options).why();
  };
  CHECK(why_typ("at+jwt", "at+jwt") == reason::ok);
  CHECK(why_typ("AT+JWT", "at+jwt") == reason::ok);
  CHECK(why_typ("application/at+jwt", "at+jwt") == reason::ok);
  CHECK(why_typ("at+jwt", "Application/AT+jwt") == reason::ok);
  CHECK(why_typ("JWT", "at+jwt") == reason::jwt_type_mismatch);
  CHECK(why_typ("", "at+jwt") == reason::jwt_type_mismatch);
  CHECK(why_typ("at+jwt ", "at+jwt") == reason::jwt_type_mismatch);
  CHECK(why_typ("text/at+jwt", "at+jwt") == reason::jwt_type_mismatch);
  CHECK(why_typ("application/at+jwt/x", "at+jwt/x") == reason::jwt_type_mismatch);
  CHECK(why_typ("application/", "") == reason::jwt_type_mismatch);
  CHECK(jose::check_claims(json::object(), "anything", at_now()).ok());
  const std::array<std::string, 3> several = {"", "JWT", "at+jwt"};
  claims_options options = at_now();
  options.types = several;
  for (const std::string_view good : {"", "jwt", "at+jwt", "application/JWT"}) {
    CHECK(jose::check_claims(json::object(), good, options).ok());
  }
  CHECK(jose::check_claims(json::object(), "logout+jwt", options).why() == reason::jwt_type_mismatch);
  options.types = std::span<const std::string>();
  CHECK(jose::check_claims(json::object(), "JWT", options).why() == reason::jwt_type_mismatch);
}

TEST_CASE("the order of the checks is typ, types, iss, aud, exp, nbf, iat, lifetime") {
  const std::array<std::string, 1> ours = {"us"};
  claims_options options = at_now();
  const std::array<std::string, 1> types = {"JWT"};
  options.types = types;
  options.issuer = "i";
  options.audiences = ours;
  options.max_lifetime = 1;
  json claims{{"sub", 1}, {"iss", "x"}, {"aud", "x"}, {"exp", now}, {"nbf", now + 9}, {"iat", now + 8}};
  const auto next = [&](std::string_view typ = "JWT") { return jose::check_claims(claims, typ, options).why(); };
  CHECK(next("x") == reason::jwt_type_mismatch);
  CHECK(next() == reason::jwt_claims_invalid);
  claims["sub"] = "s";
  CHECK(next() == reason::jwt_issuer_mismatch);
  claims["iss"] = "i";
  CHECK(next() == reason::jwt_audience_mismatch);
  claims["aud"] = "us";
  CHECK(next() == reason::jwt_expired);
  claims["exp"] = now + 100;
  CHECK(next() == reason::jwt_not_yet_valid);
  claims["nbf"] = now;
  CHECK(next() == reason::jwt_issued_in_future);
  claims["iat"] = now;
  CHECK(next() == reason::jwt_lifetime_too_long);
  claims["exp"] = now + 1;
  CHECK(next() == reason::ok);
}
