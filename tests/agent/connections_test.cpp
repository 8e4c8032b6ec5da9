#include <doctest/doctest.h>

#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

TEST_CASE("connections are kept on both sides") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.threads = 1; });
  connection to = s.connect();
  message_reader reader(to);
  for (int i = 0; i < 50; ++i) {
    to.send(signed_request{}.whole());
    const auto answer = reader.answer();
    REQUIRE(answer);
    CHECK(answer->body == "hello");
  }
  CHECK(s.upstream().connections == 1);
  CHECK(s.metric("sallyport_connections_total") == 1);
  CHECK(s.metric("sallyport_upstream_reuses_total") == 49);
}

TEST_CASE("pipelined requests are answered in their order, one after the other") {
  stage s([](app& self, connection& from) {
    message_reader reader(from);
    while (const auto request = reader.request()) {
      self.note(*request);
      from.send(ok_answer(request->head.substr(0, request->head.find(" HTTP"))));
    }
  });
  std::string all;
  for (int i = 0; i < 20; ++i) {
    signed_request request;
    request.target = "/api/" + std::to_string(i);
    all += request.whole();
  }
  connection to = s.connect();
  to.send(all);
  message_reader reader(to);
  for (int i = 0; i < 20; ++i) {
    const auto answer = reader.answer();
    REQUIRE(answer);
    CHECK(answer->body == "GET /api/" + std::to_string(i));
  }
  CHECK(s.upstream().requests == 20);
}

TEST_CASE("a head that comes byte by byte is the same head") {
  stage s(always(ok_answer("hello")));
  connection to = s.connect();
  for (const char each : signed_request{}.whole()) REQUIRE(to.send({&each, 1}));
  const auto answer = message_reader(to).answer();
  REQUIRE(answer);
  CHECK(answer->status == 200);
}

TEST_CASE("a caller that has finished sending still gets its answer") {
  stage s(always(ok_answer("hello")));
  connection to = s.connect();
  to.send(signed_request{}.whole());
  to.finish_sending();
  message_reader reader(to);
  const auto answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->body == "hello");
  CHECK_FALSE(reader.answer());
}

TEST_CASE("Connection: close is honoured") {
  stage s(always(ok_answer("hello")));
  signed_request request;
  request.extra = {{"Connection", "close"}};
  connection to = s.connect();
  to.send(request.whole());
  message_reader reader(to);
  const auto answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->field("connection") == "close");
  CHECK_FALSE(reader.answer());
}

TEST_CASE("an HTTP/1.0 caller gets an answer without chunks, and the end of the connection for its end") {
  stage s(always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
  std::string raw = signed_request{}.whole();
  raw.replace(raw.find("HTTP/1.1"), 8, "HTTP/1.0");
  connection to = s.connect();
  to.send(raw);
  const std::string all = to.drain();
  CHECK(all.find("Transfer-Encoding") == std::string::npos);
  CHECK(all.ends_with("\r\n\r\nhello"));
}

TEST_CASE("a caller that goes away in the middle of a request harms nobody") {
  stage s(always(ok_answer("hello")));
  for (std::size_t cut : {1, 20, 200, 400}) {
    connection to = s.connect();
    to.send(signed_request{}.whole().substr(0, cut));
    to.reset();
  }
  CHECK(eventually([&] { return s.metric("sallyport_connections") == 0; }));
  const auto answer = s.ask(signed_request{});
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(s.upstream().requests == 1);
}

TEST_CASE("a head that does not come to its end in time is answered with 408") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.timeouts.head = short_limit(); });
  connection to = s.connect();
  to.send("GET /api/x HTTP/1.1\r\nHost");
  message_reader reader(to);
  const auto answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->status == 408);
  CHECK_FALSE(reader.answer());
  CHECK(s.upstream().connections == 0);
}

TEST_CASE("trickled bytes do not extend the limit of a head") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.timeouts.head = short_limit(); });
  connection to = s.connect();
  std::atomic<bool> done{false};
  std::thread trickle([&] {
    to.send("GET /api/x HTTP/1.1\r\nX-A: ");
    // Far slower than the limit, and faster than any limit on a single read.
    while (!done && to.send("a")) std::this_thread::sleep_for(10ms);
  });
  const auto answer = message_reader(to).answer();
  done = true;
  trickle.join();
  REQUIRE(answer);
  CHECK(answer->status == 408);
}

TEST_CASE("a head that has begun behind the request before has its whole time from then on") {
  std::atomic<bool> go{false};
  stage s(
      [&](app& self, connection& from) {
        message_reader reader(from);
        while (const auto request = reader.request()) {
          self.note(*request);
          eventually([&] { return go.load(); });
          from.send(ok_answer("hello"));
        }
      },
      [](auto& settings) { settings.timeouts.head = short_limit(); });
  const std::string second = signed_request{}.whole();
  connection to = s.connect();
  to.send(signed_request{}.whole() + second.substr(0, 100));
  REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
  std::this_thread::sleep_for(short_limit() * 2);
  to.send(second.substr(100));
  go = true;
  message_reader reader(to);
  for (int i = 0; i < 2; ++i) {
    const auto answer = reader.answer();
    REQUIRE(answer);
    CHECK(answer->status == 200);
  }
}

TEST_CASE("a kept connection without a request is closed quietly") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.timeouts.idle = 60ms; });
  connection to = s.connect();
  to.send(signed_request{}.whole());
  message_reader reader(to);
  REQUIRE(reader.answer());
  CHECK(to.receive().empty());
  CHECK(reader.unread().empty());
}

TEST_CASE("connections over the limit are told so") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.limits.max_connections = 2; });
  connection first = s.connect();
  connection second = s.connect();
  REQUIRE(eventually([&] { return s.metric("sallyport_connections") == 2; }));
  connection third = s.connect();
  message_reader reader(third);
  const auto answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK_FALSE(reader.answer());
  first.reset();
  REQUIRE(eventually([&] { return s.metric("sallyport_connections") == 1; }));
  const auto served = s.ask(signed_request{});
  REQUIRE(served);
  CHECK(served->status == 200);
}

TEST_CASE("stopping lets what runs finish, takes nothing new, and ends idle connections") {
  std::atomic<bool> go{false};
  std::atomic<bool> waiting{false};
  stage s([&](app& self, connection& from) {
    message_reader reader(from);
    while (const auto request = reader.request()) {
      self.note(*request);
      waiting = true;
      eventually([&] { return go.load(); });
      from.send(ok_answer("late"));
    }
  });
  connection idle = s.connect();
  connection busy = s.connect();
  busy.send(signed_request{}.whole());
  REQUIRE(eventually([&] { return waiting.load(); }));
  std::atomic<bool> finished{false};
  std::atomic<bool> stopped{false};
  std::thread stopper([&] {
    finished = s.agent().stop();
    stopped = true;
  });
  CHECK(idle.receive().empty());
  CHECK(agent::admin::readiness(s.agent().state()).why == reason::shutting_down);
  CHECK_FALSE(stopped);
  go = true;
  const auto answer = message_reader(busy).answer();
  stopper.join();
  REQUIRE(answer);
  CHECK(answer->body == "late");
  CHECK(answer->field("connection") == "close");
  CHECK(finished);
}

TEST_CASE("a caller that was refused and keeps its connection does not hold up the stop") {
  stage s(always(ok_answer("hello")), [](auto& settings) {
    settings.timeouts.linger = 60s;
    settings.timeouts.stop = 5s;
  });
  connection refused = s.connect();
  refused.send("POST /api/things HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n\r\n");
  const auto answer = message_reader(refused).answer();
  REQUIRE(answer);
  CHECK(answer->status == 401);
  CHECK(s.agent().stop());
}

TEST_CASE("what does not finish within the stop time is cut off") {
  stage s(
      [](app& self, connection& from) {
        message_reader reader(from);
        while (const auto request = reader.request()) self.note(*request);
      },
      [](auto& settings) { settings.timeouts.stop = 50ms; });
  connection busy = s.connect();
  busy.send(signed_request{}.whole());
  REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
  CHECK_FALSE(s.agent().stop());
  busy.drain();
}

TEST_CASE("what was cut off by the stop is not sent to the app again") {
  stage s(
      [](app& self, connection& from) {
        message_reader reader(from);
        while (const auto request = reader.request()) {
          self.note(*request);
          if (self.requests == 1) from.send(ok_answer("hello"));
        }
      },
      [](auto& settings) {
        settings.threads = 1;
        settings.timeouts.stop = 50ms;
      });
  CHECK(s.ask(signed_request{})->status == 200);
  connection busy = s.connect();
  busy.send(signed_request{}.whole());
  REQUIRE(eventually([&] { return s.upstream().requests == 2; }));
  CHECK_FALSE(s.agent().stop());
  CHECK(s.upstream().requests == 2);
  CHECK(s.upstream().connections == 1);
}

TEST_CASE("a HEAD request that is refused gets no content, also when its head was not understood") {
  stage s(always(ok_answer("hello")));
  connection to = s.connect();
  to.send("HEAD / HTTP/1.1\r\n\r\n");
  const std::string all = to.drain();
  CHECK(all.starts_with("HTTP/1.1 400 "));
  CHECK(all.find("\r\n\r\n") == all.size() - 4);
}
