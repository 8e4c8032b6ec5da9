// What the edge plans for the cache, request by request: only where the route says so, after policy allowed it, under
// keys that stand for all that an answer depends on.
#include "gate/edge/cache_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>

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

namespace {

/// A route of a service with a signed header, whose conditions and header map are `conditions` and `headers`.
policy::policy_ptr with_conditions(std::string_view conditions, std::string_view headers = "{}") {
  std::string text = R"({"edge":{"issuer":"https://edge.test"},"issuers":{
      "okta":{"issuer":"https://okta.test","audiences":["api"],"from":["authorization","header:X-Session-Token"]},
      "access":{"preset":"cloudflare-access","team":"acme","audiences":["access-app"]}},
    "services":{"es":{"origin":"https://es.origin.test","signed_headers":["x-tenant"],"headers":)";
  text.append(headers).append(R"(},"mac":{"origin":"https://mac.origin.test","signature":"hmac-sha256"}},
    "routes":[{"id":"r","host":"es.test","path":"/**","service":"es","anonymous":true,"cache":true,)");
  text.append(conditions).append("}]}");
  const auto loaded = policy::load_policy(text, host());
  REQUIRE_MESSAGE(loaded.policy != nullptr, conditions);
  return loaded.policy;
}

struct change {
  std::string_view what;
  void (*apply)(client_request&);
};

constexpr change tenant{"X-Tenant", [](client_request& r) { r.fields.emplace_back("X-Tenant", "b"); }};
constexpr change origin{"Origin", [](client_request& r) { r.fields.emplace_back("Origin", "https://a.test"); }};
constexpr change address{"address", [](client_request& r) { r.ip = "192.0.2.8"; }};
constexpr change country{"country", [](client_request& r) { r.country = "SE"; }};
constexpr change network{"network", [](client_request& r) { r.asn = 7; }};
constexpr change method{"method", [](client_request& r) { r.method = "HEAD"; }};
constexpr change cookie{"Cookie", [](client_request& r) { r.fields.emplace_back("Cookie", "session=b"); }};

/// Whether the change makes it another request to both scopes, whatever was stored before.
bool is_another(const policy::policy_ptr& policy, const change& with) {
  auto request = asking();
  const auto before = planned(request, policy);
  with.apply(request);
  const auto after = planned(request, policy);
  CHECK(after.key == before.key);
  CHECK((after.shared == before.shared) == (after.identity == before.identity));
  return after.shared != before.shared;
}

}  // namespace

TEST_CASE("what decides of the request itself is in both scopes, and nothing else of it is") {
  const auto plain = with_conditions(R"("allow":"true")");
  CHECK(is_another(plain, tenant));
  CHECK(is_another(plain, origin));
  for (const auto& each : {address, country, network, method}) {
    CAPTURE(each.what);
    CHECK_FALSE(is_another(plain, each));
  }
  CHECK(is_another(with_conditions(R"("allow":"request.ip != '1'")"), address));
  CHECK(is_another(with_conditions(R"("allow":"true","deny":"request.country == 'KP'")"), country));
  CHECK(is_another(with_conditions(R"("allow":"request.asn != 1")"), network));
  CHECK(is_another(with_conditions(R"("allow":"request.method != 'PUT'")"), method));
  CHECK(is_another(with_conditions(R"("allow":"true")", R"({"X-From":"request.ip"})"), address));
}

TEST_CASE("where time or request id is read, nothing is shared") {
  for (const std::string_view conditions :
       {R"x("allow":"request.time > timestamp('2020-01-01T00:00:00Z')")x", R"("allow":"request.id != ''")"}) {
    const auto made = planned(asking(), with_conditions(conditions));
    CHECK(made.shared.empty());
    CHECK_FALSE(made.terms.shares);
    CHECK(made.terms.keeps_own);
  }
  CHECK(planned(asking(), with_conditions(R"("allow":"true")", R"({"X-Id":"request.id"})")).shared.empty());
}

TEST_CASE("a cookie that is the app's own makes another identity, and leaves what is shared alone") {
  const auto policy = with_conditions(R"("allow":"true")");
  auto request = asking();
  const auto before = planned(request, policy);
  cookie.apply(request);
  const auto after = planned(request, policy);
  CHECK(after.identity != before.identity);
  CHECK(after.shared == before.shared);
}

TEST_CASE("anonymous callers are no identity: nothing is kept for one of them alone") {
  const auto made = planned(client_request(), with_conditions(R"("allow":"true")"));
  CHECK(made.identity.empty());
  CHECK_FALSE(made.terms.keeps_own);
  CHECK(made.terms.shares);
  CHECK(gate::to_json(*gate::cache_plan_from(gate::to_json(made))) == gate::to_json(made));
}

TEST_CASE("the places of all credentials are named, whoever asks") {
  const auto made = planned(client_request(), with_conditions(R"("allow":"true")"));
  for (const std::string name : {"authorization", "cookie", "cf-access-jwt-assertion", "x-session-token"}) {
    CAPTURE(name);
    CHECK(std::count(made.terms.caller_fields.begin(), made.terms.caller_fields.end(), name) == 1);
  }
}

TEST_CASE("a field whose name has another spelling goes past the cache") {
  for (const std::string name : {"Accept_Language", "accept.language", "X!", "x~y"}) {
    CAPTURE(name);
    auto request = asking();
    request.fields.emplace_back(name, "x");
    CHECK(planned(request).how == gate::cache_plan::use::bypass);
    request.method = "DELETE";
    CHECK(planned(request).how == gate::cache_plan::use::invalidates);
  }
  auto request = asking();
  request.fields.emplace_back("X-9-Accept", "x");
  CHECK(planned(request).how == gate::cache_plan::use::answers);
}
