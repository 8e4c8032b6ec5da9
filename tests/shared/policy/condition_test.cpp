// Conditions at load: where they are wrong, and what they may reach.
#include <doctest/doctest.h>

#include "policy/load/load.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;

namespace {

/// Loads a document with the condition; `@` in it stands where the problem must be reported.
void refused(std::string condition, reason why, std::string_view says = "") {
  const auto mark = condition.find('@');
  REQUIRE(mark != std::string::npos);
  condition.erase(mark, 1);
  const auto before = testing::document_with_route(R"("allow":")");
  const auto text = before.substr(0, before.size() - 3) + condition + R"("}]})";
  const auto loaded = testing::load(text);
  CAPTURE(condition);
  REQUIRE(loaded.problems.size() == 1);
  const auto& problem = loaded.problems.front();
  CAPTURE(describe(problem));
  CHECK(name_of(problem.why) == name_of(why));
  CHECK(problem.path == "$.routes[0].allow");
  CHECK(problem.line == 1);
  CHECK(problem.column == before.size() - 3 + mark + 1);
  CHECK((problem.message + problem.advice).find(says) != std::string::npos);
}

reason why(std::string_view document) {
  const auto loaded = testing::load(document);
  return loaded.problems.empty() ? reason::ok : loaded.problems.front().why;
}

}  // namespace

TEST_CASE("a condition that does not parse or type-check is refused at the character inside the string") {
  refused("'finance' in identity@.group", reason::policy_condition_invalid, "no field 'group'");
  refused("identity.subject == 'a' &&@", reason::policy_condition_invalid);
  refused("@nobody.subject == 'a'", reason::policy_condition_invalid);
  refused("identity.subject @+ 1 == 'a'", reason::policy_condition_invalid);
  refused("identity@.subject", reason::policy_condition_invalid, "bool");
}

TEST_CASE("a number that would be compared as another one does not load") {
  const auto inexact = [](std::string condition) {
    refused("identity.claims.tenant == @" + condition, reason::policy_condition_invalid, "as another one");
  };
  inexact("281674916028284930.0");
  inexact("2.8167491602828493e17");
  inexact("9007199254740993.0");
  inexact("9223372036854775808.0");
  inexact("18446744073709551615.0");
  inexact("28167491602828493012.0");
  inexact("0.99999999999999999999");
  inexact("9007199254740992.5");
  refused("identity.claims.tenant == @9223372036854775808", reason::policy_condition_invalid);
  for (const std::string_view exact : {"281674916028284930", "281674916028284928.0", "9007199254740992.0", "1e18",
                                       "-9223372036854775808", "18446744073709551615u", "0.1", "1e23", "1.5e-7"}) {
    CAPTURE(exact);
    CHECK(why(testing::document_with_route(R"("allow":"identity.claims.tenant == )" + std::string(exact) + "\"")) ==
          reason::ok);
  }
}

TEST_CASE("columns count the document's bytes, escapes included") {
  refused(R"(identity.subject == \"\u00e9\t\" && @nobody)", reason::policy_condition_invalid);
  refused("identity.subject == 'é' && @nobody", reason::policy_condition_invalid);
  refused(R"(identity.subject == '\ud83d\ude00' && @nobody)", reason::policy_condition_invalid);
  refused(R"(true &&\n  @nobody)", reason::policy_condition_invalid);
}

TEST_CASE("an over-cost condition is refused") {
  std::string nested = "true";
  for (int i = 0; i < 4; ++i) nested = "identity.groups.all(g" + std::to_string(i) + ", " + nested + ")";
  CHECK(why(testing::document_with_route(R"("allow":")" + nested + "\"")) == reason::policy_condition_cost);
}

TEST_CASE("parameters that the path does not have are refused") {
  const auto with_path = [](std::string_view path, std::string_view allow) {
    return testing::document_with_routes(R"([{"id":"r","host":"a.example","service":"app","path":")" +
                                         std::string(path) + R"(","allow":")" + std::string(allow) + "\"}]");
  };
  CHECK(why(with_path("/u/:id", "request.params.id == 'a'")) == reason::ok);
  CHECK(why(with_path("/u/:id", "request.params['id'] == 'a'")) == reason::ok);
  CHECK(why(with_path("/u/:id", "request.params.name == 'a'")) == reason::policy_condition_invalid);
  CHECK(why(with_path("/u/*", "has(request.params.id)")) == reason::policy_condition_invalid);
  CHECK(why(with_path("/u/:id", "request.params.size() == 1")) == reason::ok);
  CHECK(why(with_path("/u/:id", "request.params_decoded.id == 'a b'")) == reason::ok);
  CHECK(why(with_path("/u/:id", "request.params_decoded['id'] in identity.groups")) == reason::ok);
  CHECK(why(with_path("/u/:id", "request.params_decoded.name == 'a'")) == reason::policy_condition_invalid);
  CHECK(why(with_path("/u/*", "'id' in request.params_decoded")) == reason::policy_condition_invalid);
}

TEST_CASE("the conditions of a service are held to the path of each of its routes") {
  CHECK(why(testing::document_with_service(
            R"("s":{"origin":"https://o.example","require":["request.params.no == 'x'"]})")) == reason::ok);
  const auto app = [](std::string_view require) {
    return R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example","require":[")" +
           std::string(require) + R"("]}},"routes":[{"id":"r","host":"a.example","path":"/u/:id","service":"app"}]})";
  };
  CHECK(why(app("request.params.id == 'x'")) == reason::ok);
  CHECK(why(app("request.params.no == 'x'")) == reason::policy_condition_invalid);
  CHECK(why(app("request.headers['x-team'] == 'x'")) == reason::policy_condition_invalid);
}

TEST_CASE("only signed headers can be read, by their lower-case names") {
  const auto with = [](std::string_view allow) {
    return R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example","signed_headers":["X-Team"]}},)"
           R"("routes":[{"id":"r","host":"a.example","path":"/","service":"app","allow":")" +
           std::string(allow) + R"("}]})";
  };
  CHECK(why(with("request.headers['x-team'] == 'a'")) == reason::ok);
  CHECK(why(with("'x-team' in request.headers")) == reason::ok);
  CHECK(why(with("request.headers['X-Team'] == 'a'")) == reason::policy_condition_invalid);
  CHECK(why(with("request.headers['x-other'] == 'a'")) == reason::policy_condition_invalid);
}

TEST_CASE("conditions of a job see neither a service nor headers") {
  const auto with = [](std::string_view allow) {
    return testing::document_with_routes(R"([{"id":"r","host":"a.example","path":"/","job":"export","allow":")" +
                                         std::string(allow) + "\"}]");
  };
  CHECK(why(with("route.id == 'r'")) == reason::ok);
  CHECK(why(with("service.name == 'r'")) == reason::policy_condition_invalid);
  CHECK(why(with("request.headers['x-team'] == 'r'")) == reason::policy_condition_invalid);
}

TEST_CASE("a condition with a part that can only fail is refused") {
  for (const std::string_view bad : {"request.time > timestamp('yesterday')",
                                     "cidr('10.0.0.0/33').containsIP(request.ip)", "request.asn > int('many')"}) {
    CHECK_MESSAGE(
        why(testing::document_with_route("\"allow\":\"" + std::string(bad) + "\"")) == reason::policy_condition_invalid,
        bad);
  }
}

TEST_CASE("named time zones are refused, fixed offsets are not") {
  CHECK(why(testing::document_with_route(R"("allow":"request.time.getHours('+02:00') < 18")")) == reason::ok);
  CHECK(why(testing::document_with_route(R"("allow":"request.time.getHours('Europe/Berlin') < 18")")) ==
        reason::policy_condition_invalid);
}

TEST_CASE("a header's value is a string, a list of strings, a bool, an int or dynamic") {
  const auto with = [](std::string_view value) {
    return testing::document_with_service(R"("s":{"origin":"https://o.example","headers":{"X-A":")" +
                                          std::string(value) + "\"}}");
  };
  for (const std::string_view good :
       {"identity.subject", "identity.groups", "identity.claims.x", "request.asn", "identity.email_verified"}) {
    CAPTURE(good);
    CHECK(why(with(good)) == reason::ok);
  }
  for (const std::string_view bad : {"identity.claims", "request.time", "1.5", "[1]", "identity"}) {
    CAPTURE(bad);
    CHECK(why(with(bad)) == reason::policy_condition_invalid);
  }
}

TEST_CASE("an issuer that is not there is refused where it is named, wherever that is") {
  const auto unknown = reason::policy_reference_unknown;
  refused("identity.issuer == @'okt'", unknown, "there is no issuer oktdid you mean okta?");
  refused("identity.issuer != @'github'", unknown, "there is no issuer github");
  refused("@'github' == identity.issuer", unknown);
  refused("identity.issuer in ['okta', @'github']", unknown);
  refused("!(identity.issuer in ['', @'github', 'okta']) || true", unknown);
  refused("identity.groups.exists(g, g == 'x' && identity.issuer == @'github')", unknown);
  for (const std::string_view fine :
       {"identity.issuer == 'okta'", "identity.issuer != ''", "identity.issuer in ['okta', '']",
        "identity.issuer == identity.subject", "identity.subject == 'github'"}) {
    CAPTURE(fine);
    CHECK(why(testing::document_with_route(R"("allow":")" + std::string(fine) + "\"")) == reason::ok);
  }
  CHECK(why(testing::document_with_service(
            R"("s":{"origin":"https://o.example","require":["identity.issuer == 'github'"]})")) == unknown);
  CHECK(why(testing::document_with_service(
            R"("s":{"origin":"https://o.example","headers":{"X-A":"identity.issuer == 'github' ? 'a' : 'b'"}})")) ==
        unknown);
  CHECK(why(testing::document_with_route(R"("shadow":{"allow":"identity.issuer == 'github'"})")) == unknown);
}
