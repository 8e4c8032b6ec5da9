// What wakes a service and what does not, the state of one below /.sallyport/services, and its reset.
#include <doctest/doctest.h>

#include "gate/edge/service_order.hpp"
#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using gate::service_order;

namespace {

using field_list = std::vector<std::pair<std::string, std::string>>;

policy::policy_ptr sleeping_policy() {
  const auto loaded = policy::load_policy(R"jsonc({
    "edge": { "issuer": "https://edge.test" },
    "issuers": { "okta": { "issuer": "https://okta.test", "audiences": ["api"] } },
    "services": {
      "mac": { "origin": "https://mac.origin.test", "signature": "hmac-sha256" },
      "billing": { "ecs": { "region": "us-east-1", "cluster": "prod", "service": "billing", "port": 8443, "wake": {},
                            "operators": "'ops' in identity.groups" } },
      "closed": { "ecs": { "region": "us-east-1", "cluster": "prod", "service": "closed", "port": 8443, "wake": {} } },
      "kept": { "ecs": { "region": "us-east-1", "cluster": "prod", "service": "kept", "port": 8443 } }
    },
    "jobs": {
      "export": {
        "ecs": { "region": "us-east-1", "cluster": "batch", "task_definition": "export:12", "container": "export" }
      }
    },
    "routes": [
      { "id": "billing", "host": "es.test", "path": "/billing/**", "service": "billing",
        "cors": { "origins": ["https://page.test"] },
        "allow": "'finance' in identity.groups && request.method != 'PUT'" },
      { "id": "health", "host": "es.test", "path": "/billing/health", "service": "billing", "wake": false,
        "allow": "true" },
      { "id": "closed", "host": "es.test", "path": "/closed/**", "service": "closed", "anonymous": true, "allow": "true" },
      { "id": "kept", "host": "es.test", "path": "/kept/**", "service": "kept", "allow": "true" },
      { "id": "run", "host": "es.test", "path": "/export", "job": "export", "methods": ["GET", "POST"], "allow": "true" },
      { "id": "mac", "host": "es.test", "path": "/mac", "service": "mac", "allow": "true" }
    ]
  })jsonc",
                                          host());
  for (const auto& each : loaded.problems) MESSAGE(policy::describe(each));
  REQUIRE(loaded.policy != nullptr);
  return loaded.policy;
}

std::string token_of(std::string_view group) {
  auto claims = alice();
  claims["groups"] = json::array({std::string(group)});
  return token(claims, keys().okta);
}

client_request request_of(std::string_view method, std::string_view target, std::string_view group = "finance") {
  client_request request;
  request.method = method;
  request.target = target;
  return group.empty() ? request : request.bearer(token_of(group));
}

/// Keeps the world alive that the outcome's views are into.
struct asked {
  world edge{sleeping_policy()};
  edge_outcome outcome;
  explicit asked(const client_request& request) : outcome(edge.through(request)) {}

  reason why() const {
    const auto* no = std::get_if<gate::refuse>(&outcome.what);
    return no == nullptr ? reason::ok : no->why;
  }
  const service_order& order() const {
    const auto* made = std::get_if<service_order>(&outcome.what);
    REQUIRE_MESSAGE(made != nullptr, std::string(name_of(why())));
    return *made;
  }
  json audit() const { return *encoding::parse_json(outcome.audit); }
};

bool wakes(const client_request& request) {
  const asked made(request);
  return forwarded(made.outcome).wakes;
}

client_request with(client_request request, const field_list& fields) {
  for (const auto& each : fields) request.fields.push_back(each);
  return request;
}

constexpr std::string_view state_path = "/.sallyport/services/billing?for=";

client_request state_of(std::string_view target, std::string_view group = "finance") {
  return request_of("GET", std::string(state_path) + std::string(target), group);
}

}  // namespace

TEST_CASE("what a browser sends ahead of a click does not wake a service, in whichever words it says so") {
  const auto visit = request_of("GET", "/billing/x");
  CHECK(wakes(visit));
  for (const field_list& fields : {field_list{{"Sec-Purpose", "prefetch"}},
                                   {{"sec-purpose", "prefetch;prerender"}},
                                   {{"sec-purpose", "prefetch; anonymous-client-ip"}},
                                   {{"Sec-Purpose", "other, Prefetch"}},
                                   {{"Purpose", "prefetch"}},
                                   {{"X-Purpose", "preview"}},
                                   {{"X-Moz", "prefetch"}},
                                   {{"Sec-Purpose", "other"}, {"Sec-Purpose", "prerender"}}}) {
    CAPTURE(fields[0].second);
    CHECK_FALSE(wakes(with(visit, fields)));
    CHECK_FALSE(wakes(with(request_of("HEAD", "/billing/x"), fields)));
  }
  CHECK(wakes(with(visit, {{"Sec-Purpose", "prefetched"}})));
  CHECK(wakes(with(visit, {{"Sec-Fetch-Purpose", "prefetch"}})));
}

TEST_CASE("a preflight does not wake a service; another OPTIONS does") {
  const field_list preflight{{"Origin", "https://page.test"}, {"Access-Control-Request-Method", "POST"}};
  CHECK_FALSE(wakes(with(request_of("OPTIONS", "/billing/x"), preflight)));
  CHECK(wakes(request_of("OPTIONS", "/billing/x")));
  CHECK(wakes(with(request_of("OPTIONS", "/billing/x"), {preflight[0]})));
  CHECK(wakes(with(request_of("POST", "/billing/x"), preflight)));
}

TEST_CASE("a route that says wake: false wakes nothing, whatever it is asked") {
  CHECK_FALSE(wakes(request_of("GET", "/billing/health")));
  CHECK_FALSE(wakes(request_of("HEAD", "/billing/health")));
}

TEST_CASE("a service that is never woken is reached as ever, also ahead of a click") {
  CHECK(wakes(with(request_of("GET", "/kept/x"), {{"Sec-Purpose", "prefetch"}})));
  CHECK(wakes(with(request_of("GET", "/mac"), {{"Sec-Purpose", "prefetch"}})));
}

TEST_CASE("who may GET a target is told the state of its service, and the record names what was asked for") {
  const asked made(state_of("%2Fbilling%2Fx%3Fa%3D1%26b%3D%252F"));
  CHECK(made.order().what == service_order::action::look);
  CHECK(made.order().service == "billing");
  CHECK(made.order().caller["subject"] == "alice");
  CHECK(made.order().caller["route"] == "billing");
  const json audit = made.audit();
  CHECK(audit["decision"] == "allow");
  CHECK(audit["method"] == "GET");
  CHECK(audit["path"] == "/.sallyport/services/billing");
  CHECK(audit["route"] == "billing");
  CHECK(audit["service"] == "billing");
  CHECK(audit["assertion"] == nullptr);
  CHECK(asked(request_of("HEAD", std::string(state_path) + "/billing/x")).audit()["method"] == "HEAD");
}

TEST_CASE("the page that the route names may read the state") {
  const asked made(with(state_of("/billing/x"), {{"origin", "https://page.test"}}));
  CHECK(field_of(made.order().refusal_fields, "access-control-allow-origin") == "https://page.test");
}

TEST_CASE("who may not GET the target gets exactly its refusal") {
  for (const std::string_view target : {"/billing/x", "/billing/../x", "/none", "/billing//x", "//billing/x"}) {
    for (const std::string_view group : {"sales", ""}) {
      CAPTURE(target);
      CAPTURE(group);
      const asked direct(request_of("GET", target, group));
      const asked state(state_of(target, group));
      REQUIRE(direct.why() != reason::ok);
      CHECK(state.why() == direct.why());
      const auto& expected = *std::get_if<gate::refuse>(&direct.outcome.what);
      const auto& given = *std::get_if<gate::refuse>(&state.outcome.what);
      CHECK(given.detail == expected.detail);
      CHECK(field_of(given.fields, "vary") == field_of(expected.fields, "vary"));
    }
  }
}

TEST_CASE("a target of another service, of a job, of no service that wakes, or of ours is no route") {
  for (const std::string_view target :
       {"/closed/x", "/kept/x", "/mac", "/export", "/.sallyport/status", "/.sallyport/jobs",
        "/.sallyport/services/billing%3Ffor=/billing/x", "/.well-known/jwks.json", "/none"}) {
    CAPTURE(target);
    CHECK(asked(state_of(target)).why() == reason::route_not_found);
  }
  CHECK(asked(request_of("GET", "/.sallyport/services/kept?for=/kept/x")).why() == reason::route_not_found);
  CHECK(asked(request_of("GET", "/.sallyport/services/none?for=/billing/x")).why() == reason::route_not_found);
}

TEST_CASE("a question that names no target is malformed, and other methods and paths are no route") {
  for (const std::string_view query :
       {"", "?", "?for=", "?for=billing", "?to=/billing/x", "?for=/billing/x&a=1", "?a=1&for=/billing/x",
        "?for=https%3A%2F%2Fes.test%2Fbilling%2Fx", "?for=/billing/x%23y"}) {
    CAPTURE(query);
    CHECK(asked(request_of("GET", "/.sallyport/services/billing" + std::string(query))).why() ==
          reason::framing_target_form);
  }
  const std::vector<std::pair<std::string, std::string>> others{
      {"POST", "/.sallyport/services/billing?for=/billing/x"},
      {"GET", "/.sallyport/services/billing/reset"},
      {"GET", "/.sallyport/services/billing/x?for=/billing/x"},
      {"GET", "/.sallyport/services"},
      {"GET", "/.sallyport/services/"}};
  for (const auto& each : others) {
    CAPTURE(each.first);
    CAPTURE(each.second);
    CHECK(asked(request_of(each.first, each.second)).why() == reason::route_not_found);
  }
}

TEST_CASE("the question is decided as GET, with the query of its target, and without a body") {
  CHECK(asked(state_of("/billing/x")).why() == reason::ok);
  auto request = state_of("/billing/x");
  request.fields.emplace_back("content-length", "3");
  request.body_state = gate::edge_body::state::unread;
  request.body = "abc";
  CHECK(asked(request).why() == reason::ok);
}

TEST_CASE("an anonymous caller of an anonymous route is told, too") {
  CHECK(asked(request_of("GET", "/.sallyport/services/closed?for=/closed/x", "")).order().service == "closed");
}

TEST_CASE("operators reset a service, and nobody else does") {
  const asked made(request_of("POST", "/.sallyport/services/billing/reset", "ops"));
  CHECK(made.order().what == service_order::action::reset);
  CHECK(made.order().service == "billing");
  CHECK(made.audit()["decision"] == "allow");
  const auto why = [](std::string_view service, std::string_view group) {
    return asked(request_of("POST", "/.sallyport/services/" + std::string(service) + "/reset", group)).why();
  };
  CHECK(why("billing", "finance") == reason::policy_not_allowed);
  CHECK(why("closed", "ops") == reason::policy_not_allowed);
  // Nobody is told which services there are.
  CHECK(why("kept", "ops") == reason::policy_not_allowed);
  CHECK(why("none", "ops") == reason::policy_not_allowed);
  CHECK(why("billing", "") == reason::credential_missing);
  CHECK(why("closed", "") == reason::credential_missing);
}

TEST_CASE("a page of another site resets nothing on behalf of an operator") {
  const auto reset = request_of("POST", "/.sallyport/services/billing/reset", "ops");
  CHECK(asked(with(reset, {{"origin", "https://es.test"}, {"sec-fetch-site", "same-origin"}})).why() == reason::ok);
  CHECK(asked(with(reset, {{"origin", "https://page.test"}})).why() == reason::job_cross_site);
  CHECK(asked(with(reset, {{"sec-fetch-site", "same-site"}})).why() == reason::job_cross_site);
}

TEST_CASE("the page that a route names reads also the refusal of a path that is read in two ways") {
  const asked made(with(request_of("GET", "/billing/health/"), {{"origin", "https://page.test"}}));
  REQUIRE(made.why() == reason::path_ambiguous);
  CHECK(field_of(std::get_if<gate::refuse>(&made.outcome.what)->fields, "access-control-allow-origin") ==
        "https://page.test");
}
