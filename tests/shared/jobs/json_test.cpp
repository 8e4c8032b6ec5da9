// Stored runs: read back as they were written, and as they were written before there were versions.
#include "jobs/json.hpp"

#include <doctest/doctest.h>

#include "jobs/calls.hpp"
#include "jobs/view.hpp"
#include "tests/shared/jobs/world.hpp"

using namespace sallyport;
using namespace sallyport::jobs;

namespace {

/// As the Worker stored it before there were versions.
constexpr std::string_view earlier =
    R"({"id":"AAAA","job":"export","caller":{"key":"k","issuer":"okta","subject":"alice","kind":"user","route":"r"},)"
    R"("request_id":"q","client_token":"t","input_digest":"d","environment":null,"place":{"region":"us-east-1",)"
    R"("cluster":"batch","task_definition":"export:1","container":"export","role":"role","subnets":["s"],)"
    R"("security_groups":[],"passed_roles":[],"assign_public_ip":true,"timeout_ms":1000},"state":"running","reason":"",)"
    R"("exit_code":null,"created":5,"started":7,"ended":0,"task_arn":"arn:task/1","deadline":1006,"told":true,)"
    R"("start":{"at":9,"tries":1,"sending":false,"unclear":false},"stop":{"why":"caller","caller":{"key":"k",)"
    R"("issuer":"okta","subject":"alice","kind":"user"},"at":8,"tries":2,"sent":false},"missing":1})";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("a run is read as it was written, through every part of its life") {
  auto made = next(std::nullopt, make_order("1"), 1'000, 500);
  for (const event& happened :
       std::vector<event>{restarted{}, alarm_rang{}, start_answered{{make_task(), {}, false, false}},
                          stop_wanted{{make_caller("carol"), true, 0}}, task_seen{ended_task("UserInitiated", 143)}}) {
    const std::string text = to_text(*made.state);
    const auto read = run_from(text);
    REQUIRE(read.ok());
    CHECK(to_text(*read) == text);
    made = next(*read, happened, 1'000, 500);
  }
  CHECK(is_final(made.state->state));
}

TEST_CASE("a run from before there were versions is read, and goes on") {
  const auto read = run_from(earlier);
  REQUIRE(read.ok());
  CHECK(read->changed == 7);
  CHECK(read->place.assign_public_ip);
  CHECK(read->stop->by.subject == "alice");
  CHECK(next(*read, alarm_rang{}, 8, 0).then.send == task_call::stop_task);
}

TEST_CASE("a run of another version, or what is none, is refused and never guessed") {
  const std::string text = to_text(*run_from(earlier));
  REQUIRE(run_from(text).ok());
  for (const auto& broken :
       {replaced(text, R"("version":1)", R"("version":2)"), replaced(text, R"("version":1)", R"("version":"1")"),
        replaced(text, "running", "walking"), replaced(text, R"("reason":"")", R"("reason":"?")"),
        replaced(text, R"("client_token":"t")", R"("client_token":"")"), replaced(text, R"("ended":0)", R"("ended":9)"),
        std::string("{"), std::string("[]"), std::string()}) {
    CHECK_FALSE(run_from(broken).ok());
  }
}

TEST_CASE("a pace is read as it was written; anything else is none") {
  const pace one{1, 2, 3, 4, 5};
  CHECK(to_text(pace_from(to_text(one))) == to_text(one));
  for (const auto* other : {"", "{", "[]", "7"}) CHECK(to_text(pace_from(other)) == to_text(pace()));
}

TEST_CASE("each call is in the name of the one who wants it, with the purpose of that call alone") {
  auto made = next(std::nullopt, make_order("1"), 1'000, 500);
  const auto start = run_task_call(*made.state);
  CHECK(start["who"]["caller"]["subject"] == "alice");
  CHECK(start["who"]["caller"]["email"] == "alice@acme.example");
  CHECK(start["who"]["purpose"] ==
        encoding::json{{"task_definition", "export:1"}, {"cluster", "batch"}, {"passed_roles", {"passed"}}});
  CHECK(start["parameters"]["client_token"] == "token-1");
  take_task(*made.state, make_task(), 2'000);
  const auto look = describe_tasks_call({*made.state});
  CHECK(look["who"]["caller"]["subject"] == "sallyport:export");
  CHECK(look["who"]["purpose"] == encoding::json{{"watch", "tasks"}, {"cluster", "batch"}});
  made.state->stop = stop_wish{stop_cause::caller, make_caller("carol"), 0, 0, false, false};
  const auto stop = stop_task_call(*made.state);
  CHECK(stop["who"]["caller"]["subject"] == "carol");
  CHECK(stop["who"]["purpose"] == encoding::json{{"stop", "arn:task/1"}, {"cluster", "batch"}});
  made.state->stop->why = stop_cause::timeout;
  CHECK(stop_task_call(*made.state)["who"]["caller"]["subject"] == "sallyport:export");
}
