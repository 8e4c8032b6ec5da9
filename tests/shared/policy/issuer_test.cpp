// Presets expanded, and what an issuer is without one.
#include "policy/issuer.hpp"

#include <doctest/doctest.h>

#include "jose/jwk_set.hpp"
#include "policy/load/lint.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using crypto::algorithm;
using place = credential_source::place;

namespace {

// RFC 8037 appendix A.2, and another point of the curve.
constexpr std::string_view first_x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr std::string_view other_x = "fCJLxuCDDvgRRDnXJqFNg54NIFOyDETpRxbz_Opwq3s";

issuer only_issuer(std::string_view members) {
  return testing::must_load(testing::document_with_issuer(members))->issuers.at(0);
}

}  // namespace

TEST_CASE("an issuer without a preset has the safe defaults") {
  const auto idp = only_issuer(R"("issuer":"https://i.example","audiences":["a"])");
  CHECK(idp.name == "idp");
  CHECK(idp.url == "https://i.example");
  CHECK(idp.algorithms ==
        crypto::algorithm_set{algorithm::rs256, algorithm::es256, algorithm::eddsa, algorithm::ps256});
  CHECK(idp.jwks_uri.empty());
  REQUIRE(idp.from.size() == 1);
  CHECK(idp.from[0].where == place::authorization);
  CHECK(idp.kind == identity_kind::user);
  CHECK(idp.clock_skew == 5);
  CHECK(idp.max_lifetime == 0);
  CHECK_FALSE(idp.audience_may_be_client_id);
}

TEST_CASE("an issuer whose keys are in the document has them, and no place to fetch any from") {
  const std::string keys =
      R"("jwks":{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},)"
      R"({"kty":"EC","crv":"P-224","kid":"odd"}]})";
  for (const std::string_view who : {R"("issuer":"any text")", R"("preset":"okta","domain":"acme.okta.com")"}) {
    const auto idp = only_issuer(std::string(who) + R"(,"audiences":["a"],)" + keys);
    CHECK(idp.jwks_uri.empty());
    REQUIRE(idp.keys != nullptr);
    REQUIRE(idp.keys->keys().size() == 1);
    CHECK(idp.keys->keys()[0].kid == "1");
    CHECK(idp.keys->passed_over().find("kid \"odd\"") != std::string::npos);
  }
}

TEST_CASE("keys in the document are part of its digest, and a key that is passed over is a warning") {
  const auto with_key = [](std::string_view kid) {
    return testing::document_with_issuer(R"("issuer":"i","audiences":["a"],"jwks":{"keys":[{"kty":"EC","crv":"P-224"},)"
                                         R"({"kty":"OKP","crv":"Ed25519","kid":")" +
                                         std::string(kid) +
                                         R"(","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})");
  };
  const auto policy = testing::must_load(with_key("1"));
  CHECK(policy->digest != testing::must_load(with_key("2"))->digest);
  const auto findings = lint(with_key("1"), *policy);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == "unused-key");
  CHECK(findings[0].path == "$.issuers.idp.jwks");
  CHECK(findings[0].message == "passed over: key 1 of the set: jwk_unsupported, crv is not in the algorithm table");
}

TEST_CASE("two keys of one kid and one algorithm are a warning, and one key that is listed twice is none") {
  const auto with_keys = [](std::string_view second_kid, std::string_view second_x) {
    const auto key = [](std::string_view kid, std::string_view x) {
      return R"({"kty":"OKP","crv":"Ed25519","kid":")" + std::string(kid) + R"(","x":")" + std::string(x) + R"("})";
    };
    return testing::document_with_issuer(R"("issuer":"i","audiences":["a"],"jwks":{"keys":[)" + key("1", first_x) +
                                         "," + key(second_kid, second_x) + "]}");
  };
  const auto findings_of = [](const std::string& document) { return lint(document, *testing::must_load(document)); };
  CHECK(findings_of(with_keys("2", other_x)).empty());
  CHECK(findings_of(with_keys("1", first_x)).empty());
  const auto findings = findings_of(with_keys("1", other_x));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == "unused-key");
  CHECK(findings[0].path == "$.issuers.idp.jwks");
  CHECK(findings[0].message == "several keys for kid \"1\", EdDSA: a token under it is refused, whichever signed it");
}

TEST_CASE("each preset knows its issuer and where the keys are") {
  const auto policy = testing::must_load(testing::fixture("presets.jsonc"));
  struct row {
    const char *name, *url, *jwks_uri;
    identity_kind kind;
  };
  const row rows[] = {
      {"access", "https://acme.cloudflareaccess.com", "https://acme.cloudflareaccess.com/cdn-cgi/access/certs",
       identity_kind::user},
      {"github", "https://token.actions.githubusercontent.com",
       "https://token.actions.githubusercontent.com/.well-known/jwks", identity_kind::workload},
      {"okta", "https://acme.okta.com/oauth2/default", "https://acme.okta.com/oauth2/default/v1/keys",
       identity_kind::user},
      {"google", "https://accounts.google.com", "https://www.googleapis.com/oauth2/v3/certs", identity_kind::user},
      {"entra", "https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0",
       "https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/discovery/v2.0/keys",
       identity_kind::user},
      {"cognito", "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12Cd34E",
       "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12Cd34E/.well-known/jwks.json",
       identity_kind::user},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto* found = find_issuer(*policy, row.name);
    REQUIRE(found != nullptr);
    CHECK(found->url == row.url);
    CHECK(found->jwks_uri == row.jwks_uri);
    CHECK(found->kind == row.kind);
    CHECK(found->algorithms == crypto::algorithm_set{algorithm::rs256});
    CHECK(find_issuer_by_url(*policy, row.url) == found);
  }
  CHECK(find_issuer_by_url(*policy, "https://acme.cloudflareaccess.com/") == nullptr);
}

TEST_CASE("the tokens of an AWS account are short, and signed as STS signs them") {
  const auto policy = testing::must_load(testing::fixture("presets.jsonc"));
  const auto* found = find_issuer(*policy, "workloads");
  REQUIRE(found != nullptr);
  CHECK(found->algorithms == crypto::algorithm_set{algorithm::es384, algorithm::rs256});
  CHECK(found->max_lifetime == 3600);
  CHECK(found->jwks_uri.empty());
  CHECK(find_issuer_by_url(*policy, "https://11111111-5d0f-4c1b-9e57-1f2d3c4b5a69.tokens.sts.global.api.aws") ==
        nullptr);
}

TEST_CASE("what the document requires adds to what the preset does") {
  const auto policy = testing::must_load(testing::document_with_issuer(
      R"("preset":"aws","issuer":"https://i.example","account":"123456789012","audiences":["a"],"required":{"a":"b"})"));
  CHECK(policy->issuers[0].required.size() == 2);
}

TEST_CASE("presets know every iss that their provider documents") {
  const auto policy = testing::must_load(testing::fixture("presets.jsonc"));
  const auto name_of_iss = [&](std::string_view iss) {
    const auto* found = find_issuer_by_url(*policy, iss);
    return found == nullptr ? std::string_view("none") : std::string_view(found->name);
  };
  CHECK(name_of_iss("https://accounts.google.com") == "google");
  CHECK(name_of_iss("accounts.google.com") == "google");
  CHECK(name_of_iss("https://accounts.google.com/") == "none");
  CHECK(name_of_iss("https://sts.windows.net/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/") == "entra");
  CHECK(name_of_iss("https://sts.windows.net/8eaef023-2b34-4da1-9baa-8bc8c9d6a490") == "none");
  CHECK(name_of_iss("https://sts.windows.net/another/") == "none");
  const auto github = only_issuer(R"("preset":"github-actions","enterprise":"octocat-inc","audiences":["a"])");
  CHECK(github.url == "https://token.actions.githubusercontent.com/octocat-inc");
  CHECK(github.jwks_uri == "https://token.actions.githubusercontent.com/.well-known/jwks");
  CHECK(only_issuer(R"("preset":"google","issuer":"https://i.example","audiences":["a"])").other_urls.empty());
}

TEST_CASE("two issuers share none of their values of iss") {
  const auto problems = [](std::string_view one, std::string_view other) {
    return testing::load(R"({"edge":{"issuer":"https://e.example"},"issuers":{"a":{"audiences":["x"],)" +
                         std::string(one) + R"(},"b":{"audiences":["x"],)" + std::string(other) + R"(}},"routes":[]})")
        .problems;
  };
  constexpr std::string_view google = R"("preset":"google")";
  constexpr std::string_view bare = R"("issuer":"accounts.google.com","jwks_uri":"https://k.example/keys")";
  constexpr std::string_view entra = R"("preset":"entra","tenant":"1111")";
  constexpr std::string_view entra_v1 = R"("preset":"entra","issuer":"https://sts.windows.net/1111/")";
  for (const auto& [one, other] : {std::pair(google, bare), std::pair(bare, google), std::pair(entra, entra)}) {
    const auto found = problems(one, other);
    REQUIRE(found.size() == 1);
    CHECK(found[0].why == reason::policy_duplicate);
  }
  // Tokens of v1.0 may have an entry of their own.
  CHECK(problems(entra, entra_v1).empty());
  CHECK(problems(entra_v1, entra).empty());
}

TEST_CASE("an issuer is any text where the document says where its keys are") {
  for (const std::string_view iss : {"gitlab.example.com", "urn:example:idp", "wso2.org/products/am",
                                     "kubernetes/serviceaccount", "https://I.example/?q#f", "http://10.0.0.1", "a b"}) {
    CAPTURE(iss);
    const auto members = R"("audiences":["a"],"issuer":")" + std::string(iss) + "\"";
    const auto idp = only_issuer(members + R"(,"jwks_uri":"https://i.example/keys")");
    CHECK(idp.url == iss);
    CHECK(idp.jwks_uri == "https://i.example/keys");
    const auto loaded = testing::load(testing::document_with_issuer(members));
    REQUIRE(loaded.problems.size() == 1);
    CHECK(loaded.problems[0].why == reason::policy_member_type);
    CHECK(loaded.problems[0].path == "$.issuers.idp.issuer");
  }
  CHECK(
      testing::load(testing::document_with_issuer(R"("audiences":["a"],"issuer":"","jwks_uri":"https://i.example/k")"))
          .problems.size() == 1);
  const auto advice =
      testing::load(testing::document_with_issuer(R"("audiences":["a"],"issuer":"urn:x")")).problems.front().advice;
  CHECK(advice.find("jwks_uri") != std::string::npos);
}

TEST_CASE("typ is one value or a list; without it none, JWT, at+jwt and JOSE are credentials") {
  using texts = std::vector<std::string>;
  const auto types = [](std::string_view members) {
    return only_issuer(R"("issuer":"https://i.example","audiences":["a"])" + std::string(members)).types;
  };
  CHECK(types("") == texts{"", "JWT", "at+jwt", "JOSE"});
  CHECK(types(R"(,"typ":"at+jwt")") == texts{"at+jwt"});
  CHECK(types(R"(,"typ":["","at+jwt"])") == texts{"", "at+jwt"});
  for (const std::string_view bad :
       {R"(,"typ":[])", R"(,"typ":7)", R"(,"typ":[7])", R"(,"bound":"yes")", R"(,"bound":true)"}) {
    CAPTURE(bad);
    const auto loaded = testing::load(
        testing::document_with_issuer(R"("issuer":"https://i.example","audiences":["a"])" + std::string(bad)));
    REQUIRE(loaded.problems.size() == 1);
    CHECK(loaded.problems[0].why == reason::policy_member_type);
  }
}

TEST_CASE("Access tokens are looked for in the header first, then in the cookie") {
  const auto idp = only_issuer(R"("preset":"cloudflare-access","team":"acme","audiences":["a"])");
  REQUIRE(idp.from.size() == 2);
  CHECK(idp.from[0].where == place::header);
  CHECK(idp.from[0].name == "cf-access-jwt-assertion");
  CHECK(idp.from[1].where == place::cookie);
  CHECK(idp.from[1].name == "CF_Authorization");
}

TEST_CASE("what the document says wins over the preset") {
  const auto idp = only_issuer(R"("preset":"okta","issuer":"https://login.acme.example/oauth2/x","audiences":["a"],)"
                               R"("algorithms":["ES256"],"from":"cookie:session","kind":"workload","clock_skew":"30s",)"
                               R"("claims":{"groups":"roles"})");
  CHECK(idp.url == "https://login.acme.example/oauth2/x");
  CHECK(idp.jwks_uri.empty());
  CHECK(idp.algorithms == crypto::algorithm_set{algorithm::es256});
  REQUIRE(idp.from.size() == 1);
  CHECK(idp.from[0].name == "session");
  CHECK(idp.kind == identity_kind::workload);
  CHECK(idp.clock_skew == 30);
  CHECK(idp.claims.groups == std::vector<std::string>{"roles"});
  CHECK(idp.claims.subject == std::vector<std::string>{"sub"});
}

TEST_CASE("the org authorization server of Okta is the domain itself") {
  const auto idp =
      only_issuer(R"("preset":"okta","domain":"acme.okta.com","authorization_server":"org","audiences":["a"])");
  CHECK(idp.url == "https://acme.okta.com");
  CHECK(idp.jwks_uri == "https://acme.okta.com/oauth2/v1/keys");
}

TEST_CASE("plain http is accepted for loopback addresses and for nothing that looks like one") {
  for (const std::string_view url :
       {"http://127.0.0.1:9000", "http://localhost:9000/x", "http://[::1]:9000", "http://127.1.2.3"}) {
    CHECK(only_issuer(R"("audiences":["a"],"issuer":")" + std::string(url) + "\"").url == url);
  }
  for (const std::string_view url :
       {"http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://10.0.0.1", "http://127.1",
        "ftp://127.0.0.1", "https://I.example", "https://i.example:0", "https://i.example:65536",
        "https://i.example/?q", "https://i.example/#f", "https://", "i.example", "https://a@i.example",
        "https://i.example/../x", "https://[::1"}) {
    CAPTURE(url);
    const auto loaded =
        testing::load(testing::document_with_issuer(R"("audiences":["a"],"issuer":")" + std::string(url) + "\""));
    REQUIRE(loaded.problems.size() == 1);
    CHECK(loaded.problems[0].why == reason::policy_member_type);
  }
}

TEST_CASE("64 places for tokens are enough for all issuers together") {
  const auto with = [](int count) {
    std::string places;
    for (int i = 0; i < count; ++i) places += std::string(i > 0 ? "," : "") + "\"cookie:c" + std::to_string(i) + "\"";
    return testing::load(
        testing::document_with_issuer(R"("issuer":"https://i.example","audiences":["a"],"from":[)" + places + "]"));
  };
  CHECK(with(64).policy != nullptr);
  REQUIRE(with(65).problems.size() == 1);
  CHECK(with(65).problems[0].path == "$.issuers");
}
