// Apps that do not read all of a request, callers that read slowly, and limits that count what moves: whose bytes a
// connection carries next is certain, or it carries none.
#include <doctest/doctest.h>

#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view smuggled = "GET /smuggled HTTP/1.1\r\nHost: app.test\r\n\r\n";
constexpr std::string_view event_stream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

/// Fields of 7 KiB each: more of a head than a narrow app has room for.
std::vector<std::pair<std::string, std::string>> padding(int fields) {
  std::vector<std::pair<std::string, std::string>> made;
  for (int i = 0; i < fields; ++i)
    made.emplace_back("X-Pad-" + std::to_string(i), std::string(std::size_t{7} << 10, 'x'));
  return made;
}

signed_request streamed_post(std::size_t body_bytes) {
  signed_request made;
  made.method = "POST";
  made.target = "/stream/up";
  made.body_signed = false;
  made.body = std::string(body_bytes, 'u');
  return made;
}

void one_thread(agent::config::settings& settings) {
  settings.threads = 1;
  settings.upstream.rest = 0ms;
}

/// Long enough for a busy machine to move a byte in it; longer where all is slow.
std::chrono::milliseconds moving_limit() {
  return 3 * short_limit();
}

void for_a_while(std::chrono::milliseconds time, const std::function<void()>& act) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) act();
}

}  // namespace

TEST_CASE("a body that nobody read is not the caller's next request") {
  for (const int fields : {0, 7}) {
    CAPTURE(fields);
    stage s(
        [](app&, connection& from) {
          from.receive();
          from.send("HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 2\r\n\r\nno");
          from.abort();
        },
        one_thread, app::window::narrow);
    signed_request request = streamed_post(5 + smuggled.size());
    request.extra = padding(fields);
    connection to = s.connect();
    to.send(request.head() + "first");
    message_reader reader(to);
    const auto refused = reader.answer("POST");
    REQUIRE(refused);
    CHECK(refused->status >= 400);
    CHECK(refused->field("connection") == "close");
    to.send(smuggled);
    CHECK_FALSE(reader.answer());
  }
}

TEST_CASE("a connection to the app that holds a part of a request goes to nobody else") {
  struct sample {
    const char* method;
    int fields;
    std::size_t body_bytes;
  };
  for (const sample& each :
       {sample{"GET", 7, 0}, {"POST", 3, std::size_t{60} << 10}, {"POST", 0, std::size_t{200} << 10}}) {
    CAPTURE(each.method);
    CAPTURE(each.fields);
    stage s(
        [](app& self, connection& from) {
          message_reader reader(from);
          if (self.connections == 1) {
            from.receive();
            from.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
            eventually([&] { return self.connections > 1; });
            return;
          }
          while (const auto request = reader.request()) {
            self.note(*request);
            from.send(ok_answer("yours"));
          }
        },
        [](auto& settings) {
          one_thread(settings);
          settings.timeouts.body = short_limit();
        },
        app::window::narrow);
    signed_request first;
    first.method = each.method;
    first.extra = padding(each.fields);
    first.body = std::string(each.body_bytes, 'm');
    const auto refused = s.ask(first);
    REQUIRE(refused);
    CHECK(refused->status == 403);
    for (int i = 0; i < 2; ++i) {
      signed_request second;
      second.subject = "bob";
      const auto answer = s.ask(second);
      REQUIRE(answer);
      CHECK(answer->body == "yours");
    }
    CHECK(s.upstream().connections == 2);
  }
}

TEST_CASE("a caller that takes an answer slowly, and an app that takes a body slowly, get all of it") {
  const std::string large(std::size_t{12} << 20, 'x');
  const auto limits = [](auto& settings) { settings.timeouts.body = moving_limit(); };
  SUBCASE("an answer") {
    stage s(always(ok_answer(large)), limits);
    connection to = s.connect();
    to.send(signed_request{}.whole());
    std::size_t got = 0;
    for_a_while(moving_limit() * 3, [&] {
      got += to.receive(std::size_t{8} << 10).size();
      std::this_thread::sleep_for(20ms);
    });
    CHECK(got + to.drain().size() > large.size());
  }
  SUBCASE("a body") {
    std::atomic<std::size_t> got{0};
    stage s(
        [&](app&, connection& from) {
          for_a_while(moving_limit() * 3, [&] {
            got += from.receive(std::size_t{8} << 10).size();
            std::this_thread::sleep_for(20ms);
          });
          while (got < large.size()) {
            const std::string more = from.receive();
            if (more.empty()) return;
            got += more.size();
          }
          from.send(ok_answer("all"));
        },
        limits);
    const auto answer = s.ask(streamed_post(large.size()));
    REQUIRE(answer);
    CHECK(answer->body == "all");
  }
}

TEST_CASE("the end of an upload puts no limit on an answer that has begun") {
  stage s(
      [](app&, connection& from) {
        message_reader reader(from);
        if (!reader.request_head()) return;
        from.send(event_stream);
        from.send("data: 1\n\n");
        std::size_t got = reader.unread().size();
        while (got < 5) got += from.receive().size();
        std::this_thread::sleep_for(short_limit() * 4);
        from.send("data: 2\n\n");
      },
      [](auto& settings) { settings.upstream.first_byte = short_limit(); });
  const signed_request request = streamed_post(5);
  connection to = s.connect();
  to.send(request.head());
  message_reader reader(to);
  std::thread rest([&] { to.send("hello"); });
  const auto answer = reader.answer("POST");
  rest.join();
  REQUIRE(answer);
  CHECK(answer->body == "data: 1\n\ndata: 2\n\n");
}

TEST_CASE("a body may rest for as long as the other one moves") {
  const auto limits = [](auto& settings) { settings.timeouts.body = moving_limit(); };
  SUBCASE("the answer rests") {
    stage s(
        [](app&, connection& from) {
          message_reader reader(from);
          if (!reader.request_head()) return;
          from.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n12");
          std::size_t got = reader.unread().size();
          for (std::string more = "-"; got < 4000 && !more.empty(); got += more.size()) more = from.receive();
          from.send("34");
        },
        limits);
    const signed_request request = streamed_post(4000);
    connection to = s.connect();
    to.send(request.head());
    std::size_t sent = 0;
    for_a_while(moving_limit() * 2, [&] {
      to.send("u");
      ++sent;
      std::this_thread::sleep_for(20ms);
    });
    to.send(std::string(4000 - sent, 'u'));
    const auto answer = message_reader(to).answer("POST");
    REQUIRE(answer);
    CHECK(answer->body == "1234");
  }
  SUBCASE("the body of the request rests") {
    stage s(
        [](app&, connection& from) {
          message_reader reader(from);
          if (!reader.request_head()) return;
          from.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          for_a_while(moving_limit() * 2, [&] {
            from.send("1\r\n.\r\n");
            std::this_thread::sleep_for(20ms);
          });
          from.send("4\r\nlast\r\n");
          std::size_t got = reader.unread().size();
          for (std::string more = "-"; got < 5 && !more.empty(); got += more.size()) more = from.receive();
          from.send("0\r\n\r\n");
        },
        limits);
    const signed_request request = streamed_post(5);
    connection to = s.connect();
    to.send(request.head());
    std::string seen;
    for (std::string more = to.receive(); !more.empty(); more = to.receive()) {
      seen += more;
      if (seen.find("last") != std::string::npos) break;
    }
    CHECK(seen.find("last") != std::string::npos);
    to.send("hello");
    CHECK(to.drain().ends_with("0\r\n\r\n"));
  }
}

TEST_CASE("a caller that leaves in the middle of a body is noticed while the app takes none of it") {
  std::atomic<bool> over{false};
  stage s([&](app&, connection&) { eventually([&] { return over.load(); }); }, {}, app::window::narrow);
  connection to = s.connect();
  const signed_request request = streamed_post(std::size_t{1} << 20);
  to.send(request.head());
  to.send_until_stalled(request.body, std::size_t{120} << 10);
  to.finish_sending();
  const auto failed = [&](std::string_view why) {
    return s.metric("sallyport_failures_total{reason=\"" + std::string(why) + "\",severity=\"client\"}") == 1;
  };
  // Where the system had room for what was sent, the agent reads the end itself.
  CHECK(eventually([&] { return failed("caller_left") || failed("framing_body_incomplete"); }));
  over = true;
}

TEST_CASE("a 408 with something behind it, or behind a response, is no farewell") {
  const std::string late = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n";
  for (const std::string& more : {late, late + ok_answer("smuggled")}) {
    std::atomic<int> round{0};
    stage s(
        [&](app& self, connection& from) {
          message_reader reader(from);
          while (const auto request = reader.request()) {
            self.note(*request);
            from.send(round++ == 0 ? ok_answer("yours") + more : ok_answer("yours"));
          }
        },
        one_thread);
    for (int i = 0; i < 3; ++i) CHECK(s.ask(signed_request{})->body == "yours");
    CHECK(s.metric("sallyport_upstream_unasked_total") == 1);
    CHECK(s.upstream().connections == 3);
  }
}
