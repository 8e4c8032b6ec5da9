// Whom a token stands for: no machine passes for a person, by any mark that a provider documents.
#include "policy/token_kind.hpp"

#include <doctest/doctest.h>

#include "policy/token_identity.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using encoding::json;

namespace {

struct row {
  std::string_view preset, claims, kind;
};

/// The kind, or the reason of the refusal.
std::string_view kind_of(std::string_view members, std::string_view claims) {
  const auto policy = testing::must_load(testing::document_with_issuer(R"("audiences":["a"],)" + std::string(members)));
  const auto parsed = encoding::parse_json(claims);
  REQUIRE(parsed.ok());
  const auto who = identity_from_claims(policy->issuers[0], *parsed);
  return who.ok() ? name_of(who->kind) : name_of(who.why());
}

std::string members_of(std::string_view preset) {
  if (preset == "okta") return R"("preset":"okta","domain":"acme.okta.com")";
  if (preset == "entra") return R"("preset":"entra","tenant":"11111111-2222-3333-4444-555555555555")";
  if (preset == "cognito") return R"("preset":"cognito","user_pool":"us-east-1_Ab12Cd34E")";
  if (preset == "access") return R"("preset":"cloudflare-access","team":"acme")";
  if (preset == "google") return R"("preset":"google")";
  if (preset == "github") return R"("preset":"github-actions")";
  return R"("issuer":"https://i.example")";
}

}  // namespace

TEST_CASE("machines are services, people are users") {
  const row rows[] = {
      // Entra: idtyp is optional.
      {"entra", R"({"sub":"b","oid":"b","azp":"c","azpacr":"1","roles":["Jobs.Run"]})", "service"},
      {"entra", R"({"sub":"b","oid":"b","roles":["Jobs.Run"]})", "service"},
      {"entra", R"({"sub":"b","oid":"c","appid":"d","appidacr":"2","roles":["Jobs.Run"],"ver":"1.0"})", "service"},
      {"entra", R"({"sub":"b","azpacr":"2"})", "service"},
      {"entra", R"({"sub":"b","oid":"c","azp":"d","scp":""})", "service"},
      {"entra", R"({"sub":"b","oid":"c","azp":"d","idtyp":"app","scp":"x"})", "service"},
      {"entra", R"({"sub":"b","oid":"c","idtyp":"device"})", "service"},
      {"entra", R"({"sub":"b","oid":"c","azp":"d","azpacr":"1","scp":"User.Read"})", "user"},
      {"entra", R"({"sub":"b","oid":"c","azp":"d","idtyp":"user","scp":"User.Read"})", "user"},
      {"entra", R"({"sub":"b","oid":"c","appid":"d","appidacr":"0","scp":"User.Read","roles":["Admin"]})", "user"},
      // An ID token has no client and no scopes.
      {"entra", R"({"sub":"b","oid":"c","roles":["Admin"],"nonce":"n"})", "user"},
      {"okta", R"({"sub":"0oa1","cid":"0oa1","scp":["x"]})", "service"},
      {"okta", R"({"sub":"mapped","cid":"0oa1","scp":["x"]})", "service"},
      {"okta", R"({"sub":"0oa1","cid":"0oa1","uid":"00u1"})", "service"},
      {"okta", R"({"sub":"alice@acme.example","cid":"0oa1","uid":"00u1"})", "user"},
      {"okta", R"({"sub":"00u1","nonce":"n","email":"alice@acme.example"})", "user"},
      {"google", R"({"sub":"113","email":"ci@acme.iam.gserviceaccount.com","azp":"113"})", "service"},
      {"google", R"({"sub":"113","email":"CI@ACME.IAM.GServiceAccount.com"})", "service"},
      {"google", R"({"sub":"113","azp":"113"})", "service"},
      {"google", R"({"sub":"113","azp":"9","google":{"compute_engine":{"instance_id":"1"}}})", "service"},
      {"google", R"({"sub":"113","email":"a@gserviceaccount.com.example","azp":"1.apps.googleusercontent.com"})",
       "user"},
      {"cognito", R"({"aud":"a","sub":"x1","client_id":"x1","token_use":"access"})", "service"},
      {"cognito", R"({"aud":"a","sub":"u","client_id":"x1","token_use":"access"})", "service"},
      {"cognito", R"({"aud":"a","sub":"u","client_id":"x1","token_use":"access","username":"alice"})", "user"},
      {"cognito", R"({"aud":"a","sub":"u","token_use":"id","cognito:username":"alice"})", "user"},
      {"access", R"({"type":"app","sub":"","common_name":"e.access"})", "service"},
      {"access", R"({"type":"app","sub":"u","email":"alice@acme.example"})", "user"},
      {"access", R"({"type":"org","sub":"u"})", "jwt_kind_refused"},
      {"access", R"({"type":"meta","sub":"u"})", "jwt_kind_refused"},
      {"access", R"({"sub":"u"})", "user"},
      {"github", R"({"sub":"repo:acme/app"})", "workload"},
      // Any provider: RFC 9068, Auth0, Keycloak, Entra without its preset.
      {"", R"({"sub":"batch","client_id":"batch"})", "service"},
      {"", R"({"sub":"batch","azp":"batch"})", "service"},
      {"", R"({"sub":"batch","cid":"batch"})", "service"},
      {"", R"({"sub":"abc@clients","azp":"abc","gty":"client-credentials"})", "service"},
      {"", R"({"sub":"abc@clients"})", "service"},
      {"", R"({"sub":"custom","gty":"client-credentials"})", "service"},
      {"", R"({"sub":"custom","gty":["client-credentials"]})", "service"},
      {"", R"({"sub":"auth0|x@clients","azp":"abc","gty":"password"})", "user"},
      {"", R"({"sub":"f1","preferred_username":"service-account-batch","azp":"batch","clientId":"batch"})", "service"},
      {"", R"({"sub":"f1","preferred_username":"service-account-batch","client_id":"Batch"})", "service"},
      {"", R"({"sub":"f1","preferred_username":"service-account-batch"})", "service"},
      {"", R"({"sub":"f1","preferred_username":"service-account-bob","azp":"portal"})", "user"},
      {"", R"({"sub":"x","idtyp":"app"})", "service"},
      {"", R"({"sub":"alice","client_id":"portal","azp":"portal","scope":"openid"})", "user"},
      {"", R"({"sub":"alice","azp":"","client_id":""})", "user"},
      {"", R"({"sub":"alice"})", "user"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.preset);
    CAPTURE(row.claims);
    CHECK(kind_of(members_of(row.preset), row.claims) == row.kind);
  }
}

TEST_CASE("where the document says what tokens stand for, a mark makes nobody a user") {
  CHECK(kind_of(R"("issuer":"https://i.example","kind":"workload")", R"({"sub":"b","client_id":"b"})") == "workload");
  CHECK(kind_of(R"("issuer":"https://i.example","kind":"service")", R"({"sub":"alice"})") == "service");
  CHECK(kind_of(R"("issuer":"https://i.example","kind":"user")", R"({"sub":"b","client_id":"b"})") == "service");
}

TEST_CASE("a security event is no identity, whatever its typ") {
  constexpr std::string_view plain = R"("issuer":"https://i.example")";
  for (const std::string_view event :
       {R"({"http://schemas.openid.net/event/backchannel-logout":{}})",
        R"({"https://schemas.openid.net/secevent/caep/event-type/session-revoked":{"a":1}})",
        R"({"urn:ietf:params:scim:event:create":{}})"}) {
    CAPTURE(event);
    CHECK(kind_of(plain, R"({"sub":"alice","events":)" + std::string(event) + "}") == "jwt_kind_refused");
  }
  for (const std::string_view own : {R"(["a:b"])", R"({"login":1})", "null", "7"}) {
    CAPTURE(own);
    CHECK(kind_of(plain, R"({"sub":"alice","events":)" + std::string(own) + "}") == "user");
  }
}

TEST_CASE("a token that is bound to a key is taken only where the issuer says so") {
  constexpr std::string_view plain = R"("issuer":"https://i.example")";
  constexpr std::string_view allow = R"("issuer":"https://i.example","bound":"allow")";
  constexpr std::string_view refuse = R"("issuer":"https://i.example","bound":"refuse")";
  for (const std::string_view confirmation : {R"({"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})",
                                              R"({"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"})",
                                              R"({"jwk":{}})", R"({"kid":"k"})", "{}", "\"x\""}) {
    CAPTURE(confirmation);
    const auto claims = R"({"sub":"alice","cnf":)" + std::string(confirmation) + "}";
    CHECK(kind_of(plain, claims) == "jwt_bound");
    CHECK(kind_of(refuse, claims) == "jwt_bound");
    CHECK(kind_of(allow, claims) == "user");
  }
  CHECK(kind_of(plain, R"({"sub":"alice","cnf":null})") == "user");
}
