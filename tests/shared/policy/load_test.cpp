#include "policy/load/load.hpp"

#include <doctest/doctest.h>

#include "tests/shared/policy/marked.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using testing::check;
using testing::document_with_issuer;
using testing::document_with_route;
using testing::document_with_routes;
using testing::document_with_service;

namespace {

/// A document with one route whose members are all given.
std::string one_route(std::string_view members) {
  return document_with_routes("[{" + std::string(members) + "}]");
}

}  // namespace

TEST_CASE("what is not JSON with comments is refused where it stops being it") {
  check({"{\n  \"routes\": [@}\n", reason::policy_syntax, "$", "a value is missing"});
  check({R"({"edge":{"issuer":"https://e.example"},"routes":[],@})", reason::policy_syntax, "$", ""});
  check({std::string(32, '[') + "@[", reason::policy_syntax, "$", "Nested deeper"});
  check({"{\n  \"name\": \"caf@\xE9\"\n}", reason::policy_syntax, "$", "save the file as UTF-8"});
  check({"{\"routes\":1e400@}", reason::policy_syntax, "$", "no double can hold"});
}

TEST_CASE("unknown members are refused at their names, with the member that was meant") {
  check({R"({"edge":{"issuer":"https://e.example"},"routes":[],@"servises":{}})", reason::policy_member_unknown,
         "$.servises", "did you mean services?"});
  check({document_with_route("\n  @\"alow\": \"true\""), reason::policy_member_unknown, "$.routes[0].alow",
         "did you mean allow?"});
  check({document_with_route(R"("shadow":{@"colour":"true"})"), reason::policy_member_unknown,
         "$.routes[0].shadow.colour", "expected one of allow, deny"});
  check({document_with_issuer(R"("issuer":"https://i.example","audiences":["a"],@"aud-iences":1)"),
         reason::policy_member_unknown, "$.issuers.idp['aud-iences']", "did you mean audiences?"});
  check({document_with_issuer(R"("issuer":"https://i.example","audiences":["a"],@"team":"acme")"),
         reason::policy_member_unknown, "$.issuers.idp.team", "cloudflare-access"});
  check({R"({"edge":{"issuer":"https://e.example",@"ttl":"1m"},"routes":[]})", reason::policy_member_unknown,
         "$.edge.ttl", "did you mean assertion_ttl?"});
}

TEST_CASE("missing members are reported at the object that lacks them") {
  check({R"(@{"edge":{"issuer":"https://e.example"}})", reason::policy_member_missing, "$", "routes is missing"});
  check({R"(@{"routes":[]})", reason::policy_member_missing, "$", "edge is missing"});
  check({R"({"edge":@{},"routes":[]})", reason::policy_member_missing, "$.edge", "issuer is missing"});
  check({document_with_routes(R"([@{"host":"a.example","path":"/","service":"app"}])"), reason::policy_member_missing,
         "$.routes[0]", "id is missing"});
  check({document_with_routes(R"([@{"id":"r","path":"/","service":"app"}])"), reason::policy_member_missing,
         "$.routes[0]", "host is missing"});
  check({document_with_routes(R"([@{"id":"r","host":"a.example","service":"app"}])"), reason::policy_member_missing,
         "$.routes[0]", "path is missing"});
  check({document_with_routes(R"([@{"id":"r","host":"a.example","path":"/"}])"), reason::policy_member_missing,
         "$.routes[0]", "service is missing"});
  check({R"({"edge":{"issuer":"https://e.example"},"issuers":{"i":@{"issuer":"https://i.example"}},"routes":[]})",
         reason::policy_member_missing, "$.issuers.i", "audiences is missing"});
  check({R"({"edge":{"issuer":"https://e.example"},"issuers":{"i":@{"audiences":["a"]}},"routes":[]})",
         reason::policy_member_missing, "$.issuers.i", "issuer is missing"});
  check(
      {R"({"edge":{"issuer":"https://e.example"},"issuers":{"i":@{"preset":"cloudflare-access","audiences":["a"]}},"routes":[]})",
       reason::policy_member_missing, "$.issuers.i", "team is missing"});
  check({document_with_service(R"("s":@{})"), reason::policy_member_missing, "$.services.s", "neither origin nor ecs"});
  check({document_with_service(R"("s":{"ecs":@{"region":"eu-west-1","cluster":"c","service":"s"}})"),
         reason::policy_member_missing, "$.services.s.ecs", "port is missing"});
}

TEST_CASE("wrong types and impossible values are reported at the value") {
  check({"@[]", reason::policy_member_type, "$", "expected an object, found a list"});
  check({R"({"name":@7,"edge":{"issuer":"https://e.example"},"routes":[]})", reason::policy_member_type, "$.name",
         "expected a string, found a number"});
  check({R"({"edge":{"issuer":"https://e.example"},"routes":@{}})", reason::policy_member_type, "$.routes", "a list"});
  check({R"({"edge":{"issuer":@"http://e.example"},"routes":[]})", reason::policy_member_type, "$.edge.issuer",
         "plain http"});
  check({R"({"edge":{"issuer":@"https://e.example/"},"routes":[]})", reason::policy_member_type, "$.edge.issuer",
         "drop the slash"});
  check({R"({"edge":{"issuer":"https://e.example","assertion_ttl":@"301s"},"routes":[]})", reason::policy_member_type,
         "$.edge.assertion_ttl", "from 1s to 5m"});
  check({R"({"edge":{"issuer":"https://e.example","assertion_ttl":@30},"routes":[]})", reason::policy_member_type,
         "$.edge.assertion_ttl", "\"30s\""});
  check({document_with_route(R"("allow":@true)"), reason::policy_member_type, "$.routes[0].allow",
         "expected a string, found true or false"});
  check({document_with_route(R"("anonymous":@"yes")"), reason::policy_member_type, "$.routes[0].anonymous",
         "true or false"});
  check({document_with_route(R"("methods":["GET",@"post"])"), reason::policy_member_type, "$.routes[0].methods[1]",
         "write POST"});
  check({document_with_route(R"("methods":[@"TRACE"])"), reason::policy_member_type, "$.routes[0].methods[0]",
         "drop it"});
  check(
      {document_with_route(R"("methods":[@"*"])"), reason::policy_member_type, "$.routes[0].methods[0]", "any method"});
  check({document_with_route(R"("methods":@[])"), reason::policy_member_type, "$.routes[0].methods", "any method"});
  check({document_with_route(R"("body":@"sigend")"), reason::policy_member_type, "$.routes[0].body",
         "did you mean signed?"});
  check({document_with_route(R"("body":{"mode":"signed","max":@"9MiB"})"), reason::policy_member_type,
         "$.routes[0].body.max", "out of range"});
  check({document_with_route(R"("labels":{"tier":@1})"), reason::policy_member_type, "$.routes[0].labels.tier",
         "a string"});
  check({one_route(R"("id":@"a b","host":"a.example","path":"/","service":"app")"), reason::policy_member_type,
         "$.routes[0].id", "not a route id"});
}

TEST_CASE("issuers that would accept too much are refused") {
  check({document_with_issuer(R"("issuer":"https://i.example","audiences":@[])"), reason::policy_member_type,
         "$.issuers.idp.audiences", "no audience"});
  check({document_with_issuer(R"("issuer":"https://i.example","audiences":["a"],"algorithms":[@"HS256"])"),
         reason::policy_member_type, "$.issuers.idp.algorithms[0]", "HS256 is not accepted"});
  check({document_with_issuer(R"("issuer":"https://i.example","audiences":["a"],"algorithms":["RS256",@"none"])"),
         reason::policy_member_type, "$.issuers.idp.algorithms[1]", "none is not accepted"});
  check({document_with_issuer(R"("issuer":"https://i.example","audiences":["a"],"algorithms":@[])"),
         reason::policy_member_type, "$.issuers.idp.algorithms", "no algorithm"});
  check({document_with_issuer(R"("issuer":@"http://i.example","audiences":["a"])"), reason::policy_member_type,
         "$.issuers.idp.issuer", "plain http"});
  check({document_with_issuer(
             R"("issuer":"https://i.example","audiences":["a"],"jwks_uri":@"http://127.evil.example/k")"),
         reason::policy_member_type, "$.issuers.idp.jwks_uri", "plain http"});
  check({document_with_issuer(R"("issuer":@"https://user@i.example","audiences":["a"])"), reason::policy_member_type,
         "$.issuers.idp.issuer", "without user"});
  check({document_with_issuer(R"("issuer":"https://i.example","audiences":["a"],"clock_skew":@"61s")"),
         reason::policy_member_type, "$.issuers.idp.clock_skew", "from 0s to 1m"});
  check({document_with_issuer(
             R"("issuer":"https://i.example","audiences":["a"],"typ":["JWT",@"Sallyport-assertion+jwt"])"),
         reason::policy_member_type, "$.issuers.idp.typ[1]", "what the edge signs itself"});
  check({document_with_issuer(
             R"("issuer":"https://i.example","audiences":["a"],"typ":@"Application/sallyport-channel+jwt")"),
         reason::policy_member_type, "$.issuers.idp.typ", "what the edge signs itself"});
  check({document_with_issuer(R"("issuer":"https://i.example","audiences":["a"],"kind":@"anonymous")"),
         reason::policy_member_type, "$.issuers.idp.kind", "expected one of user, service, workload"});
  check({document_with_issuer(R"("issuer":"https://i.example","audiences":["a"],"from":[@"header:Sallyport-Token"])"),
         reason::policy_member_type, "$.issuers.idp.from[0]", "is reserved"});
  check({document_with_issuer(R"("preset":@"cloudflare","audiences":["a"],"issuer":"https://i.example")"),
         reason::policy_member_type, "$.issuers.idp.preset", "cloudflare-access"});
  check({document_with_issuer(R"("preset":"cloudflare-access","team":@"acme.evil.example/","audiences":["a"])"),
         reason::policy_member_type, "$.issuers.idp.team", "not the bare name"});
}

TEST_CASE("keys in the policy that are none, or that can sign, are refused where they stand") {
  const auto refused = [](std::string_view jwks, std::string_view below, std::string_view says) {
    check({document_with_issuer(R"("issuer":"i","audiences":["a"],"jwks":)" + std::string(jwks)),
           reason::policy_member_type, "$.issuers.idp.jwks" + std::string(below), std::string(says)});
  };
  const std::string ed = R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";
  refused(R"(@"https://i.example/keys")", "", "expected an object");
  refused(R"({"keys":@{}})", ".keys", "expected a list");
  refused(R"({"keys":@[]})", ".keys", "the set is empty");
  refused(R"({"keys":@["x"]})", ".keys", "jwk_invalid, not a JSON object");
  refused(R"({"keys":@[{"kty":"RSA"}]})", ".keys", "n is missing or malformed");
  refused(R"({"keys":[{)" + ed + R"(},@{)" + ed + R"(,"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]})",
          ".keys[1]", "the private member d; anyone who has read the file can make tokens");
  refused(R"({"keys":[{)" + ed + R"(},@{"kty":"oct","k":"AAAA"}]})", ".keys[1]", "a symmetric key");
  refused(R"(@{"keys":[{)" + ed + R"(,"x5c":")" + std::string(std::size_t{256} << 10, 'x') + R"("}]})", "",
          "longer than 262144 bytes");
  std::string many;
  for (int i = 0; i <= 100; ++i) {
    many += (many.empty() ? "{" : ",{") + ed + R"(,"kid":")" + std::to_string(i) + "\"}";
  }
  refused(R"({"keys":@[)" + many + "]}", ".keys", "more usable keys than the limit");
  check({document_with_issuer(R"("issuer":"i","audiences":["a"],"jwks":{"keys":[{)" + ed + R"(}],@"kyes":[]})"),
         reason::policy_member_unknown, "$.issuers.idp.jwks.kyes", "did you mean keys"});
  check({document_with_issuer(R"("issuer":"i","audiences":["a"],"jwks":@{})"), reason::policy_member_missing,
         "$.issuers.idp.jwks", "keys is missing"});
  check({document_with_issuer(R"("issuer":"i","audiences":["a"],"jwks_uri":"https://i.example/k",@"jwks":{"keys":[{)" +
                              ed + "}]}"),
         reason::policy_member_unknown, "$.issuers.idp.jwks", "not both; drop one"});
}

TEST_CASE("a preset's member that no token's iss can hold is refused") {
  const auto refused = [](std::string_view preset, std::string_view name, std::string_view value,
                          std::string_view says) {
    const std::string members = R"("preset":")" + std::string(preset) + R"(","audiences":["a"],")" + std::string(name) +
                                R"(":@")" + std::string(value) + "\"";
    check({document_with_issuer(members), reason::policy_member_type, "$.issuers.idp." + std::string(name),
           std::string(says)});
  };
  refused("cloudflare-access", "team", "Acme", "lower case");
  refused("okta", "domain", "ACME.okta.com", "lower case");
  refused("entra", "tenant", "8EAEF023-2b34-4da1-9baa-8bc8c9d6a490", "lower case");
  for (const std::string_view many : {"common", "organizations", "consumers"}) {
    refused("entra", "tenant", many, "the directory (tenant) id");
  }
  for (const std::string_view pool : {"Ab12Cd34E", "_Ab12Cd34E", "eu-central-1_", "EU-central-1_Ab12Cd34E"}) {
    refused("cognito", "user_pool", pool, "REGION_ID");
  }
}

TEST_CASE("services and jobs are checked though they run later") {
  check({document_with_service(R"("s":{"origin":@"https://o.example/base"})"), reason::policy_member_type,
         "$.services.s.origin", "without a slash"});
  check({document_with_service(R"("s":{"origin":"https://o.example","signature":@"hmac"})"), reason::policy_member_type,
         "$.services.s.signature", "hmac-sha256"});
  check({document_with_service(R"("s":{"origin":"https://o.example","channel":@"no"})"), reason::policy_member_type,
         "$.services.s.channel", "true or false"});
  check({document_with_service(R"("s":{"origin":"https://o.example","signature":"hmac-sha256","channel":@true})"),
         reason::policy_member_type, "$.services.s.channel", "has no channels"});
  check({document_with_service(R"("s":{"origin":"https://o.example","signed_headers":[@"Authorization"]})"),
         reason::policy_member_type, "$.services.s.signed_headers[0]", "a credential"});
  check({document_with_service(R"("s":{"origin":"https://o.example","signed_headers":[@"X-Forwarded-For"]})"),
         reason::policy_member_type, "$.services.s.signed_headers[0]", "request.ip"});
  check({document_with_service(R"("s":{"origin":"https://o.example","signed_headers":[@"Cache-Control"]})"),
         reason::policy_member_type, "$.services.s.signed_headers[0]", "the platform writes it"});
  check({document_with_service(R"("s":{"origin":"https://o.example","signed_headers":[@"X-WebAuth-User"]})"),
         reason::policy_member_type, "$.services.s.signed_headers[0]", "identity.subject"});
  for (const std::string_view name : {"X_Acme", "*", "-", "X Acme", "X-*-User", "é"}) {
    check(
        {document_with_service(R"("s":{"origin":"https://o.example","strip":["X-A",@")" + std::string(name) + R"("]})"),
         reason::policy_member_type, "$.services.s.strip[1]", "X-Acme-*"});
  }
  for (const std::string_view name : {"Content-Type", "content-*", "H*", "X-Team", "X-T*"}) {
    check({document_with_service(R"("s":{"origin":"https://o.example","signed_headers":["x-team"],"strip":[@")" +
                                 std::string(name) + R"("]})"),
           reason::policy_member_type, "$.services.s.strip[0]", "needs it"});
  }
  check({document_with_service(R"("s":{"origin":"https://o.example","signed_headers":["x-a",@"X-A"]})"),
         reason::policy_duplicate, "$.services.s.signed_headers[1]", "twice"});
  check({document_with_service(
             R"("s":{"origin":"https://o.example","headers":{@"Sallyport-Assertion":"identity.kind"}})"),
         reason::policy_member_type, "$.services.s.headers['Sallyport-Assertion']", "choose another name"});
  check({document_with_service(R"("s":{"origin":"https://o.example","headers":{@"X_User":"identity.kind"}})"),
         reason::policy_member_type, "$.services.s.headers.X_User", "underscore"});
  check({document_with_service(
             R"("s":{"origin":"https://o.example","headers":{"X-A":"identity.kind",@"x-a":"identity.kind"}})"),
         reason::policy_duplicate, "$.services.s.headers['x-a']", "twice"});
  check({document_with_service(R"(@"s/1":{"origin":"https://o.example"})"), reason::policy_member_type,
         "$.services['s/1']", "cannot be a name"});
  check({document_with_service(
             R"("s":{"origin":"https://o.example","ecs":{"region":@"Virginia","cluster":"c","service":"s","port":1}})"),
         reason::policy_member_type, "$.services.s.ecs.region", "us-east-1"});
  const std::string job =
      R"({"edge":{"issuer":"https://e.example"},"routes":[],"jobs":{"j":{"ecs":{"region":"eu-west-1",)"
      R"("cluster":"c","task_definition":"t:1","container":"t"},)";
  check({job + R"("timeout":@"25h"}}})", reason::policy_member_type, "$.jobs.j.timeout", "from 1s to 1d"});
  check({job + R"~("input":{"M":{"pattern":@"(?=x)"}}}}})~", reason::policy_pattern_invalid, "$.jobs.j.input.M.pattern",
         "RE2"});
  check({job + R"("input":{"M":{"pattern":@"a)|(b"}}}}})", reason::policy_pattern_invalid, "$.jobs.j.input.M.pattern",
         "RE2"});
  check({job + R"("input":{"M":{"pattern":"[0-9]+","default":@"x1"}}}}})", reason::policy_member_type,
         "$.jobs.j.input.M.default", "pattern"});
  check(
      {job + R"("input":{@"A-B":{}}}}})", reason::policy_member_type, "$.jobs.j.input['A-B']", "environment variable"});
}

TEST_CASE("references to nothing are refused with the name that was meant") {
  check({one_route(R"("id":"r","host":"a.example","path":"/","service":@"apb")"), reason::policy_reference_unknown,
         "$.routes[0].service", "did you mean app?"});
  check({one_route(R"("id":"r","host":"a.example","path":"/","job":@"import")"), reason::policy_reference_unknown,
         "$.routes[0].job", "export"});
  check({one_route(R"("id":"r","host":"a.example","path":"/","service":"app",@"job":"export")"),
         reason::policy_member_unknown, "$.routes[0].job", "not to both"});
}

TEST_CASE("patterns that could never match, or not as they look, are refused at the offending character") {
  const auto path = [](std::string_view pattern) {
    return one_route(R"("id":"r","host":"a.example","service":"app","path":")" + std::string(pattern) + "\"");
  };
  const auto host = [](std::string_view pattern) {
    return one_route(R"("id":"r","path":"/","service":"app","host":")" + std::string(pattern) + "\"");
  };
  const testing::marked rows[] = {
      {path("@api"), reason::policy_pattern_invalid, "$.routes[0].path", "starts with a slash"},
      {path("/a/**/@b"), reason::policy_pattern_invalid, "$.routes[0].path", "put it last"},
      {path("/@.sallyport/x"), reason::policy_pattern_invalid, "$.routes[0].path", "choose another path"},
      {path("/@.sallyport"), reason::policy_pattern_invalid, "$.routes[0].path", "choose another path"},
      {path("/a@*"), reason::policy_pattern_invalid, "$.routes[0].path", "a whole segment"},
      {path("/a/@***"), reason::policy_pattern_invalid, "$.routes[0].path", "a whole segment"},
      {path("/a/@/b"), reason::policy_pattern_invalid, "$.routes[0].path", "drop one slash"},
      {path("/a/@:"), reason::policy_pattern_invalid, "$.routes[0].path", "a colon and a name"},
      {path("/a/@:1d"), reason::policy_pattern_invalid, "$.routes[0].path", "a colon and a name"},
      {path("/:id/@:id"), reason::policy_pattern_invalid, "$.routes[0].path", "rename one"},
      {path("/a/@.."), reason::policy_pattern_invalid, "$.routes[0].path", "no request path"},
      {path("/a/@b?c"), reason::policy_pattern_invalid, "$.routes[0].path", "no request path"},
      {path("/orders/@{id}"), reason::policy_pattern_invalid, "$.routes[0].path",
       "write :id; a literal would be %7Bid%7D"},
      {path("/orders/@<order_id>/x"), reason::policy_pattern_invalid, "$.routes[0].path", "write :order_id; a literal"},
      {path("/orders/@{id:[0-9]+}"), reason::policy_pattern_invalid, "$.routes[0].path", "write :id;"},
      {path("/orders/a@{id}"), reason::policy_pattern_invalid, "$.routes[0].path", "write a%7Bid%7D"},
      {path("/@my files/**"), reason::policy_pattern_invalid, "$.routes[0].path", "write my%20files"},
      {path("/@caf\xC3\xA9"), reason::policy_pattern_invalid, "$.routes[0].path", "write caf%C3%A9"},
      {path("/@100%"), reason::policy_pattern_invalid, "$.routes[0].path", "write 100%25"},
      {path("/a/@b?c"), reason::policy_pattern_invalid, "$.routes[0].path", "request.query"},
      {path("/a/@b#c"), reason::policy_pattern_invalid, "$.routes[0].path", "write b%23c"},
      {path("/a/@b\\\\c"), reason::policy_pattern_invalid, "$.routes[0].path", "separate segments by /"},
      {path("/a/@b%0A"), reason::policy_pattern_invalid, "$.routes[0].path", "drop it"},
      {path("/\\u0061/@.."), reason::policy_pattern_invalid, "$.routes[0].path", "dot segment"},
      {host("@"), reason::policy_pattern_invalid, "$.routes[0].host", "name the host"},
      {host("@*"), reason::policy_pattern_invalid, "$.routes[0].host", "whole labels"},
      {host("a.@*.example"), reason::policy_pattern_invalid, "$.routes[0].host", "on the left"},
      {host("*.@*.example"), reason::policy_pattern_invalid, "$.routes[0].host", "on the left"},
      {host("a.example@:8443"), reason::policy_pattern_invalid, "$.routes[0].host", "without scheme, port"},
      {host("https@://a.example"), reason::policy_pattern_invalid, "$.routes[0].host", "without scheme"},
      {host("a.@.example"), reason::policy_pattern_invalid, "$.routes[0].host", "1 to 63"},
      {host("*.@"), reason::policy_pattern_invalid, "$.routes[0].host", "1 to 63"},
  };
  for (const auto& each : rows) check(each);
}

TEST_CASE("what is there twice is refused") {
  check({R"({"edge":{"issuer":"https://e.example"},"routes":[],"edge@":{}})", reason::policy_duplicate, "$", "twice"});
  check({document_with_routes(R"([{"id":"r","host":"a.example","path":"/","service":"app"},)"
                              R"(@{"id":"r","host":"a.example","path":"/x","service":"app"}])"),
         reason::policy_duplicate, "$.routes[1]", "two routes have the id r"});
  check(
      {R"({"edge":{"issuer":"https://e.example"},"routes":[],"issuers":{"a":{"issuer":"https://i.example","audiences":["x"]},)"
       R"("b":@{"issuer":"https://i.example","audiences":["y"]}}})",
       reason::policy_duplicate, "$.issuers.b", "issuers a and b"});
  check({document_with_route(R"("methods":["GET",@"GET"])"), reason::policy_duplicate, "$.routes[0].methods[1]",
         "twice"});
}

TEST_CASE("routes that could tie are refused, naming both") {
  const auto pair = [](std::string_view first, std::string_view second) {
    return document_with_routes(R"([{"id":"one","service":"app",)" + std::string(first) +
                                R"(},@{"id":"two","service":"app",)" + std::string(second) + "}]");
  };
  const auto ties = [&](std::string_view first, std::string_view second) {
    check({pair(first, second), reason::policy_route_ambiguous, "$.routes[1]", "routes one and two"});
  };
  ties(R"("host":"a.example","path":"/x")", R"("host":"A.example","path":"/x")");
  ties(R"("host":"a.example","path":"/:id")", R"("host":"a.example","path":"/*")");
  ties(R"("host":"a.example","path":"/:a/x/:b/**")", R"("host":"a.example","path":"/:c/x/*/**")");
  ties(R"("host":"*.example","path":"/x","methods":["GET","PUT"])",
       R"("host":"*.example","path":"/x","methods":["PUT"])");
}

TEST_CASE("routes that differ in host, shape or methods do not tie") {
  const auto both = [](std::string_view first, std::string_view second) {
    testing::must_load(document_with_routes(R"([{"id":"one","service":"app",)" + std::string(first) +
                                            R"(},{"id":"two","service":"app",)" + std::string(second) + "}]"));
  };
  both(R"("host":"a.example","path":"/x")", R"("host":"*.example","path":"/x")");
  both(R"("host":"a.example","path":"/x")", R"("host":"a.example","path":"/x/")");
  both(R"("host":"a.example","path":"/:id")", R"("host":"a.example","path":"/**")");
  both(R"("host":"a.example","path":"/x","methods":["GET"])", R"("host":"a.example","path":"/x","methods":["PUT"])");
  both(R"("host":"a.example","path":"/x","methods":["GET"])", R"("host":"a.example","path":"/x")");
}

TEST_CASE("every problem is reported at once, in the order of the text") {
  const auto loaded = testing::load(testing::fixture("broken.jsonc"));
  CHECK(loaded.policy == nullptr);
  std::string all;
  for (const auto& problem : loaded.problems) all += describe(problem) + "\n";
  CHECK(all == testing::fixture("broken.expected"));
}

TEST_CASE("the document in the guide loads") {
  const auto guide = testing::fixture("../../../docs/reference/policy.md");
  const auto start = guide.find("```jsonc\n") + 9;
  testing::must_load(guide.substr(start, guide.find("\n```", start) - start));
}

TEST_CASE("the fixtures load") {
  for (const std::string_view name : {"acme.jsonc", "presets.jsonc", "everything.jsonc"}) {
    CAPTURE(name);
    testing::must_load(testing::fixture(name));
  }
}
