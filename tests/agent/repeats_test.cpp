// When a request goes to the app a second time, and how long the agent waits for what it says.
#include <doctest/doctest.h>

#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

TEST_CASE("what may be repeated is judged by the bytes of a body, not by the field that announces it") {
  struct sample {
    const char* method;
    const char* target;
    std::string body;
    std::vector<std::pair<std::string, std::string>> extra = {};
    std::size_t chunk = 0;
    bool repeated = true;
  };
  const std::string large(std::size_t{200} << 10, 'x');
  for (const sample& each : {
           sample{"GET", "/api/x", "", {{"Content-Length", "0"}}},
           sample{"HEAD", "/api/x", "", {{"Content-Length", "0"}}},
           sample{"DELETE", "/api/x", "", {{"Content-Length", "0"}}},
           sample{"PUT", "/api/x", "", {{"Content-Length", "0"}}},
           sample{"OPTIONS", "/api/x", "", {{"Content-Length", "0"}}},
           sample{"DELETE", "/stream/x", "", {{"Content-Length", "0"}}},
           // Signed, and held until it was checked: all of it is at hand.
           sample{"PUT", "/api/x", "a body"},
           sample{"PUT", "/api/x", "a body", {}, 3},
           sample{"PUT", "/api/x", large},
           sample{"DELETE", "/api/x", "a body"},
           sample{"POST", "/api/x", "", {}, 0, false},
           sample{"POST", "/api/x", "a body", {}, 0, false},
           sample{"POST", "/api/x", "a body", {}, 3, false},
           sample{"PATCH", "/api/x", "a body", {}, 0, false},
           // It streams, and came whole with its head.
           sample{"PUT", "/stream/x", "a body"},
           sample{"POST", "/stream/x", "a body", {}, 0, false},
       }) {
    CAPTURE(each.method);
    CAPTURE(each.target);
    CAPTURE(each.body.size());
    CAPTURE(each.chunk);
    stage s(answers_once, [](auto& settings) { settings.threads = 1; });
    CHECK(s.ask(signed_request{})->status == 200);
    signed_request request;
    request.method = each.method;
    request.target = each.target;
    request.body = each.body;
    request.body_signed = !std::string_view(each.target).starts_with("/stream");
    request.extra = each.extra;
    request.chunk = each.chunk;
    const auto answer = s.ask(request);
    REQUIRE(answer);
    CHECK(answer->status == (each.repeated ? 200 : 502));
    CHECK(s.metric("sallyport_upstream_retries_total") == (each.repeated ? 1 : 0));
    CHECK(s.upstream().requests == (each.repeated ? 3 : 2));
  }
}

TEST_CASE("a body that was sent on while it came is not repeated") {
  std::atomic<int> heads{0};
  stage s(
      [&](app& self, connection& from) {
        message_reader reader(from);
        auto request = reader.request_head();
        if (!request) return;
        self.note(*request);
        from.send(ok_answer("hello"));
        if (reader.request_head()) ++heads;
      },
      [](auto& settings) { settings.threads = 1; });
  CHECK(s.ask(signed_request{})->status == 200);
  signed_request put;
  put.method = "PUT";
  put.target = "/stream/x";
  put.body_signed = false;
  put.body = "a body";
  connection to = s.connect();
  to.send(put.head());
  REQUIRE(eventually([&] { return heads == 1; }));
  to.send(put.framed_body());
  const auto answer = message_reader(to).answer();
  REQUIRE(answer);
  CHECK(answer->status >= 500);
  CHECK(s.upstream().connections == 1);
}

TEST_CASE("an event stream may be silent for longer than any other body") {
  for (const char* type : {"text/event-stream", "Text/Event-Stream;charset=utf-8"}) {
    CAPTURE(type);
    std::atomic<bool> go{false};
    stage s(
        [&](app& self, connection& from) {
          message_reader reader(from);
          if (!reader.request()) return;
          const bool is_first = ++self.requests == 1;
          const std::string_view named = is_first ? type : "text/plain";
          from.send("HTTP/1.1 200 OK\r\nContent-Type: " + std::string(named) + "\r\n\r\ndata: 1\n\n");
          if (!is_first) from.drain();
          eventually([&] { return go.load(); });
          from.send("data: 2\n\n");
        },
        [](auto& settings) {
          settings.threads = 1;
          settings.timeouts.body = 60ms;
        });
    connection to = s.connect();
    to.send(signed_request{}.whole());
    CHECK(to.receive().starts_with("HTTP/1.1 200"));
    // It began later, and ends by the limit that the stream would have ended by before.
    CHECK_FALSE(s.ask(signed_request{}));
    go = true;
    CHECK(to.drain().find("data: 2") != std::string::npos);
  }
}

TEST_CASE("a refusal that will pass says when to come again") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.limits.max_buffered_bytes = 0; });
  signed_request post;
  post.method = "POST";
  post.body = "too much";
  const auto answer = s.ask(post);
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(answer->field("retry-after") == "1");
  const auto refused = s.ask("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");
  REQUIRE(refused);
  CHECK(refused->field("retry-after").empty());
}
