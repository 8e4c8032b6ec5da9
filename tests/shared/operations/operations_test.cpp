#include "operations/operations.hpp"

#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"

namespace sallyport::testing {
namespace {

using encoding::json;

struct world {
  std::unique_ptr<crypto::port> host = openssl::make_host();
  operations::means with{*host};

  json ask(std::string_view request) { return *encoding::parse_json(operations::operate(request, with)); }
};

TEST_CASE("what is no request for an operation is refused") {
  world here;
  CHECK(here.ask("{")["error"] == "json_syntax");
  CHECK(here.ask("{}")["detail"] == "in is missing");
  CHECK(here.ask(R"({"op": "wake", "in": []})")["detail"] == "in is missing");
  CHECK(here.ask(R"({"in": {}})")["detail"] == "no such operation");
  CHECK(here.ask(R"({"op": "wak", "in": {}})")["detail"] == "no such operation");
}

TEST_CASE("every row of the table is an operation, and responds without arguments") {
  world here;
  for (const std::string_view name : {
#define SALLYPORT_OPERATION(name) std::string_view(#name),
#include "operations/operation.def"
#undef SALLYPORT_OPERATION
       }) {
    CAPTURE(name);
    const auto said = here.ask(encoding::canonical_json({{"op", name}, {"in", json::object()}}));
    CHECK(said.is_object());
    CHECK(said.value("detail", "") != "no such operation");
  }
}

TEST_CASE("what asks for the policy says before start that there is none") {
  world here;
  CHECK(here.ask(R"({"op": "catalog", "in": {}})")["error"] == "not_ready");
  CHECK(here.ask(R"({"op": "credential_cookies", "in": {"cookies": ["a=1"]}})")["error"] == "not_ready");
  CHECK(here.ask(R"({"op": "assume_role", "in": {}})")["error"] == "signing_key_missing");
  CHECK(here.ask(R"({"op": "probe_request", "in": {"service": "a"}})")["error"] == "not_ready");
}

TEST_CASE("the state of waking is a text that goes in as it came out, beside a view") {
  world here;
  const auto step = [&](const json& state, const json& event, std::int64_t now) {
    const json in = {{"state", state}, {"event", event}, {"now", now}, {"settings", {{"min", 1}, {"port", 8443}}}};
    return operations::run("wake", in, here.with);
  };
  const json request = {{"kind", "request"}, {"caller", "alice"}};
  const auto first = step("", request, 1'000'000);
  REQUIRE(first["state"].is_string());
  CHECK(first["view"] == json{{"phase", "starting"}, {"alarm", 1'015'000}, {"probe_at", 0}, {"call_until", 1'015'000}});
  CHECK(first["effects"] == json{{"answer", "join"}, {"send", "look"}, {"desired", 0}, {"watching", false}});
  CHECK(first["before"] == "asleep");
  CHECK(first["told"]["answer"] == "starting");
  const auto second = step(first["state"], request, 1'001'000);
  CHECK(second["before"] == "starting");
  CHECK(second["effects"]["send"] == "none");
  CHECK(second["told"]["since_ms"] == 1000);
  const auto stored = *encoding::parse_json(second["state"].get<std::string>());
  CHECK(step(stored, request, 1'002'000) == step(second["state"], request, 1'002'000));
  CHECK(step("not a state", request, 1'000'000) == first);
  const json asked = {{"state", second["state"]}, {"now", 1'003'000}};
  CHECK(operations::run("wake_told", asked, here.with)["since_ms"] == 3000);
}

TEST_CASE("what comes of a probe is read as the status of an agent, and nothing else makes a task ready") {
  world here;
  const json fact = {{"arn", "t1"}, {"status", 3}, {"wanted", true}, {"address", "10.0.0.1"}, {"asked_at", 999'000}};
  const json sent = {{"number", 1}, {"task_arn", "t1"}, {"until", 1'001'000}};
  const json probing = {{"at", 1'000'250}, {"since", 999'000}, {"next_number", 1}, {"sent", json::array({sent})}};
  const json state = {{"version", 1},
                      {"phase", 1},
                      {"step", 2},
                      {"in_flight", 0},
                      {"phase_since", 990'000},
                      {"probing", probing},
                      {"facts", json::array({fact})}};
  const json status = {{"v", 1},     {"id", "I"},       {"task", "t1"},  {"ready", true},
                       {"why", ""},  {"in_flight", 0},  {"upgraded", 0}, {"idle_ms", 1},
                       {"up_ms", 1}, {"policy", {"d"}}, {"agent", "0"}};
  const json response = {{"status", 200},
                         {"content_type", "application/vnd.sallyport.agent+json"},
                         {"from_agent", true},
                         {"body", status.dump()}};
  const auto phase = [&](const json& more) {
    json event = {{"kind", "probed"}, {"number", 1}, {"id", "I"}, {"response", response}};
    event.update(more);
    const json settings = {{"min", 1}, {"port", 8443}, {"ready", "agent"}};
    const json in = {{"state", state}, {"event", event}, {"now", 1'000'100}, {"settings", settings}};
    return operations::run("wake", in, here.with)["view"]["phase"];
  };
  CHECK(phase(json::object()) == "healthy");
  CHECK(phase({{"id", "J"}}) == "starting");
  CHECK(phase({{"number", 2}}) == "starting");
  CHECK(phase({{"response", nullptr}, {"failed", "refused"}, {"broken", true}}) == "starting");
  CHECK(phase({{"response", {{"status", 200}, {"content_type", "text/html"}, {"body", status.dump()}}}}) == "starting");
}

TEST_CASE("a refusal of AWS goes into waking by the name of its kind") {
  world here;
  const json request = {{"kind", "request"}, {"caller", "alice"}};
  const auto asked = operations::run("wake", {{"event", request}, {"now", 1'000'000}}, here.with);
  const json refused = {{"kind", "refused"}, {"error", {{"kind_name", "access_denied"}, {"code", "AccessDenied"}}}};
  const auto said =
      operations::run("wake", {{"state", asked["state"]}, {"event", refused}, {"now", 1'001'000}}, here.with);
  CHECK(said["view"]["reason"] == "aws_access_denied");
  CHECK(said["told"]["answer"] == "failed");
}

}  // namespace
}  // namespace sallyport::testing
