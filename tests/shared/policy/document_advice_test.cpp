// Mistakes in documents as people make them who come from other proxies, and the advice that is given: put in the place
// of what was wrong, it loads.
#include <doctest/doctest.h>

#include "policy/load/load.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;

namespace {

/// Loads `document` with `wrong` in the place of `$`, expects one problem whose message or advice says `says`, and
/// loads it again with `right`.
void check(std::string document, const std::string& wrong, const std::string& right, std::string_view says) {
  const auto with = [&](const std::string& part) {
    auto text = document;
    const auto at = text.find('$');
    REQUIRE(at != std::string::npos);
    return text.replace(at, 1, part);
  };
  CAPTURE(wrong);
  const auto refused = testing::load(with(wrong));
  for (const auto& problem : refused.problems) INFO(describe(problem));
  REQUIRE(refused.problems.size() == 1);
  CAPTURE(describe(refused.problems.front()));
  CHECK((refused.problems.front().message + "; " + refused.problems.front().advice).find(says) != std::string::npos);
  const auto loaded = testing::load(with(right));
  for (const auto& problem : loaded.problems) MESSAGE(describe(problem));
  CHECK(loaded.policy != nullptr);
}

/// As check; the advice holds `right` itself.
void check(std::string document, const std::string& wrong, const std::string& right) {
  check(std::move(document), wrong, right, right);
}

std::string issuer(std::string_view members) {
  return testing::document_with_issuer("\"audiences\":[\"a\"]," + std::string(members));
}

std::string route(std::string_view members) {
  return testing::document_with_route(members);
}

const std::string plain_issuer = R"("issuer":"https://i.example")";

}  // namespace

TEST_CASE("a whole address in the place of a preset's name is advised as the name") {
  const auto okta = issuer(R"("preset":"okta","domain":"$")");
  check(okta, "https://acme.okta.com", "acme.okta.com");
  check(okta, "https://ACME.okta.com/oauth2/default", "acme.okta.com");
  check(okta, "ACME.okta.com", "acme.okta.com");
  const auto server = issuer(R"("preset":"okta","domain":"acme.okta.com","authorization_server":"$")");
  check(server, "https://acme.okta.com/oauth2/aus1a2b3", "aus1a2b3");
  check(server, "/default", "default");
  const auto access = issuer(R"("preset":"cloudflare-access","team":"$")");
  check(access, "https://acme.cloudflareaccess.com", "acme");
  check(access, "acme.cloudflareaccess.com", "acme");
  check(access, "Acme", "acme");
  const auto entra = issuer(R"("preset":"entra","tenant":"$")");
  check(entra, "https://login.microsoftonline.com/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0",
        "8eaef023-2b34-4da1-9baa-8bc8c9d6a490");
  check(entra, "8EAEF023-2b34-4da1-9baa-8bc8c9d6a490", "8eaef023-2b34-4da1-9baa-8bc8c9d6a490");
  check(entra, "acme.onmicrosoft.com", "8eaef023-2b34-4da1-9baa-8bc8c9d6a490", "the directory (tenant) id, a GUID");
  const auto cognito = issuer(R"("preset":"cognito","user_pool":"$")");
  check(cognito, "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab12Cd34E", "us-east-1_Ab12Cd34E");
  check(cognito, "arn:aws:cognito-idp:us-east-1:111122223333:userpool/us-east-1_Ab12Cd34E", "us-east-1_Ab12Cd34E");
}

TEST_CASE("an unknown preset is the only problem, and names the ways out") {
  const auto with = testing::document_with_issuer(R"($,"audiences":["a"])");
  check(with, R"("preset":"google-workspace")", R"("preset":"google")", "google");
  check(with, R"("preset":"auth0")", R"("issuer":"https://acme.eu.auth0.com/")", "any other provider needs \"issuer\"");
  check(with, R"("preset":"github-action")", R"("preset":"github-actions")", "did you mean github-actions?");
}

TEST_CASE("a place that cannot carry a token says why, and which one does") {
  const auto from = issuer(plain_issuer + R"(,"from":"$")");
  check(from, "header:X-Goog-IAP-JWT-Assertion", "header:X-Token", "X-Goog-IAP-JWT-Assertion is reserved");
  check(from, "header:X-Auth-Request-Access-Token", "header:X-Token");
  check(from, "header:Host", "header:X-Token", "Host is reserved");
  check(from, "header:X_Token", "header:X-Token", "letters, digits and hyphens");
  check(from, "header: X-Token", "header:X-Token");
  check(from, "Header:X-Token", "header:X-Token");
  check(from, "Authorization", "authorization");
  check(from, "bearer", "authorization");
  check(from, "X-Token", "header:X-Token");
  check(from, "CF_Authorization", "cookie:CF_Authorization");
  check(from, "Cookie: CF_Authorization", "cookie:CF_Authorization");
  check(from, "query:access_token", "authorization", "a token in a URL ends up in logs");
}

TEST_CASE("a value of another shape is advised in the right one") {
  check(route(R"("allow":$)"), "true", R"("true")");
  check(route(R"("allow":$)"), "false", R"("false")");
  check(route(R"("allow":$)"), R"(["sre"])", R"("'sre' in identity.groups")");
  check(route(R"("allow":$)"), R"({"groups":["sre"]})", R"("'sre' in identity.groups")");
  check(route(R"("allow":$)"), "null", R"("true")", "drop the member, or give it a value");
  check(route(R"("methods":$)"), R"("GET")", R"(["GET"])");
  check(route(R"("methods":[$])"), R"("GET, HEAD")", R"("GET", "HEAD")");
  check(route(R"("anonymous":$)"), R"("true")", "true", "without quotes: true");
  check(route(R"("anonymous":$)"), "1", "true", "write true or false");
  check(route(R"("assertion_ttl":$)"), "30", R"("30s")");
  check(route(R"("labels":{"tier":$})"), "1", R"("1")");
  check(route(R"("labels":$)"), R"(["a"])", R"({"a":"b"})", "{ \"name\": … }");
  check(testing::document_with_issuer(plain_issuer + R"(,"audiences":$)"), R"("api")", R"(["api"])");
  check(testing::document_with_service(R"("s":{"origin":$})"), R"(["https://o.example"])", R"("https://o.example")");
  check(issuer(plain_issuer + R"(,"required":{"hd":$})"), R"(["a.example"])", R"("a.example")", "write one value");
  check(testing::document_with_service(R"("s":{"origin":"https://o.example","require":$})"), R"("true")",
        R"(["true"])");
  check(testing::document_with_service(R"("s":{"ecs":{"region":"us-east-1","cluster":"c","service":"s","port":$}})"),
        R"("8080")", "8080");
}

TEST_CASE("members of other systems are advised by their names here") {
  const auto renamed = [](const std::string& document, std::string_view foreign, std::string_view own) {
    check(document, std::string(foreign), std::string(own));
  };
  const auto allow = route(R"("$":"true")");
  for (const auto* foreign : {"policy", "condition", "rule", "when", "permit", "alow"})
    renamed(allow, foreign, "allow");
  const auto host =
      testing::document_with_routes(R"([{"id":"r","path":"/","service":"app","host":"a.example","$":["GET"]}])");
  for (const auto* foreign : {"verbs", "method"}) renamed(host, foreign, "methods");
  const auto keys = issuer(plain_issuer + R"(,"$":"https://i.example/keys")");
  for (const auto* foreign : {"jwks_url", "jwksUri"}) renamed(keys, foreign, "jwks_uri");
  const auto anonymous = route(R"("$":true)");
  for (const auto* foreign : {"public", "skip_auth"}) renamed(anonymous, foreign, "anonymous");
  renamed(testing::document_with_service(R"("s":{"origin":"https://o.example","$":["x-a"]})"), "pass_headers",
          "signed_headers");
}

TEST_CASE("addresses are advised as they can stand") {
  const auto iss = testing::document_with_issuer(R"("audiences":["a"],"issuer":"$")");
  check(iss, "acme.eu.auth0.com/", "https://acme.eu.auth0.com/");
  check(iss, "https://ID.acme.example", "https://id.acme.example");
  check(iss, "https://id.acme.example?tenant=a", "https://id.acme.example");
  check(iss, " https://id.acme.example ", "https://id.acme.example");
  const auto origin = testing::document_with_service(R"("s":{"origin":"$"})");
  check(origin, "https://o.example/", "https://o.example");
  check(origin, "https://o.example/base", "https://o.example");
  check(origin, "o.example:8443", "https://o.example:8443");
  check(origin, "wss://o.example", "https://o.example");
  check(origin, "https://user@o.example", "https://o.example");
  const auto host =
      testing::document_with_routes(R"([{"id":"r","host":"$","path":"/","service":"app","allow":"true"}])");
  check(host, "https://app.acme.example", "app.acme.example");
  check(host, "app.acme.example:443", "app.acme.example");
  check(host, "app.acme.example/path", "app.acme.example");
  check(host, ".acme.example", "*.acme.example");
  check(host, "app.acme.example.", "app.acme.example", "drop the dot at the end");
  check(host, "app\u200b.acme.example", "app.acme.example", "U+200B (invisible): delete it");
}

TEST_CASE("what is no JSON says what to write") {
  const auto members = [](std::string_view more) {
    return R"({"edge":{"issuer":"https://e.example"},)" + std::string(more) + R"("routes":[]})";
  };
  const auto document = members("$");
  const std::string good = R"("name":"x",)";
  check(document, R"("name":'x',)", good, "texts stand in double quotes");
  check(document, R"('name':"x",)", good, "texts stand in double quotes");
  check(document, R"("name":“x”,)", good, "U+201C (a curly quote): write \" in its place");
  check(document, "\"name\":\u00a0\"x\",", good, "U+00A0 (a no-break space): write a space in its place");
  check(document, R"(name:"x",)", good, "\"name\"");
  check(document, R"("name" = "x",)", good, "a colon stands between name and value");
  check(document, R"("name":"x";)", good, "a comma");
  check(document, "\"name\":\"x\"\n", good, "a comma is missing in front of it");
  check(document, R"("name":x,)", good, "\"x\"");
  check(document, R"("name":"x",,)", good, "drop the comma");
  check(document, "\"name\":\"x\ny\",", good, "ends on the line it began on");
  check(document, "\"name\":\"x\ty\",", good, "write a space in its place");
  check(document, "# a comment\n", "// a comment\n", "comments start with //");
  check(document, R"("name":"\d",)", R"("name":"\\d",)", "two backslashes for one");
  check(document, R"("name":"\'",)", R"("name":"'",)", "needs no backslash");
  check(members("") + "$", "}", "", "one object");
  check(members("") + "$", ",", "", "one object");
  check("$", "", members(""), "the document is empty");
  check(members("").substr(0, members("").size() - 2) + "$", "", "]}", "close what is still open");
  check(R"({"edge":{"issuer":"https://e.example"},"routes":[]$})", ",", "", "drop the comma");
  check(
      R"({"edge":{"issuer":"https://e.example"},"routes":[{"id":"r","host":"a.example","path":"/","service":"app"}$],)"
      R"("services":{"app":{"origin":"https://o.example"}}})",
      ",", "", "drop the comma");
  check("$" + members(""), "\xEF\xBB\xBF", "", "without byte order mark");
  check(route(R"("anonymous":$)"), "True", "true", "write true");
  check(route(R"("anonymous":true,"deny":$)"), "None", "\"false\"", "drop the member");
}

TEST_CASE("text in double quotes inside a condition is advised in single ones") {
  const auto allow = route(R"("allow":$)");
  check(allow, R"(""sre" in identity.groups")", R"("'sre' in identity.groups")");
  check(allow, R"("identity.email == "a@b.example"")", R"("identity.email == 'a@b.example'")",
        "write ' in place of \"");
  check(allow, R"("request.asn == "5" || true")", R"("request.asn == 5 || true")", "write ' in place of \"");
  check(allow, R"("identity.claims["org-id"] == 'x'")", R"("identity.claims['org-id'] == 'x'")",
        "write ' in place of \"");
  check(allow, R"('"sre" in identity.groups')", R"("'sre' in identity.groups")", "texts stand in double quotes");
}
