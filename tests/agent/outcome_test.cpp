// What the agent records of a request that was allowed: one decision before the app sees a byte, and one outcome that says
// how it ended.
#include <doctest/doctest.h>

#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

namespace {

signed_request streamed(std::string body) {
  signed_request made;
  made.method = "POST";
  made.target = "/stream/up";
  made.body_signed = false;
  made.body = std::move(body);
  return made;
}

/// The outcome of the only request of `s`; checks that it is the only one, behind the only decision.
json only_outcome(stage& s) {
  const auto lines = s.audit();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["type"] == "decision");
  CHECK(lines[0]["decision"] == "allow");
  CHECK(lines[1]["type"] == "outcome");
  CHECK(lines[1]["end"] == "origin");
  CHECK(lines[1]["id"] == lines[0]["id"]);
  CHECK(lines[1]["service"] == "es");
  CHECK(lines[1].contains("ms"));
  return lines[1];
}

app::handler sends(std::string text) {
  return [text = std::move(text)](app&, connection& from) {
    message_reader reader(from);
    if (reader.request_head()) from.send(text);
  };
}

}  // namespace

TEST_CASE("the outcome of a response that went out whole says how much of it there was") {
  stage s(always(ok_answer("hello")));
  CHECK(s.ask(streamed("upload"))->status == 200);
  const json said = only_outcome(s);
  CHECK(said["reason"] == "ok");
  CHECK(said["how"] == "complete");
  CHECK(said["status"] == 200);
  CHECK(said["in"] == 6);
  CHECK(said["out"] == 5);
  CHECK(said["attempts"] == 1);
  CHECK(said["reused"] == false);
  CHECK(said.contains("first_ms"));
}

TEST_CASE("every way in which a response of the app fails is the reason of one outcome") {
  struct sample {
    const char* why;
    app::handler serve;
    int status = 0;
    const char* how = nullptr;
  };
  const auto short_answer = [](agent::config::settings& settings) {
    settings.upstream.first_byte = short_limit();
    settings.timeouts.body = short_limit();
  };
  for (const sample& each : {
           sample{"upstream_timeout", [](app&, connection& from) { from.drain(); }},
           {"upstream_closed", [](app&, connection& from) { message_reader(from).request(); }},
           {"upstream_invalid_response", sends("no HTTP at all\r\n\r\n")},
           {"upstream_closed", sends("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), 200, "cut_by_app"},
           // Found before anything of the response went out, so the caller is told.
           {"upstream_invalid_response", sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n.\r\nzz"),
            200},
           {"upstream_timeout",
            [](app&, connection& from) {
              message_reader(from).request();
              from.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello");
              from.drain();
            },
            200, "cut_by_app"},
       }) {
    CAPTURE(each.why);
    CAPTURE(each.status);
    stage s(each.serve, short_answer);
    s.ask(signed_request{});
    const json said = only_outcome(s);
    CHECK(said["reason"] == each.why);
    CHECK(said.value("status", 0) == each.status);
    CHECK(said.value("how", "") == (each.how == nullptr ? "" : each.how));
  }
}

TEST_CASE("an app that is not there has an outcome without an attempt, which says at which address") {
  stage s(always(ok_answer("hello")));
  const std::string address = "127.0.0.1:" + std::to_string(s.upstream().port());
  s.upstream().close_listener();
  CHECK(s.ask(signed_request{})->status == 502);
  const json said = only_outcome(s);
  CHECK(said["reason"] == "upstream_connect_failed");
  CHECK(said["detail"] == address + ": Connection refused");
  CHECK(said["attempts"] == 0);
  CHECK_FALSE(said.contains("status"));
}

TEST_CASE("what a caller does wrong after it was allowed is the reason of one outcome") {
  SUBCASE("a body that breaks") {
    stage s(always(ok_answer("hello")));
    signed_request request = streamed("hello");
    request.chunk = 5;
    connection to = s.connect();
    to.send(request.head() + "zz\r\n");
    to.drain();
    CHECK(only_outcome(s)["reason"] == "framing_chunk_invalid");
  }
  SUBCASE("a body that ends early") {
    stage s(always(ok_answer("hello")));
    connection to = s.connect();
    to.send(streamed("hello").head() + "hel");
    to.finish_sending();
    to.drain();
    CHECK(only_outcome(s)["reason"] == "framing_body_incomplete");
  }
  SUBCASE("a body that stalls") {
    stage s(always(ok_answer("hello")), [](auto& settings) { settings.timeouts.body = short_limit(); });
    connection to = s.connect();
    to.send(streamed("hello").head() + "hel");
    to.drain();
    CHECK(only_outcome(s)["reason"] == "request_timeout");
  }
  SUBCASE("a caller that leaves") {
    std::atomic<bool> asked{false};
    stage s([&](app&, connection& from) {
      message_reader(from).request();
      asked = true;
      from.drain();
    });
    connection to = s.connect();
    to.send(signed_request{}.whole());
    REQUIRE(eventually([&] { return asked.load(); }));
    to.reset();
    REQUIRE(eventually(
        [&] { return s.metric("sallyport_failures_total{reason=\"caller_left\",severity=\"client\"}") == 1; }));
    CHECK(only_outcome(s)["reason"] == "caller_left");
  }
}

TEST_CASE("what is cut off when the time to stop is over was cut off by the agent") {
  for (const std::string begun : {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"}) {
    CAPTURE(begun);
    stage s(
        [&](app& self, connection& from) {
          message_reader reader(from);
          while (const auto request = reader.request()) {
            self.note(*request);
            if (!begun.empty()) from.send(begun);
          }
        },
        [](auto& settings) { settings.timeouts.stop = 50ms; });
    connection busy = s.connect();
    busy.send(signed_request{}.whole());
    REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
    if (!begun.empty()) REQUIRE_FALSE(busy.receive().empty());
    CHECK_FALSE(s.agent().stop());
    const json said = only_outcome(s);
    CHECK(said["reason"] == "shutting_down");
    CHECK(said.value("how", "") == (begun.empty() ? "" : "cut_by_us"));
    CHECK(said.value("status", 0) == (begun.empty() ? 0 : 200));
  }
}

TEST_CASE("a second try is an attempt of the same request") {
  stage s(answers_once, [](auto& settings) { settings.threads = 1; });
  CHECK(s.ask(signed_request{})->status == 200);
  CHECK(s.ask(signed_request{})->status == 200);
  const auto lines = s.audit();
  REQUIRE(lines.size() == 4);
  CHECK(lines[3]["type"] == "outcome");
  CHECK(lines[3]["attempts"] == 2);
  CHECK(lines[3]["reused"] == false);
}
