#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/date.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;

TEST_CASE("a signed request reaches the app with who called and without what the edge sent to the agent") {
  stage s(always(ok_answer("hello")));
  const auto answer = s.ask(signed_request{});
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "hello");
  REQUIRE(s.upstream().heads().size() == 1);
  const message seen{s.upstream().heads().front(), "", 0};
  CHECK(seen.head.starts_with("GET /api/things?q=1 HTTP/1.1\r\n"));
  CHECK(seen.field("host") == "app.test");
  CHECK(seen.field("sallyport-subject") == "alice");
  CHECK(seen.field("sallyport-request-id") == "IIIIIIIIIIIIIIIIIIIIIA");
  CHECK(seen.field("x-forwarded-for") == "192.0.2.7");
  CHECK(seen.field("x-forwarded-proto") == "https");
  CHECK(seen.field("x-forwarded-host") == "app.test");
  CHECK(seen.field("sallyport-assertion").size() > 100);
  CHECK(seen.field("signature").empty());
  CHECK(seen.field("sallyport-context").empty());
}

TEST_CASE("the agent names itself in Via, behind those who came before") {
  stage s(always(ok_answer("hello")));
  signed_request request;
  request.extra = {{"Via", "2 edge"}};
  REQUIRE(s.ask(request));
  CHECK(s.upstream().heads().front().find("\r\nVia: 2 edge\r\n") <
        s.upstream().heads().front().find("\r\nVia: 1.1 sallyport\r\n"));
  std::string old = signed_request{}.whole();
  old.replace(old.find("HTTP/1.1"), 8, "HTTP/1.0");
  REQUIRE(s.ask(old));
  CHECK(message{s.upstream().heads().back(), "", 0}.field("via") == "1.0 sallyport");
}

TEST_CASE("an unsigned request is refused as a problem that says little, and nothing reaches the app") {
  stage s(always(ok_answer("secret")));
  const auto answer = s.ask("GET /api/things HTTP/1.1\r\nHost: app.test\r\n\r\n");
  REQUIRE(answer);
  CHECK(answer->status == 401);
  CHECK(answer->field("content-type") == "application/problem+json");
  CHECK_FALSE(answer->field("www-authenticate").empty());
  CHECK(http::parse_http_date(answer->field("date"), now_s()));
  CHECK(answer->field("sallyport-request-id").starts_with("agent-"));
  CHECK(s.upstream().connections == 0);
  const auto lines = s.audit();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["reason"] == "sallyport_field_missing");
  CHECK(lines[0]["decision"] == "deny");
  CHECK(lines[0]["id"] == answer->field("sallyport-request-id"));
}

TEST_CASE("the shared secret of a service signs requests as well") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.service = "mac"; });
  signed_request request;
  request.service = "mac";
  const auto answer = s.ask(request);
  REQUIRE(answer);
  CHECK(answer->status == 200);
}

TEST_CASE("a request is admitted once, whichever connection its copy comes on") {
  stage s(always(ok_answer("hello")));
  const std::string raw = signed_request{}.whole();
  for (int round = 0; round < 8; ++round) {
    const auto answer = s.ask(raw);
    REQUIRE(answer);
    CHECK(answer->status == (round == 0 ? 200 : 401));
  }
  CHECK(s.upstream().requests == 1);
}

TEST_CASE("copies of one request that arrive at the same time on many connections are admitted once") {
  stage s(always(ok_answer("hello")));
  const std::string raw = signed_request{}.whole();
  std::atomic<int> admitted{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i)
    callers.emplace_back([&] {
      const auto answer = s.ask(raw);
      if (answer && answer->status == 200) ++admitted;
    });
  for (auto& each : callers) each.join();
  CHECK(admitted == 1);
  CHECK(s.upstream().requests == 1);
}

TEST_CASE("each request gets one audit line, and the metrics count it by its reason") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.threads = 1; });
  s.ask(signed_request{});
  signed_request denied;
  denied.target = "/denied/x";
  s.ask(denied);
  CHECK(s.metric("sallyport_decisions_total{reason=\"ok\",severity=\"none\"}") == 1);
  CHECK(s.metric("sallyport_decisions_total{reason=\"policy_not_allowed\",severity=\"policy\"}") == 1);
  const auto lines = s.audit();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]["decision"] == "allow");
  CHECK(lines[0]["subject"] == "alice");
  CHECK(lines[0]["route"] == "es-api");
  CHECK(lines[1]["type"] == "outcome");
  CHECK(lines[1]["id"] == lines[0]["id"]);
  CHECK(lines[2]["decision"] == "deny");
  CHECK(lines[2]["reason"] == "policy_not_allowed");
}

TEST_CASE("what a caller sends under a trusted name never reaches the app") {
  stage s(always(ok_answer("hello")));
  signed_request request;
  request.extra = {{"X-Forwarded-For", "203.0.113.9"},
                   {"Forwarded", "for=203.0.113.9"},
                   {"Keep-Alive", "x"},
                   {"Connection", "keep-alive, X-Hop"},
                   {"X-Hop", "1"},
                   {"X-Plain", "2"}};
  REQUIRE(s.ask(request));
  const message seen{s.upstream().heads().front(), "", 0};
  CHECK(seen.field("x-forwarded-for") == "192.0.2.7");
  CHECK(seen.field("forwarded").empty());
  CHECK(seen.field("x-hop").empty());
  CHECK(seen.field("x-plain") == "2");
}

TEST_CASE("while nobody takes the audit lines nothing is served, and refusals use up no memory") {
  const scratch files;
  const std::string lines = files.path("lines");
  REQUIRE(::mkfifo(lines.c_str(), 0600) == 0);
  const int reader = ::open(lines.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(reader >= 0);
  {
    stage s(always(ok_answer("hello")), [&](auto& settings) { settings.audit_output = lines; });
    const std::string refused = "GET /" + std::string(2000, 'a') + " HTTP/1.1\r\nHost: app.test\r\n\r\n";
    const auto waiting = [&] { return s.metric("sallyport_audit_waiting_bytes"); };
    constexpr double bound = 16 << 20;
    connection to = s.connect();
    message_reader answers(to);
    for (int i = 0; i % 500 != 0 || (i < 20000 && waiting() < bound); ++i) {
      REQUIRE(to.send(refused));
      REQUIRE(answers.answer());
    }
    REQUIRE(waiting() >= bound);
    const double full = waiting();
    for (int i = 0; i < 100; ++i) {
      REQUIRE(to.send(refused));
      REQUIRE(answers.answer());
    }
    CHECK(waiting() <= full);
    const auto unrecorded = s.ask(signed_request{});
    REQUIRE(unrecorded);
    CHECK(unrecorded->status == 503);
    CHECK(s.upstream().requests == 0);
    CHECK(s.metric("sallyport_decisions_total{reason=\"audit_blocked\",severity=\"upstream\"}") >= 100);
  }
  ::close(reader);
}
