// Paths that servers read in several ways, at both ends.
#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

/// The policy of the world with these routes before `es-open`, and these members of service `es`.
policy::policy_ptr policy_with(const std::string& routes) {
  const std::string before = R"({ "id": "es-open", "host": "es.test", "path": "/open",)";
  return test_policy(before, routes + ", " + before);
}

client_request request_for(const std::string& method, const std::string& target) {
  client_request request;
  request.method = method;
  request.target = target;
  return request;
}

constexpr const char* wide =
    R"({ "id": "wide", "host": "es.test", "path": { "pattern": "/**", "allow": ["%2F"] }, "service": "es",
         "anonymous": true, "allow": "true" })";

}  // namespace

TEST_CASE("a path that may be that of another route is refused before anybody is asked for a credential") {
  struct row {
    const char* target;
    reason why;
  };
  const row rows[] = {{"/other/x", reason::ok},
                      {"/other%2fx", reason::ok},
                      {"/%6fpen", reason::ok},
                      {"/API/things", reason::path_ambiguous},
                      {"/api%2Fthings", reason::path_ambiguous},
                      {"/Open", reason::path_ambiguous},
                      {"/open.json", reason::path_ambiguous},
                      {"/open/", reason::path_ambiguous},
                      {"/api/a%2Fb", reason::path_encoded_separator},
                      {"/.sallyport/jobs/a%2Fb", reason::path_encoded_separator},
                      {"/other//x", reason::path_empty_segment},
                      {"/other;x", reason::path_parameter}};
  const auto policy = policy_with(wide);
  world edge(policy);
  for (const auto& row : rows) {
    CAPTURE(row.target);
    const auto request = request_for("GET", row.target);
    const auto made = edge.through(request);
    CHECK(name_of(reason_of(made)) == name_of(row.why));
    if (row.why == reason::path_ambiguous) {
      CHECK(made.audit.find("by its bytes route wide, as other servers read it route es-") != std::string::npos);
    }
    if (row.why != reason::ok) continue;
    agent origin(snapshot_for("es", policy));
    CHECK(name_of(origin.receive(edge.wire(request)).why) == "ok");
  }
}

TEST_CASE("the origin refuses what an edge of other rules let pass") {
  const auto policy = policy_with(wide);
  world edge(policy);
  const auto signed_message = edge.wire(request_for("GET", "/other%2Fx"));
  CHECK(name_of(agent(snapshot_for("es")).receive(signed_message).why) == name_of(reason::path_encoded_separator));
}

TEST_CASE("HEAD takes the route of GET at both ends") {
  const auto policy =
      policy_with(std::string(wide) +
                  R"(, { "id": "page", "host": "es.test", "path": "/page", "methods": ["GET"], "service": "es",
         "anonymous": true, "allow": "request.method == 'HEAD'" })");
  world edge(policy);
  agent origin(snapshot_for("es", policy));
  const auto got = origin.receive(edge.wire(request_for("HEAD", "/page")));
  REQUIRE(name_of(got.why) == "ok");
  CHECK(got.in->route == "page");
}

TEST_CASE("parameters are decoded the same at both ends") {
  const auto policy = policy_with(R"({ "id": "team", "host": "es.test", "path": "/t/:team", "service": "es",
         "anonymous": true, "allow": "request.params_decoded.team == 'Data Team'" })");
  world edge(policy);
  agent origin(snapshot_for("es", policy));
  CHECK(name_of(origin.receive(edge.wire(request_for("GET", "/t/Data%20Team"))).why) == "ok");
  CHECK(name_of(reason_of(edge.through(request_for("GET", "/t/%FF")))) == name_of(reason::policy_condition_error));
}
