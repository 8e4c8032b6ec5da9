// What the edge plans for the cache, request by request: only where the route says so, after policy allowed it, under
// keys that stand for all that an answer depends on.
#include "gate/cache_plan.hpp"

#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

constexpr std::string_view service = R"("path": "/api/**", "service": "es",)";

policy::policy_ptr cached(std::string_view rule = R"({ "max_age": "5m", "stale_if_error": "1h" })") {
  std::string with(service);
  with.append(" \"cache\": ").append(rule).append(",");
  return test_policy(service, with);
}

client_request asking(const json& claims = alice()) {
  client_request request;
  return request.bearer(token(claims, keys().okta));
}

std::optional<gate::cache_plan> plan(world& edge, const client_request& request) {
  const auto outcome = edge.through(request);
  const auto* forwarded = std::get_if<gate::forward>(&outcome.what);
  REQUIRE(forwarded != nullptr);
  return forwarded->cache;
}

gate::cache_plan planned(const client_request& request, policy::policy_ptr policy = cached()) {
  world edge(std::move(policy));
  const auto made = plan(edge, request);
  REQUIRE(made);
  return *made;
}

}  // namespace

TEST_CASE("the cache has no part in a route that does not ask for it") {
  world edge;
  CHECK_FALSE(plan(edge, asking()));
}

TEST_CASE("a plan carries the terms of the route, and comes back from its JSON") {
  const auto made = planned(asking());
  CHECK(made.how == gate::cache_plan::use::answers);
  CHECK(made.terms.max_age == 300);
  CHECK(made.terms.stale_if_error == 3600);
  CHECK(made.may_validate);
  CHECK_FALSE(made.terms.own_fields.empty());
  const auto again = gate::cache_plan_from(gate::to_json(made));
  REQUIRE(again);
  CHECK(gate::to_json(*again) == gate::to_json(made));
  CHECK_FALSE(gate::cache_plan_from(json::object()));
}

TEST_CASE("the key stands for target, host, scheme and policy, not for who asks") {
  const auto key = planned(asking()).key;
  CHECK(key.size() == 43);
  auto request = asking();
  request.host = "ES.test";
  CHECK(planned(request).key == key);
  request.target = "/api/things?q=2";
  CHECK(planned(request).key != key);
  request = asking();
  request.scheme = "http";
  CHECK(planned(request).key != key);
  CHECK(planned(asking(), cached("true")).key != key);
  auto other = alice();
  other["sub"] = "carol";
  CHECK(planned(asking(other)).key == key);
}

TEST_CASE("the identity stands for what the app sees of the caller, and not for the token") {
  const auto identity = planned(asking()).identity;
  auto claims = alice();
  claims["jti"] = "another token";
  claims["iat"] = start_s - 5;
  CHECK(planned(asking(claims)).identity == identity);
  claims["sub"] = "carol";
  CHECK(planned(asking(claims)).identity != identity);
  claims = alice();
  claims["groups"] = json::array({"finance", "audit"});
  CHECK(planned(asking(claims)).identity != identity);
}

TEST_CASE("a credential of the app's own makes another identity, the one that the edge checked does not") {
  const auto by_access = [](std::string own) {
    client_request request;
    const json claims = {{"iss", "https://acme.cloudflareaccess.com"},
                         {"aud", json::array({"access-app"})},
                         {"type", "app"},
                         {"sub", "alice"},
                         {"email", "alice@acme.test"},
                         {"iat", start_s},
                         {"exp", start_s + 300}};
    request.fields.emplace_back("cf-access-jwt-assertion", token(claims, keys().access));
    if (!own.empty()) request.fields.emplace_back("authorization", std::move(own));
    return planned(request, test_policy(R"("path": "/api/**", "service": "es",
      "allow": "'finance' in identity.groups")",
                                        R"("path": "/api/**", "service": "es", "cache": true, "allow": "true")"))
        .identity;
  };
  CHECK(by_access("Basic YTpi") == by_access("Basic YTpi"));
  CHECK(by_access("Basic YTpi") != by_access("Basic YTpj"));
  CHECK(by_access("Basic YTpi") != by_access(""));
}

TEST_CASE("what only the origin can answer goes past the cache") {
  auto request = asking();
  request.fields.emplace_back("range", "bytes=0-1");
  CHECK(planned(request).how == gate::cache_plan::use::bypass);
  request = asking();
  request.method = "OPTIONS";
  CHECK(planned(request).how == gate::cache_plan::use::bypass);
}

TEST_CASE("what changes things makes stale what GET of the same target would find") {
  auto request = asking();
  request.method = "DELETE";
  const auto made = planned(request);
  CHECK(made.how == gate::cache_plan::use::invalidates);
  CHECK(made.key == planned(asking()).key);
  world edge;
  CHECK_FALSE(plan(edge, request));
}

TEST_CASE("who is refused gets no plan") {
  world edge(cached());
  auto claims = alice();
  claims["groups"] = json::array({"sales"});
  CHECK(reason_of(edge.through(asking(claims))) == reason::policy_not_allowed);
}
