// Routes to jobs, the runs below /.sallyport/jobs, and services without a fixed origin: what the edge tells its host.
#include <doctest/doctest.h>

#include "gate/edge/job_order.hpp"
#include "gate/protocol/problem.hpp"
#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using gate::job_order;

namespace {

constexpr std::string_view a_run = "/.sallyport/jobs/export~AAAAAAAAAAAAAAAAAAAAAA";

policy::policy_ptr policy_with_jobs() {
  const auto loaded = policy::load_policy(R"jsonc({
    "edge": { "issuer": "https://edge.test" },
    "issuers": { "okta": { "issuer": "https://okta.test", "audiences": ["api"] } },
    "services": {
      "mac": { "origin": "https://mac.origin.test", "signature": "hmac-sha256" },
      "billing": { "ecs": { "region": "us-east-1", "cluster": "prod", "service": "billing", "port": 8443, "wake": {} } }
    },
    "jobs": {
      "export": {
        "ecs": { "region": "us-east-1", "cluster": "batch", "task_definition": "export:12", "container": "export" },
        "input": { "MONTH": { "pattern": "20[0-9]{2}-[0-9]{2}" }, "FORMAT": { "default": "csv" } },
        "inspect": "'audit' in identity.groups"
      },
      "closed": {
        "ecs": { "region": "us-east-1", "cluster": "batch", "task_definition": "closed:1", "container": "closed" }
      }
    },
    "routes": [
      { "id": "billing", "host": "es.test", "path": "/billing/**", "service": "billing", "timeout": "20s",
        "allow": "'finance' in identity.groups" },
      { "id": "run", "host": "es.test", "path": "/export", "job": "export", "allow": "'finance' in identity.groups" },
      { "id": "run-anybody", "host": "es.test", "path": "/anybody", "job": "closed", "anonymous": true, "allow": "true" },
      { "id": "run-closed", "host": "es.test", "path": "/closed", "job": "closed", "allow": "true" }
    ]
  })jsonc",
                                          host());
  REQUIRE(loaded.policy != nullptr);
  return loaded.policy;
}

std::string token_with(std::string_view subject, std::string_view group) {
  auto claims = alice();
  claims["sub"] = std::string(subject);
  claims["groups"] = json::array({std::string(group)});
  return token(claims, keys().okta);
}

client_request run_request(std::string body, const std::string& bearer = token_with("alice", "finance")) {
  client_request request;
  request.method = "POST";
  request.target = "/export";
  request.fields.emplace_back("content-type", "application/json");
  request.fields.emplace_back("content-length", std::to_string(body.size()));
  request.body_state = gate::edge_body::state::unread;
  request.body = std::move(body);
  return request.bearer(bearer);
}

client_request query(std::string_view method, std::string_view target,
                     const std::string& bearer = token_with("alice", "finance")) {
  client_request request;
  request.method = method;
  request.target = target;
  return request.bearer(bearer);
}

/// Keeps the world alive that the order's views are into.
struct ordered {
  world edge{policy_with_jobs()};
  edge_outcome outcome;
  job_order order;
};
std::unique_ptr<ordered> order_of(const client_request& request, unsigned seed = 1) {
  auto made = std::make_unique<ordered>();
  made->outcome = made->edge.through(request, start, seed);
  const auto* order = std::get_if<job_order>(&made->outcome.what);
  REQUIRE_MESSAGE(order != nullptr, name_of(reason_of(made->outcome)));
  made->order = *order;
  return made;
}

gate::refuse refusal_of(const client_request& request) {
  world edge(policy_with_jobs());
  const auto outcome = edge.through(request);
  const auto* no = std::get_if<gate::refuse>(&outcome.what);
  REQUIRE(no != nullptr);
  return *no;
}

const std::string good_input = R"({"MONTH":"2026-01"})";

}  // namespace

TEST_CASE("a permitted POST on a job's route is an order with checked input, the caller and one audit line") {
  const auto made = order_of(run_request(good_input));
  const auto& order = made->order;
  CHECK(order.what == job_order::action::run);
  CHECK(order.job == "export");
  REQUIRE(order.environment.size() == 2);
  CHECK(order.environment[0] == std::pair<std::string, std::string>("FORMAT", "csv"));
  CHECK(order.environment[1] == std::pair<std::string, std::string>("MONTH", "2026-01"));
  CHECK(order.caller["subject"] == "alice");
  CHECK(order.caller["issuer"] == "okta");
  CHECK(order.caller["route"] == "run");
  CHECK_FALSE(order.idempotent);
  CHECK(made->outcome.audit.find(R"("decision":"allow")") != std::string::npos);
}

TEST_CASE("who may not run a job does not, and learns nothing of its inputs") {
  CHECK(refusal_of(run_request("not even JSON", token_with("bob", "sales"))).why == reason::policy_not_allowed);
}

TEST_CASE("input that does not match is refused, and the caller is told which one without its value") {
  const auto no = refusal_of(run_request(R"({"MONTH":"secret-value"})"));
  CHECK(no.why == reason::job_input_invalid);
  const auto problem = gate::problem_body(no.why, no.request_id, no.detail);
  CHECK(problem.find("MONTH") != std::string::npos);
  CHECK(problem.find("secret-value") == std::string::npos);
}

TEST_CASE("input that is not declared as JSON is refused: a form of another page could send it") {
  auto request = run_request(good_input);
  request.fields[0].second = "text/plain";
  CHECK(refusal_of(request).why == reason::job_input_invalid);
}

TEST_CASE("a job is run by POST only") {
  auto request = run_request(good_input);
  request.method = "PUT";
  CHECK(refusal_of(request).why == reason::route_not_found);
}

TEST_CASE("a browser does not run or stop a job on behalf of a page of another origin, but may look") {
  using fields = std::vector<std::pair<std::string, std::string>>;
  for (const fields& foreign : {
           fields{{"sec-fetch-site", "cross-site"}},
           fields{{"sec-fetch-site", "same-site"}},
           fields{{"sec-fetch-site", ""}},
           fields{{"sec-fetch-site", "same-origin"}, {"sec-fetch-site", "cross-site"}},
           fields{{"origin", "https://evil.test"}},
           fields{{"origin", "https://evil.es.test"}, {"sec-fetch-site", "same-origin"}},
           fields{{"origin", "null"}},
           fields{{"origin", "https://es.test:8443"}},
           fields{{"origin", "http://es.test"}},
           fields{{"origin", "https://es.test.evil.test"}},
           fields{{"origin", "es.test"}},
       }) {
    CAPTURE(foreign[0].second);
    auto run = run_request(good_input), stop = query("DELETE", a_run), look = query("GET", a_run);
    for (auto* request : {&run, &stop, &look}) {
      request->fields.insert(request->fields.end(), foreign.begin(), foreign.end());
    }
    CHECK(refusal_of(run).why == reason::job_cross_site);
    CHECK(refusal_of(stop).why == reason::job_cross_site);
    CHECK(order_of(look)->order.what == job_order::action::get);
  }
  for (const fields& own : {
           fields{{"sec-fetch-site", "same-origin"}},
           fields{{"sec-fetch-site", "none"}},
           fields{{"origin", "https://es.test"}},
           fields{{"origin", "https://ES.test:443"}, {"sec-fetch-site", "same-origin"}},
       }) {
    CAPTURE(own[0].second);
    auto run = run_request(good_input), stop = query("DELETE", a_run);
    for (auto* request : {&run, &stop}) request->fields.insert(request->fields.end(), own.begin(), own.end());
    CHECK(order_of(run)->order.what == job_order::action::run);
    CHECK(order_of(stop)->order.what == job_order::action::stop);
  }
}

TEST_CASE("an empty body has a type as well, unless nothing of the request speaks of a page") {
  const auto bare = [](std::vector<std::pair<std::string, std::string>> fields) {
    client_request request;
    request.method = "POST";
    request.target = "/closed";
    request.fields = std::move(fields);
    return request.bearer(token_with("alice", "finance"));
  };
  CHECK(order_of(bare({}))->order.what == job_order::action::run);
  CHECK(order_of(bare({{"content-type", "application/json"}}))->order.what == job_order::action::run);
  CHECK(order_of(bare({{"content-type", "application/json; charset=utf-8"}, {"origin", "https://es.test"}}))
            ->order.what == job_order::action::run);
  CHECK(refusal_of(bare({{"content-type", "application/x-www-form-urlencoded"}})).why == reason::job_input_invalid);
  CHECK(refusal_of(bare({{"content-type", ""}})).why == reason::job_input_invalid);
  CHECK(refusal_of(bare({{"origin", "https://es.test"}})).why == reason::job_input_invalid);
  CHECK(refusal_of(bare({{"sec-fetch-mode", "navigate"}})).why == reason::job_input_invalid);
}

TEST_CASE("the client token is the same for the same caller and key, and for no other") {
  const auto with_key = [](std::string key, const std::string& bearer, unsigned seed) {
    auto request = run_request(good_input, bearer);
    request.fields.emplace_back("idempotency-key", std::move(key));
    const auto made = order_of(request, seed);
    CHECK(made->order.idempotent);
    CHECK(made->order.client_token.size() == 43);
    return made->order.client_token;
  };
  const auto alice_finance = token_with("alice", "finance");
  const auto first = with_key("k-1", alice_finance, 1);
  CHECK(with_key("k-1", alice_finance, 2) == first);
  CHECK(with_key("\"k-1\"", alice_finance, 3) == first);
  CHECK(with_key("k-2", alice_finance, 4) != first);
  CHECK(with_key("k-1", token_with("carol", "finance"), 5) != first);
}

TEST_CASE(
    "an anonymous caller is known by the address: another one's key is another run, another one's start another's") {
  const auto asks = [](std::string ip) {
    client_request request;
    request.method = "POST";
    request.target = "/anybody";
    request.ip = std::move(ip);
    request.fields.emplace_back("idempotency-key", "k");
    return order_of(request)->order;
  };
  const auto first = asks("192.0.2.7");
  CHECK(asks("192.0.2.7").client_token == first.client_token);
  CHECK(asks("192.0.2.8").client_token != first.client_token);
  CHECK(asks("192.0.2.8").caller["key"] != first.caller["key"]);
  CHECK(asks("2001:db8:1:2::1").client_token == asks("2001:db8:1:2:3:4:5:6").client_token);
  CHECK(asks("2001:db8:1:2::1").client_token != asks("2001:db8:1:3::1").client_token);
  CHECK(asks("2001:db8::1").client_token == asks("2001:db8::2").client_token);
  CHECK(asks("192.0.2.8").caller["budget"] == first.caller["budget"]);
  CHECK(asks("192.0.3.7").caller["budget"] != first.caller["budget"]);
  CHECK(asks("2001:db8:1:2::1").caller["budget"] == asks("2001:db8:1:3::1").caller["budget"]);
}

TEST_CASE("without a key every request is a run of its own") {
  CHECK(order_of(run_request(good_input), 1)->order.client_token !=
        order_of(run_request(good_input), 2)->order.client_token);
}

TEST_CASE("a key that no field could carry twice alike is refused") {
  for (const std::string& key : {std::string("two words"), std::string("\"\""), std::string(256, 'k')}) {
    auto request = run_request(good_input);
    request.fields.emplace_back("idempotency-key", key);
    CHECK_MESSAGE(refusal_of(request).why == reason::job_input_invalid, key);
  }
}

TEST_CASE("Prefer: wait is read in seconds, bounded, and passed over when it cannot be read") {
  const auto wait_for = [](std::string preference) {
    auto request = run_request(good_input);
    request.fields.emplace_back("prefer", std::move(preference));
    return order_of(request)->order.wait;
  };
  CHECK(wait_for("wait=10") == 10);
  CHECK(wait_for("respond-async, Wait = 20 ; x=1") == 20);
  CHECK(wait_for("wait=99999999999999999999") == 90);
  CHECK(wait_for("wait=soon") == 0);
  CHECK(wait_for("waits=5") == 0);
}

TEST_CASE("input that is too long to read is refused") {
  CHECK(refusal_of(run_request(std::string(gate::max_job_body() + 1, 'x'))).why == reason::job_input_invalid);
}

TEST_CASE("a run is looked at by GET and stopped by DELETE, by callers who are known") {
  const auto look = order_of(query("GET", a_run));
  CHECK(look->order.what == job_order::action::get);
  CHECK(look->order.job == "export");
  CHECK(look->order.id == "export~AAAAAAAAAAAAAAAAAAAAAA");
  CHECK_FALSE(look->order.may_inspect);
  CHECK(order_of(query("HEAD", a_run))->order.what == job_order::action::get);
  CHECK(order_of(query("DELETE", a_run))->order.what == job_order::action::stop);
  CHECK(order_of(query("GET", "/.sallyport/jobs"))->order.what == job_order::action::list);
  client_request nobody;
  nobody.target = a_run;
  CHECK(refusal_of(nobody).why == reason::credential_missing);
}

TEST_CASE("inspect decides who may see everybody's runs, and without it nobody does") {
  CHECK(order_of(query("GET", a_run, token_with("eve", "audit")))->order.may_inspect);
  CHECK_FALSE(order_of(query("GET", "/.sallyport/jobs/closed~AAAAAAAAAAAAAAAAAAAAAA", token_with("eve", "audit")))
                  ->order.may_inspect);
}

TEST_CASE("what is not the id of a run is not found") {
  for (const std::string_view path :
       {"/.sallyport/jobs/export", "/.sallyport/jobs/export~short", "/.sallyport/jobs/other~AAAAAAAAAAAAAAAAAAAAAA",
        "/.sallyport/jobs/", "/.sallyport/jobs/export~AAAAAAAAAAAAAAAAAAAAAA/more",
        "/.sallyport/jobs/export~AAAAAAAAAAAAAAAAAAAAA!"}) {
    CHECK_MESSAGE(refusal_of(query("GET", path)).why == reason::job_not_found, path);
  }
  CHECK(refusal_of(query("POST", a_run)).why == reason::route_not_found);
  CHECK(refusal_of(query("DELETE", "/.sallyport/jobs")).why == reason::route_not_found);
  CHECK(refusal_of(query("GET", "/.sallyport/jobsmore")).why == reason::route_not_found);
}

TEST_CASE("a service without origin is forwarded without one, with its caller and its timeout") {
  world edge(policy_with_jobs());
  const auto outcome = edge.through(query("GET", "/billing/x?y=1"));
  const auto* out = std::get_if<gate::forward>(&outcome.what);
  REQUIRE(out != nullptr);
  CHECK(out->origin.empty());
  CHECK(out->target == "/billing/x?y=1");
  CHECK(out->timeout == 20);
  const auto caller = encoding::parse_json(out->caller);
  REQUIRE(caller.ok());
  CHECK((*caller)["subject"] == "alice");
  CHECK((*caller)["key"].get<std::string>().size() == 43);
}

TEST_CASE("a service at a fixed origin that needs nothing of AWS is told no caller") {
  world edge;
  const auto outcome = edge.through(client_request().bearer(alice_token()));
  const auto* out = std::get_if<gate::forward>(&outcome.what);
  REQUIRE(out != nullptr);
  CHECK(out->caller.empty());
  CHECK(out->timeout == 60);
}

TEST_CASE("callers are told apart by who they are, anonymous ones by their network, and never by their token") {
  const auto tag_of = [](const client_request& request) {
    world edge(test_policy());
    const auto outcome = edge.through(request);
    const auto* made = std::get_if<gate::forward>(&outcome.what);
    REQUIRE(made != nullptr);
    CHECK(made->caller_tag.size() == 16);
    return made->caller_tag;
  };
  const auto known = [&](json claims, std::string ip = "192.0.2.7") {
    client_request request;
    request.ip = std::move(ip);
    return tag_of(request.bearer(token(claims, keys().okta)));
  };
  const auto anonymous = [&](std::string ip) {
    client_request request;
    request.target = "/open";
    request.ip = std::move(ip);
    return tag_of(request);
  };
  auto carol = alice(), again = alice();
  carol["sub"] = "carol";
  again["jti"] = "another token";
  CHECK(known(again, "192.0.2.9") == known(alice()));
  CHECK(known(carol) != known(alice()));
  CHECK(anonymous("192.0.2.7") != anonymous("192.0.2.8"));
  CHECK(anonymous("2001:db8:1:2::7") == anonymous("2001:db8:1:2:8::"));
  CHECK(anonymous("") != known(alice()));
}

TEST_CASE("refusals of a route carry what its cors says, for the page that asks") {
  const auto policy = test_policy(R"("path": "/api/**", "service": "es",)",
                                  R"("path": "/api/**", "service": "es", "cors": { "origins": ["https://a.test"] },)");
  const auto fields_of = [&](std::string_view origin, std::string target = "/api/things") {
    world edge(policy);
    client_request request;
    request.target = std::move(target);
    if (!origin.empty()) request.fields.emplace_back("Origin", origin);
    const auto outcome = edge.through(request);
    const auto* no = std::get_if<gate::refuse>(&outcome.what);
    REQUIRE(no != nullptr);
    std::string all;
    for (const auto& each : no->fields) all.append(each.name).append("=").append(each.value).append(" ");
    return all;
  };
  CHECK(fields_of("https://a.test") ==
        "Vary=Origin Access-Control-Allow-Origin=https://a.test "
        "Access-Control-Expose-Headers=Retry-After, WWW-Authenticate, Sallyport-Request-Id ");
  CHECK(fields_of("https://b.test") == "Vary=Origin ");
  CHECK(fields_of("") == "Vary=Origin ");
  CHECK(fields_of("https://a.test", "/other") == "");
}
