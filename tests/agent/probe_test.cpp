// The agent's status, as the edge asks for it: from memory, for nobody else, and of no effect on the app.
#include "gate/protocol/probe.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "agent/run/task_metadata.hpp"
#include "encoding/json.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

signed_request status_request() {
  signed_request asks;
  asks.target = std::string(gate::agent_path);
  asks.probe = true;
  return asks;
}

/// Asked again where it was asked too often.
json status_of(const stage& s) {
  auto answer = s.ask(status_request());
  while (answer && answer->status == 429) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    answer = s.ask(status_request());
  }
  REQUIRE(answer);
  REQUIRE_MESSAGE(answer->status == 200, answer->body);
  CHECK(answer->field("content-type") == gate::status_content_type);
  CHECK(answer->field("sallyport-agent") == "1");
  CHECK(answer->field("cache-control") == "no-store");
  REQUIRE(gate::read_status(answer->body));
  return *encoding::parse_json(answer->body);
}

/// Until the app is known to be there, or not.
bool becomes_ready(const stage& s) {
  return eventually([&] { return status_of(s)["ready"] == true; });
}

}  // namespace

TEST_CASE("the status says that the app is there once it takes connections, and the app sees no request") {
  stage s(always(ok_answer("hello")));
  const json first = status_of(s);
  CHECK(first["id"] == "IIIIIIIIIIIIIIIIIIIIIA");
  CHECK(first["policy"][0] == test_policy_digest());
  CHECK(first["in_flight"] == 0);
  CHECK(becomes_ready(s));
  CHECK(s.upstream().requests == 0);
  CHECK(s.metric("sallyport_probes_total{reason=\"ok\",severity=\"none\"}") >= 2);
}

TEST_CASE("an app that does not listen is why an agent is not ready, and a request that finds none says it anew") {
  stage s(always(ok_answer("hello")));
  REQUIRE(becomes_ready(s));
  s.upstream().close_listener();
  REQUIRE(s.ask(signed_request{}));
  CHECK(eventually([&] {
    const json says = status_of(s);
    return says["ready"] == false && says["why"] == "app";
  }));
}

TEST_CASE("with a path, the app is ready once it gives a good response there, without an identity") {
  std::atomic<int> status{503};
  stage s(
      [&](app& self, connection& from) {
        message_reader reads(from);
        while (const auto request = reads.request()) {
          self.note(*request);
          from.send("HTTP/1.1 " + std::to_string(status.load()) + " X\r\nContent-Length: 0\r\n\r\n");
        }
      },
      [](auto& settings) { settings.upstream.ready = "GET /health?deep=1"; });
  CHECK(eventually([&] {
    (void)status_of(s);
    return !s.upstream().heads().empty();
  }));
  CHECK(status_of(s)["why"] == "app");
  const std::string head = s.upstream().heads().front();
  CHECK(head.starts_with("GET /health?deep=1 HTTP/1.1\r\n"));
  CHECK(head.find("allyport-") == std::string::npos);
  status = 302;
  CHECK(becomes_ready(s));
}

TEST_CASE("what is under way is told, and since when nothing is") {
  std::atomic<bool> go{false};
  stage s([&](app& self, connection& from) {
    message_reader reads(from);
    while (const auto request = reads.request()) {
      self.note(*request);
      while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      from.send(ok_answer("late"));
    }
  });
  connection caller = s.connect();
  caller.send(signed_request{}.whole());
  CHECK(eventually([&] { return status_of(s)["in_flight"] == 1; }));
  CHECK(status_of(s)["idle_ms"] == 0);
  // What nobody signed is no use.
  connection stranger = s.connect();
  stranger.send("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
  CHECK(status_of(s)["in_flight"] == 1);
  go = true;
  message_reader reads(caller);
  REQUIRE(reads.answer());
  CHECK(eventually([&] {
    const json says = status_of(s);
    return says["in_flight"] == 0 && says["idle_ms"] > 0;
  }));
}

TEST_CASE("nobody but the edge is told, no line is written, and nothing at that path reaches the app") {
  stage s(always(ok_answer("secret")));
  const auto unsigned_one = s.ask("GET /.sallyport/agent HTTP/1.1\r\nHost: app.test\r\n\r\n");
  REQUIRE(unsigned_one);
  CHECK(unsigned_one->status == 401);
  CHECK(unsigned_one->field("sallyport-agent") == "1");
  signed_request user;
  user.target = std::string(gate::agent_path);
  const auto of_user = s.ask(user);
  REQUIRE(of_user);
  CHECK(of_user->status == 401);
  signed_request elsewhere = status_request();
  elsewhere.target = "/api/things";
  const auto at_app = s.ask(elsewhere);
  REQUIRE(at_app);
  CHECK(at_app->status == 401);
  for (const auto* target : {"/.sallyport/", "/.sallyport/agent?x", "/.sallyport/agents"}) {
    signed_request other = status_request();
    other.target = target;
    const auto answer = s.ask(other);
    REQUIRE(answer);
    CHECK(answer->status == 404);
  }
  signed_request post = status_request();
  post.method = "POST";
  const auto posted = s.ask(post);
  REQUIRE(posted);
  CHECK(posted->status == 405);
  CHECK(posted->field("allow") == "GET");
  CHECK(s.upstream().requests == 0);
  // Of the one that asked at another path.
  CHECK(s.audit().size() == 1);
}

TEST_CASE("a captured probe is told nothing, and many are told to come later") {
  stage s(always(ok_answer("hello")));
  const std::string raw = status_request().whole();
  CHECK(s.ask(raw)->status == 200);
  CHECK(s.ask(raw)->status == 401);
  connection caller = s.connect();
  message_reader reads(caller);
  bool limited = false;
  for (int i = 0; i < 400 && !limited; ++i) {
    caller.send(status_request().whole());
    const auto answer = reads.answer();
    REQUIRE(answer);
    limited = answer->status == 429;
  }
  CHECK(limited);
}

TEST_CASE("an app cannot speak for its agent") {
  stage s(always("HTTP/1.1 200 OK\r\nSallyport-Agent: 1\r\nSallyport-Else: 1\r\nContent-Length: 2\r\n\r\nok"));
  const auto answer = s.ask(signed_request{});
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->field("sallyport-agent").empty());
  CHECK(answer->field("sallyport-else").empty());
}

TEST_CASE("another policy than the edge's is why an agent is not ready") {
  stage s(always(ok_answer("hello")));
  signed_request asks = status_request();
  asks.policy = "another";
  const auto answer = s.ask(asks);
  REQUIRE(answer);
  CHECK(encoding::parse_json(answer->body)->at("why") == "policy");
}

TEST_CASE("the task is the one that ECS's metadata name") {
  app metadata(always(ok_answer(R"({"Cluster":"c","TaskARN":"arn:aws:ecs:us-east-1:1:task/c/t"})")));
  const std::string base = "http://127.0.0.1:" + std::to_string(metadata.port()) + "/v4/x";
  const auto found = agent::run::find_task(base.c_str());
  CHECK(found.arn == "arn:aws:ecs:us-east-1:1:task/c/t");
  CHECK(metadata.heads().front().starts_with("GET /v4/x/task HTTP/1.1\r\n"));
  CHECK(agent::run::find_task(nullptr).arn.empty());
  CHECK(agent::run::find_task(nullptr).problem.empty());
  app other(always(ok_answer("{}")));
  const std::string wrong = "http://127.0.0.1:" + std::to_string(other.port());
  CHECK_FALSE(agent::run::find_task(wrong.c_str()).problem.empty());
}
