#include "policy/header_map.hpp"

#include <doctest/doctest.h>

#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using encoding::json;

namespace {

identity alice() {
  identity who;
  who.issuer = "okta";
  who.subject = "00u1";
  who.kind = identity_kind::user;
  who.email = "alice@acme.example";
  who.groups = {"finance", "a,b", "50%"};
  who.claims = json{{"n", 7},
                    {"tenant", 281674916028284928},
                    {"most", std::uint64_t{18446744073709551615U}},
                    {"empty", ""},
                    {"list", {"x", "y"}},
                    {"mixed", {"x", 1}},
                    {"map", json::object()}};
  return who;
}

/// "Name: value" of each header that the map gives, joined by "; ".
std::string headers(std::string_view service_members, const identity& who = alice()) {
  const auto policy = testing::must_load(
      R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example")" +
      std::string(service_members) + R"(}},"routes":[{"id":"r","host":"a.example","path":"/","service":"app"}]})");
  request_facts facts;
  facts.asn = 64496;
  std::string all;
  for (const auto& header : app_headers(match_route(*policy, "GET", "a.example", "/"), who, facts)) {
    all += std::string(all.empty() ? "" : "; ") + std::string(header.name) + ": " + header.value;
  }
  return all;
}

std::string value_of(std::string_view expression, const identity& who = alice()) {
  return headers(R"(,"headers":{"X":")" + std::string(expression) + "\"}", who);
}

}  // namespace

TEST_CASE("the default map tells the app subject, e-mail, groups and kind") {
  CHECK(headers("") ==
        "Sallyport-Subject: 00u1; Sallyport-Email: alice@acme.example; "
        "Sallyport-Groups: finance,a%2Cb,50%25; Sallyport-Kind: user");
}

TEST_CASE("an absent or empty value sets no header") {
  CHECK(headers("", identity()) == "Sallyport-Kind: anonymous");
  CHECK(headers(R"(,"headers":{})") == "");
  for (const std::string_view none :
       {"identity.claims.none", "identity.claims.empty", "identity.claims.map", "identity.claims.mixed",
        "identity.groups[9]", "identity.groups.filter(g, false)"}) {
    CAPTURE(none);
    CHECK(value_of(none) == "");
  }
}

TEST_CASE("expressions give strings, lists, booleans and integers") {
  CHECK(value_of("identity.subject + '!'") == "X: 00u1!");
  CHECK(value_of("identity.claims.n") == "X: 7");
  CHECK(value_of("identity.claims.tenant") == "X: 281674916028284928");
  CHECK(value_of("string(identity.claims.tenant)") == "X: 281674916028284928");
  CHECK(value_of("identity.claims.most") == "X: 18446744073709551615");
  CHECK(value_of("identity.claims.list") == "X: x,y");
  CHECK(value_of("'finance' in identity.groups") == "X: true");
  CHECK(value_of("request.asn") == "X: 64496");
  CHECK(value_of("service.name + route.id") == "X: appr");
}

TEST_CASE("no value can break a header line or a list") {
  auto who = alice();
  who.subject = "a\r\nX-Admin: 1\x01\x7f\xc3\xa9%";
  who.groups = {"a,b", "c\nd"};
  CHECK(value_of("identity.subject", who) == "X: a%0D%0AX-Admin: 1%01%7F%C3%A9%25");
  CHECK(value_of("identity.subject + ''", who) == "X: a%0D%0AX-Admin: 1%01%7F%C3%A9%25");
  CHECK(value_of("identity.groups", who) == "X: a%2Cb,c%0Ad");
  CHECK(value_of("identity.groups.map(g, g)", who) == "X: a%2Cb,c%0Ad");
}

TEST_CASE("a claim that is text never arrives as a list") {
  auto who = alice();
  const auto roles = [&](json claim, std::string_view expression = "identity.claims.roles") {
    who.claims["roles"] = std::move(claim);
    return value_of(expression, who);
  };
  CHECK(roles({"user", "admin"}) == "X: user,admin");
  CHECK(roles("user,admin") == "X: user%2Cadmin");
  CHECK(roles(json::array({"user,admin"})) == "X: user%2Cadmin");
  CHECK(roles("user") == "X: user");
  // Wherever its type is not known before: chosen, picked out of a list, reached deeper.
  CHECK(roles("user,admin", "has(identity.claims.roles) ? identity.claims.roles : 'none'") == "X: user%2Cadmin");
  CHECK(roles(json::array({"a,b"}), "identity.claims.roles[0]") == "X: a%2Cb");
  CHECK(roles({{"x", "a,b"}}, "identity.claims.roles.x") == "X: a%2Cb");
  // The author says that it is one text.
  CHECK(roles("Doe, John", "string(identity.claims.roles)") == "X: Doe, John");
  CHECK(roles({"a", "b"}, "string(identity.claims.roles)") == "");
  CHECK(roles("a,b", "'' + identity.claims.roles") == "X: a,b");
  // An identity's own texts are texts.
  who.subject = "a,b";
  CHECK(value_of("identity.subject", who) == "X: a,b");
}

TEST_CASE("no value can become another one by the spaces around it") {
  auto who = alice();
  who.subject = " admin  ";
  who.groups = {" admins", "two words", "x ", " "};
  CHECK(value_of("identity.subject", who) == "X: %20admin %20");
  CHECK(value_of("identity.groups", who) == "X: %20admins,two words,x%20,%20");
  CHECK(value_of("'a '", who) == "X: a%20");
}

TEST_CASE("a mapped header is known by any spelling that an app could take for it") {
  const auto policy = testing::must_load(testing::document_with_service(
      R"("s":{"origin":"https://o.example","headers":{"X-User-Id":"identity.subject"}})"));
  const auto* service = find_service(*policy, "s");
  for (const std::string_view name : {"X-User-Id", "x-user-id", "X_USER_ID", "x-User_id", "X.User.Id"})
    CHECK(is_mapped_header(*service, name));
  for (const std::string_view name : {"X-User", "X-User-Idx", "XUserId", ""})
    CHECK_FALSE(is_mapped_header(*service, name));
}

TEST_CASE("what a service strips is known by any spelling, and a family by how it starts") {
  const auto policy = testing::must_load(testing::document_with_service(
      R"("s":{"origin":"https://o.example","strip":["X-Acme-User","X-Acme-Role-*","X-Gw*"]})"));
  const auto* service = find_service(*policy, "s");
  for (const std::string_view name : {"X-Acme-User", "x-acme-user", "X_ACME_USER", "X.Acme.User", "X-Acme-Role-",
                                      "x_acme_role_x", "X-Gw", "X-Gwen"}) {
    CAPTURE(name);
    CHECK(is_stripped_header(*service, name));
  }
  for (const std::string_view name : {"X-Acme", "X-Acme-Users", "X-Acme-Role", "XAcmeUser", "X-G", ""}) {
    CAPTURE(name);
    CHECK_FALSE(is_stripped_header(*service, name));
  }
}
