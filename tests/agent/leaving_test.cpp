// Callers that leave while the app works, callers that only seem to, and what is owed to those that stay.
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "agent/proxy/listener.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* left = "sallyport_failures_total{reason=\"caller_left\",severity=\"client\"}";
constexpr std::string_view stream_head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

/// Sends `start` for each request and then nothing; tells when its connection ends.
struct silent_app {
  std::string start;
  std::atomic<int> ended{0};
  app::handler handler() {
    return [this](app& self, connection& from) {
      message_reader reader(from);
      const auto request = reader.request();
      if (!request) return;
      self.note(*request);
      if (!start.empty()) from.send(start);
      if (reader.unread().empty() && from.receive().empty()) ++ended;
    };
  }
};

/// Answers with `answer` when it is told to.
struct patient_app {
  std::string answer = ok_answer("late");
  std::atomic<bool> go{false};
  app::handler handler() {
    return [this](app& self, connection& from) {
      message_reader reader(from);
      while (const auto request = reader.request()) {
        self.note(*request);
        eventually([&] { return go.load(); });
        if (!from.send(answer)) return;
      }
    };
  }
};

signed_request held_post() {
  signed_request made;
  made.method = "POST";
  made.body = "transfer";
  return made;
}

signed_request streamed_put() {
  signed_request made;
  made.method = "PUT";
  made.target = "/stream/up";
  made.body_signed = false;
  made.body = "upload";
  return made;
}

std::size_t big_body_bytes() {
  return std::size_t{6} << 20;
}

/// Reads to the end of the connection and gives the body's bytes.
std::size_t body_bytes(connection& from) {
  const std::string all = from.drain();
  const std::size_t head = all.find("\r\n\r\n");
  return head == std::string::npos ? 0 : all.size() - head - 4;
}

}  // namespace

TEST_CASE("a caller that resets its connection is noticed while the app is silent") {
  for (const std::string_view start : {std::string_view(), stream_head}) {
    for (const signed_request& request : {signed_request{}, held_post(), streamed_put()}) {
      CAPTURE(start);
      CAPTURE(request.method);
      silent_app silent{std::string(start)};
      stage s(silent.handler(), [](auto& settings) { settings.limits.max_connections = 1; });
      connection to = s.connect();
      to.send(request.whole());
      REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
      if (!start.empty()) CHECK(to.receive().starts_with("HTTP/1.1 200"));
      to.reset();
      CHECK(eventually([&] { return silent.ended == 1; }));
      CHECK(eventually([&] { return s.metric("sallyport_connections") == 0; }));
      CHECK(s.metric(left) == 1);
      CHECK(s.upstream().requests == 1);
    }
  }
}

TEST_CASE("a caller whose input has ended is gone once nothing has moved for its time") {
  for (const std::string_view start : {std::string_view(), stream_head}) {
    CAPTURE(start);
    silent_app silent{std::string(start)};
    stage s(silent.handler(), [](auto& settings) { settings.timeouts.half_closed = 60ms; });
    {
      connection to = s.connect();
      to.send(signed_request{}.whole());
      REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
      if (!start.empty()) CHECK(to.receive().starts_with("HTTP/1.1 200"));
    }
    CHECK(eventually([&] { return silent.ended == 1; }));
    CHECK(eventually([&] { return s.metric("sallyport_connections") == 0; }));
    CHECK(s.metric(left) == 1);
  }
}

TEST_CASE("a caller that has only finished sending is told when its time is over") {
  silent_app silent;
  stage s(silent.handler(), [](auto& settings) { settings.timeouts.half_closed = 60ms; });
  connection to = s.connect();
  to.send(signed_request{}.whole());
  to.finish_sending();
  const auto answer = message_reader(to).answer();
  REQUIRE(answer);
  CHECK(answer->status == 408);
}

TEST_CASE("a caller that has finished sending takes all of a long response, however late it begins within its time") {
  patient_app patient;
  patient.answer = ok_answer(std::string(big_body_bytes(), 'x'));
  stage s(patient.handler(), [](auto& settings) { settings.timeouts.half_closed = std::chrono::minutes(10); });
  connection to = s.connect();
  to.send(signed_request{}.whole());
  to.finish_sending();
  REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
  patient.go = true;
  CHECK(body_bytes(to) == big_body_bytes());
}

TEST_CASE("requests that wait behind the one with the app are no sign of leaving") {
  patient_app patient;
  stage s(patient.handler(), [](auto& settings) { settings.timeouts.half_closed = 60ms; });
  connection to = s.connect();
  to.send(signed_request{}.whole() + held_post().whole() + signed_request{}.whole());
  REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
  patient.go = true;
  message_reader reader(to);
  for (int i = 0; i < 3; ++i) {
    const auto answer = reader.answer();
    REQUIRE(answer);
    CHECK(answer->body == "late");
  }
  CHECK(s.metric(left) == -1);
}

TEST_CASE("a connection that ends delivers its whole response, whatever comes in behind the request") {
  for (const std::string& behind :
       {std::string(), std::string("\r\n"), signed_request{}.whole(), std::string(100000, 'x')}) {
    for (const bool http10 : {false, true}) {
      CAPTURE(behind.size());
      CAPTURE(http10);
      patient_app patient;
      patient.answer = ok_answer(std::string(big_body_bytes(), 'x'));
      stage s(patient.handler());
      signed_request request;
      request.extra = {{"Connection", "close"}};
      std::string raw = request.whole();
      if (http10) raw.replace(raw.find("HTTP/1.1"), 8, "HTTP/1.0");
      connection to = s.connect();
      to.send(raw);
      REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
      to.send(behind);
      patient.go = true;
      CHECK(body_bytes(to) == big_body_bytes());
      CHECK(s.upstream().requests == 1);
    }
  }
}

TEST_CASE("a caller that does not close its side is left after the time to linger") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.timeouts.linger = 60ms; });
  signed_request request;
  request.extra = {{"Connection", "close"}};
  connection to = s.connect();
  to.send(request.whole());
  CHECK(body_bytes(to) == 5);
  CHECK(eventually([&] { return s.metric("sallyport_connections") == 0; }));
}

TEST_CASE("a stop serves what comes within its time, says that the connection ends, and only then refuses") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.timeouts.drain = patience() / 4; });
  connection kept = s.connect();
  kept.send(held_post().whole());
  message_reader reader(kept);
  REQUIRE(reader.answer());
  connection idle = s.connect();
  std::atomic<bool> finished{false};
  std::thread stopper([&] { finished = s.agent().stop(); });
  REQUIRE(eventually([&] { return agent::admin::readiness(s.agent().state()).why == reason::shutting_down; }));
  kept.send(held_post().whole());
  const auto answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  // The threads hear of the stop one after the other.
  CHECK(eventually([&] {
    const auto fresh = s.ask(held_post());
    return fresh && fresh->status == 200 && fresh->field("connection") == "close";
  }));
  CHECK(idle.receive().empty());
  stopper.join();
  CHECK(finished);
}

TEST_CASE("while something runs, an agent that stops sends new requests elsewhere, and looks at nothing of them") {
  patient_app patient;
  stage s(patient.handler());
  connection busy = s.connect();
  busy.send(signed_request{}.whole());
  REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
  std::atomic<bool> finished{false};
  std::thread stopper([&] { finished = s.agent().stop(); });
  const auto elsewhere = [](const auto& answer) {
    return answer && answer->status == 503 && answer->field("sallyport-agent") == "1; stopping";
  };
  std::optional<message> answer;
  CHECK(eventually([&] {
    connection to = s.connect();
    to.send("GET /api/things HTTP/1.1\r\nHost: app.test\r\n\r\n");
    answer = message_reader(to).answer();
    return elsewhere(answer);
  }));
  CHECK(answer->field("sallyport-refusal") == "unavailable");
  CHECK(answer->field("sallyport-stopping") == "1");
  CHECK(answer->field("connection") == "close");
  CHECK(answer->field("retry-after") == "1");
  CHECK(elsewhere(s.ask(held_post())));
  CHECK(elsewhere(s.ask(streamed_put())));
  signed_request probe;
  probe.target = "/.sallyport/agent";
  probe.probe = true;
  const auto status = s.ask(probe);
  REQUIRE(status);
  CHECK(status->status == 200);
  CHECK(status->body.find("\"why\":\"stopping\"") != std::string::npos);
  CHECK(s.upstream().requests == 1);
  patient.go = true;
  const auto late = message_reader(busy).answer();
  REQUIRE(late);
  CHECK(late->body == "late");
  CHECK(late->field("sallyport-agent").empty());
  stopper.join();
  CHECK(finished);
}

TEST_CASE("a listener that ignores newcomers still gives the connections that were made") {
  const auto made = agent::proxy::listen({"127.0.0.1", 0}, 1);
  REQUIRE(made.ok());
  const int listener = made->descriptors.front();
  connection before = connection::to(made->where.port());
  agent::proxy::ignore_newcomers(listener);
  const int after = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  // On loopback a handshake is over when connect returns, also when it does not wait.
  CHECK(::connect(after, made->where.data(), static_cast<socklen_t>(made->where.size())) == -1);
  CHECK(errno == EINPROGRESS);
  pollfd asked{after, POLLOUT, 0};
  CHECK(::poll(&asked, 1, 0) == 0);
  ::close(after);
  connection taken(::accept(listener, nullptr, nullptr));
  CHECK(taken.send("hello"));
  CHECK(before.receive() == "hello");
  ::close(listener);
}
