// Claims in the shape that these providers really send, and what becomes of them.
#include "policy/token_identity.hpp"

#include <doctest/doctest.h>

#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using encoding::json;

namespace {

json parsed(std::string_view text) {
  auto value = encoding::parse_json(text);
  REQUIRE(value.ok());
  return *value;
}

/// The identity that the preset of the fixtures makes of these claims.
result<identity> from(std::string_view issuer_name, std::string_view claims) {
  const auto policy = testing::must_load(testing::fixture("presets.jsonc"));
  const auto* issuer = find_issuer(*policy, issuer_name);
  REQUIRE(issuer != nullptr);
  return identity_from_claims(*issuer, parsed(claims));
}

result<identity> from_issuer(std::string_view members, std::string_view claims) {
  const auto policy = testing::must_load(
      testing::document_with_issuer(R"("issuer":"https://i.example","audiences":["a"])" + std::string(members)));
  return identity_from_claims(policy->issuers[0], parsed(claims));
}

reason why(std::string_view claims, std::string_view members = "") {
  return from_issuer(members, claims).why();
}

}  // namespace

TEST_CASE("a Cloudflare Access application token is a user") {
  const auto who = from("access", R"({"aud":["f70ff985a4ef4643bbbc4a0ed4fc8415"],"email":"alice@ACME.example",
    "exp":1730003600,"iat":1730000000,"nbf":1730000000,"iss":"https://acme.cloudflareaccess.com","type":"app",
    "identity_nonce":"6ei69kawdKzMIAPF","sub":"7335d417-61da-459d-899c-0a01c76a2f94","country":"US",
    "policy_id":"2c6ba4e4-7b2a-4c4c-9ba0-1f1f3b9c1e11","custom":{"groups":["finance","staff"]}})");
  REQUIRE(who.ok());
  CHECK(who->issuer == "access");
  CHECK(who->subject == "7335d417-61da-459d-899c-0a01c76a2f94");
  CHECK(who->kind == identity_kind::user);
  CHECK(who->email == "alice@acme.example");
  CHECK(who->groups == std::vector<std::string>{"finance", "staff"});
  CHECK(who->expires == 1730003600);
  CHECK(who->claims["country"] == "US");
}

TEST_CASE("a Cloudflare Access service token is a service called by its common_name") {
  const auto who = from("access", R"({"type":"app","aud":["f70ff985a4ef4643bbbc4a0ed4fc8415"],"exp":1730003600,
    "iss":"https://acme.cloudflareaccess.com","common_name":"e367826f93b8d71185e03fe518aff3b4.access","iat":1730000000,"sub":""})");
  REQUIRE(who.ok());
  CHECK(who->kind == identity_kind::service);
  CHECK(who->subject == "e367826f93b8d71185e03fe518aff3b4.access");
  CHECK_FALSE(who->email.has_value());
}

TEST_CASE("a Cloudflare Access login session (type org) is no identity") {
  const auto who =
      from("access", R"({"type":"org","aud":"f70ff985a4ef4643bbbc4a0ed4fc8415","email":"alice@acme.example",
    "exp":1730003600,"iat":1730000000,"iss":"https://acme.cloudflareaccess.com","sub":"7335d417","identity_nonce":"x"})");
  CHECK(who.why() == reason::jwt_kind_refused);
}

TEST_CASE("an Access token without sub and without common_name has no subject") {
  CHECK(from("access", R"({"type":"app","sub":"","exp":1})").why() == reason::jwt_subject_missing);
  CHECK(from("access", R"({"type":"app","sub":"","common_name":""})").why() == reason::jwt_subject_missing);
}

TEST_CASE("a GitHub Actions token is a workload with its claims") {
  const auto who =
      from("github", R"({"jti":"6e67b1cb-2b8d-4be5-91cb-757edb2ec970","sub":"repo:acme/reports:environment:prod",
    "aud":"sallyport","ref":"refs/heads/main","sha":"d6d3f8c","repository":"acme/reports","repository_owner":"acme",
    "repository_owner_id":"65","run_id":"30433642","run_number":"1","run_attempt":"1","runner_environment":"github-hosted",
    "repository_visibility":"private","repository_id":"74","actor_id":"12","actor":"alice","workflow":"export",
    "head_ref":"","base_ref":"","event_name":"workflow_dispatch","ref_protected":"true","ref_type":"branch",
    "environment":"prod","workflow_ref":"acme/reports/.github/workflows/export.yml@refs/heads/main",
    "job_workflow_ref":"acme/automation/.github/workflows/oidc.yml@refs/heads/main",
    "iss":"https://token.actions.githubusercontent.com","nbf":1632492967,"exp":1632493867,"iat":1632493567})");
  REQUIRE(who.ok());
  CHECK(who->kind == identity_kind::workload);
  CHECK(who->subject == "repo:acme/reports:environment:prod");
  CHECK(who->groups.empty());
  CHECK(who->claims["repository"] == "acme/reports");
  CHECK(who->claims["job_workflow_ref"] == "acme/automation/.github/workflows/oidc.yml@refs/heads/main");
}

TEST_CASE("an Okta access token is a user, or a service when the client itself is the subject") {
  const auto user = from("okta", R"({"ver":1,"jti":"AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
    "iss":"https://acme.okta.com/oauth2/default","aud":"api://default","iat":1467145094,"exp":1467148694,
    "cid":"nmdP1fcyvdVO11AL7ECm","uid":"00ujmkLgagxeRrAg20g3","scp":["openid","email"],"auth_time":1467145000,
    "sub":"alice@acme.example","groups":["Everyone","finance"]})");
  REQUIRE(user.ok());
  CHECK(user->kind == identity_kind::user);
  CHECK(user->subject == "alice@acme.example");
  CHECK(user->groups == std::vector<std::string>{"Everyone", "finance"});
  CHECK_FALSE(user->email.has_value());
  const auto client = from("okta", R"({"ver":1,"jti":"AT.x","iss":"https://acme.okta.com/oauth2/default",
    "aud":"api://default","iat":1467145094,"exp":1467148694,"cid":"0oa4x2b3c4D5e6F7g8h9","scp":["export"],
    "sub":"0oa4x2b3c4D5e6F7g8h9"})");
  REQUIRE(client.ok());
  CHECK(client->kind == identity_kind::service);
}

TEST_CASE("a Google ID token must come from the domain that the policy requires; service accounts are services") {
  constexpr auto alice = R"({"iss":"https://accounts.google.com","azp":"1234.apps.googleusercontent.com",
    "aud":"1234.apps.googleusercontent.com","sub":"10769150350006150715113082367","hd":"acme.example",
    "email":"alice@acme.example","email_verified":true,"at_hash":"HK6E_P6Dh8Y93mRNtsDB1Q","iat":1353601026,"exp":1353604926})";
  const auto who = from("google", alice);
  REQUIRE(who.ok());
  CHECK(who->email_verified == true);
  CHECK(who->kind == identity_kind::user);
  CHECK(from("google", R"({"sub":"1","email":"alice@gmail.example","email_verified":true})").why() ==
        reason::jwt_required_claim);
  const auto robot = from("google", R"({"sub":"1135","hd":"acme.example","email":"ci@acme.iam.gserviceaccount.com",
    "email_verified":true,"aud":"x","azp":"1135","exp":1})");
  REQUIRE(robot.ok());
  CHECK(robot->kind == identity_kind::service);
}

TEST_CASE(
    "an Entra token: e-mail is verified only by xms_edov, applications are services, left-out groups are refused") {
  const auto who = from(
      "entra",
      R"({"aud":"api://reports","iss":"https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0",
    "iat":1,"nbf":1,"exp":2,"email":"alice@acme.example","xms_edov":"1","groups":["1a2b"],"name":"Alice","oid":"690222be",
    "preferred_username":"alice@acme.example","sub":"HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ","tid":"8eaef023","ver":"2.0"})");
  REQUIRE(who.ok());
  CHECK(who->email_verified == true);
  CHECK(who->groups == std::vector<std::string>{"1a2b"});
  const auto app = from("entra", R"({"sub":"690222be","oid":"690222be","idtyp":"app","azp":"6e74","roles":["read"]})");
  REQUIRE(app.ok());
  CHECK(app->kind == identity_kind::service);
  CHECK(from("entra",
             R"({"sub":"x","_claim_names":{"groups":"src1"},"_claim_sources":{"src1":{"endpoint":"https://g"}}})")
            .why() == reason::jwt_claims_invalid);
  // What a token of the implicit flow says instead.
  CHECK(from("entra", R"({"sub":"x","hasgroups":true})").why() == reason::jwt_claims_invalid);
  CHECK(from("entra", R"({"sub":"x","hasgroups":false})").ok());
}

TEST_CASE("a Cognito access token has client_id for an audience and cognito:groups for groups") {
  constexpr auto token = R"({"sub":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","cognito:groups":["finance"],
    "iss":"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12Cd34E","client_id":"3n4b5urk1ft4fl3mg5e62d9ado",
    "origin_jti":"x","event_id":"y","token_use":"access","scope":"openid","auth_time":1,"exp":2,"iat":1,"jti":"z","username":"alice"})";
  const auto who = from("cognito", token);
  REQUIRE(who.ok());
  CHECK(who->kind == identity_kind::user);
  CHECK(who->groups == std::vector<std::string>{"finance"});
  auto other = parsed(token);
  other["client_id"] = "another";
  CHECK(from("cognito", other.dump()).why() == reason::jwt_audience_mismatch);
  other.erase("client_id");
  CHECK(from("cognito", other.dump()).why() == reason::jwt_audience_mismatch);
  const auto client =
      from("cognito",
           R"({"sub":"3n4b5urk1ft4fl3mg5e62d9ado","client_id":"3n4b5urk1ft4fl3mg5e62d9ado","token_use":"access"})");
  REQUIRE(client.ok());
  CHECK(client->kind == identity_kind::service);
}

TEST_CASE("a token of AWS STS is a workload by its role, of its own account alone") {
  // The shape of the IAM User Guide, "Understanding token claims".
  constexpr auto token =
      R"({"iss":"https://6b3c0a2e-5d0f-4c1b-9e57-1f2d3c4b5a69.tokens.sts.global.api.aws","aud":"https://edge.acme.example",
    "sub":"arn:aws:iam::123456789012:role/DataProcessingRole","iat":1700000000,"exp":1700000900,"jti":"xyz123",
    "https://sts.amazonaws.com/":{"aws_account":"123456789012","source_region":"us-east-1","org_id":"o-abc1234567",
      "ou_path":"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/","principal_tags":{"team":"data"},
      "lambda_source_function_arn":"arn:aws:lambda:us-east-1:123456789012:function:process-data",
      "request_tags":{"job-id":"job-2024-001"}}})";
  const auto who = from("workloads", token);
  REQUIRE(who.ok());
  CHECK(who->kind == identity_kind::workload);
  CHECK(who->subject == "arn:aws:iam::123456789012:role/DataProcessingRole");
  CHECK(who->groups.empty());
  auto other = parsed(token);
  other["https://sts.amazonaws.com/"]["aws_account"] = "210987654321";
  CHECK(from("workloads", other.dump()).why() == reason::jwt_required_claim);
  other.erase("https://sts.amazonaws.com/");
  CHECK(from("workloads", other.dump()).why() == reason::jwt_required_claim);
}

TEST_CASE("only Cognito's tokens are held to client_id in place of aud") {
  CHECK(why(R"({"sub":"x","client_id":"another"})") == reason::ok);
}

TEST_CASE("a subject is a string that is not empty") {
  CHECK(why(R"({"sub":"x"})") == reason::ok);
  CHECK(why(R"({"sub":""})") == reason::jwt_subject_missing);
  CHECK(why(R"({"sub":null})") == reason::jwt_subject_missing);
  CHECK(why(R"({})") == reason::jwt_subject_missing);
  CHECK(why(R"({"sub":7})") == reason::jwt_claims_invalid);
  CHECK(why(R"([])") == reason::jwt_claims_invalid);
}

TEST_CASE("an e-mail address holds exactly one @ with something on both sides") {
  const auto with = [](std::string_view email) { return why(R"({"sub":"x","email":)" + std::string(email) + "}"); };
  CHECK(with(R"("a@b")") == reason::ok);
  CHECK(with(R"("jürgen@bücher.example")") == reason::ok);
  for (const std::string_view bad :
       {R"("alice")", R"("a@b@c")", R"("@b")", R"("a@")", R"("a b@c")", R"("a@b\n")", R"("\"x@y\"@b")", R"("@")"}) {
    CAPTURE(bad);
    CHECK(with(bad) == reason::identity_email_invalid);
  }
  CHECK(with("7") == reason::jwt_claims_invalid);
}

TEST_CASE("an empty or null e-mail is an absent one") {
  for (const std::string_view claims : {R"({"sub":"x","email":""})", R"({"sub":"x","email":null})", R"({"sub":"x"})"}) {
    const auto who = from_issuer("", claims);
    REQUIRE(who.ok());
    CHECK_FALSE(who->email.has_value());
  }
}

TEST_CASE("the domain of an e-mail becomes lower-case, its local part stays") {
  CHECK(from_issuer("", R"({"sub":"x","email":"Alice.B@ACME.Example"})")->email == "Alice.B@acme.example");
}

TEST_CASE("email_verified is a boolean or its text") {
  const auto with = [](std::string_view value) {
    return from_issuer("", R"({"sub":"x","email_verified":)" + std::string(value) + "}");
  };
  for (const auto* yes : {"true", "\"true\"", "1", "\"1\""}) CHECK(with(yes)->email_verified == true);
  for (const auto* no : {"false", "\"false\"", "0", "\"0\""}) CHECK(with(no)->email_verified == false);
  for (const std::string_view bad : {"\"yes\"", "2", "[]"}) CHECK(with(bad).why() == reason::jwt_claims_invalid);
}

TEST_CASE("groups are a list of strings or one string") {
  const auto with = [](std::string_view value) {
    return from_issuer("", R"({"sub":"x","groups":)" + std::string(value) + "}");
  };
  CHECK(with(R"(["a","b"])")->groups == std::vector<std::string>{"a", "b"});
  CHECK(with(R"("a,b")")->groups == std::vector<std::string>{"a,b"});
  CHECK(with("[]")->groups.empty());
  CHECK(with("null")->groups.empty());
  for (const std::string_view bad : {"[1]", "{}", "7", R"(["a",null])"})
    CHECK(with(bad).why() == reason::jwt_claims_invalid);
}

TEST_CASE("a text of scopes is as many groups as it has words (RFC 8693 section 4.2)") {
  const auto with = [](std::string_view path, std::string_view claims) {
    return from_issuer(R"(,"claims":{"groups":")" + std::string(path) + "\"}", claims)->groups;
  };
  using texts = std::vector<std::string>;
  CHECK(with("scope", R"({"sub":"x","scope":"read write"})") == texts{"read", "write"});
  CHECK(with("scp", R"({"sub":"x","scp":" read  write "})") == texts{"read", "write"});
  CHECK(with("scope", R"({"sub":"x","scope":["read","a b"]})") == texts{"read", "a b"});
  CHECK(with("oauth.scope", R"({"sub":"x","oauth":{"scope":"read write"}})") == texts{"read", "write"});
  CHECK(with("scope", R"({"sub":"x","scope":""})").empty());
  CHECK(with("team", R"({"sub":"x","team":"site reliability"})") == texts{"site reliability"});
}

TEST_CASE("at each step of a claim path the longest name that is there comes first") {
  const auto with = [](std::string_view path, std::string_view claims) {
    const auto who = from_issuer(R"(,"claims":{"groups":")" + std::string(path) + "\"}", claims);
    REQUIRE(who.ok());
    return who->groups.empty() ? std::string() : who->groups.front();
  };
  CHECK(with("https://acme.example/attrs.roles", R"({"sub":"x","https://acme.example/attrs":{"roles":["r"]}})") == "r");
  CHECK(with("https://acme.example/attrs.roles.app", R"({"sub":"x","https://acme.example/attrs":{"roles.app":"r"}})") ==
        "r");
  CHECK(with("https://acme.example/a.b.c", R"({"sub":"x","https://acme.example/a":{"b":{"c":"r"}}})") == "r");
  CHECK(with("a.b.c", R"({"sub":"x","a.b":{"c":"long"},"a":{"b.c":"short"}})") == "long");
  CHECK(with("a.b.c", R"({"sub":"x","a.b":{"d":"no"},"a":{"b":{"c":"r"}}})") == "r");
  CHECK(with("a.b.c", R"({"sub":"x","a.b":"text","a":{"b.c":"r"}})") == "r");
  CHECK(with("resource_access.my.app.roles", R"({"sub":"x","resource_access":{"my.app":{"roles":"r"}}})") == "r");
  CHECK(with("a.b", R"({"sub":"x","a.b":null,"a":{"b":"r"}})").empty());
  CHECK(with(".a.", R"({"sub":"x","":{"a":{"":"r"}}})") == "r");
  CHECK(with("a..b", R"({"sub":"x","a":{"":{"b":"r"}}})") == "r");
  constexpr std::string_view required = R"(,"required":{"https://acme.example/attrs.level":3})";
  CHECK(why(R"({"sub":"x","https://acme.example/attrs":{"level":3}})", required) == reason::ok);
  CHECK(why(R"({"sub":"x","https://acme.example/attrs":{"level":4}})", required) == reason::jwt_required_claim);
  CHECK(why(R"({"sub":"x","https://acme":{"example/attrs":{"level":3}}})", required) == reason::ok);
}

TEST_CASE("a claim path is a whole name first, then names joined by dots") {
  const auto who = from_issuer(R"(,"claims":{"groups":"https://acme.example/roles","subject":"user.id"})",
                               R"({"user":{"id":"u1"},"https://acme.example/roles":["r"]})");
  REQUIRE(who.ok());
  CHECK(who->subject == "u1");
  CHECK(who->groups == std::vector<std::string>{"r"});
  CHECK(from_issuer(R"(,"claims":{"subject":"user.id"})", R"({"user.id":"whole","user":{"id":"u1"}})")->subject ==
        "whole");
  CHECK(why(R"({"user":"x"})", R"(,"claims":{"subject":"user.id"})") == reason::jwt_subject_missing);
}

TEST_CASE("a required number is that number and not its neighbour") {
  const auto tenant = [](std::string_view demanded, std::string_view sent) {
    return why(R"({"sub":"x","tenant":)" + std::string(sent) + "}",
               R"(,"required":{"tenant":)" + std::string(demanded) + "}");
  };
  CHECK(tenant("281674916028284930", "281674916028284930") == reason::ok);
  CHECK(tenant("281674916028284930", "281674916028284930.0") == reason::ok);
  CHECK(tenant("281674916028284930", "281674916028284928") == reason::jwt_required_claim);
  CHECK(tenant("281674916028284928", "281674916028284930") == reason::jwt_required_claim);
  CHECK(tenant("18446744073709551615", "18446744073709551615") == reason::ok);
  CHECK(tenant("18446744073709551615", "18446744073709551614") == reason::jwt_required_claim);
  CHECK(tenant("18446744073709551615", "18446744073709552000") == reason::jwt_required_claim);
  CHECK(tenant("9223372036854775807", "9223372036854775808") == reason::jwt_required_claim);
  CHECK(tenant("-1", "18446744073709551615") == reason::jwt_required_claim);
  CHECK(tenant("1", "true") == reason::jwt_required_claim);
  CHECK(tenant("1", "\"1\"") == reason::jwt_required_claim);
  CHECK(tenant("0.1", "0.1") == reason::ok);
}

TEST_CASE("required claims must equal the value, type included") {
  constexpr auto required = R"(,"required":{"tenant":"acme","org.level":3,"mfa":true})";
  CHECK(why(R"({"sub":"x","tenant":"acme","org":{"level":3},"mfa":true})", required) == reason::ok);
  CHECK(why(R"({"sub":"x","tenant":"other","org":{"level":3},"mfa":true})", required) == reason::jwt_required_claim);
  CHECK(why(R"({"sub":"x","tenant":"acme","org":{"level":"3"},"mfa":true})", required) == reason::jwt_required_claim);
  CHECK(why(R"({"sub":"x","tenant":"acme","org":{"level":3}})", required) == reason::jwt_required_claim);
  CHECK(why(R"({"sub":"x","tenant":["acme"],"org":{"level":3},"mfa":true})", required) == reason::jwt_required_claim);
}
