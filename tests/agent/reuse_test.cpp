// Which bytes of a connection to the app can become whose response. The apps here decide the order of all bytes, so
// that nothing depends on how fast anything runs.
#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

#include "agent/proxy/upstream.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

namespace {

using agent::config::reuse;

signed_request request_of(std::string subject, std::string method = "GET") {
  signed_request made;
  made.subject = std::move(subject);
  made.method = std::move(method);
  return made;
}

signed_request anonymous_request() {
  signed_request made;
  made.anonymous = true;
  made.target = "/open/page";
  return made;
}

std::string body_of(const stage& s, const signed_request& request) {
  const auto answer = s.ask(request);
  return answer ? answer->body : "(none)";
}

std::function<void(agent::config::settings&)> one_thread(reuse how, std::chrono::milliseconds rest) {
  return [how, rest](auto& settings) {
    settings.threads = 1;
    settings.upstream.reuse = how;
    settings.upstream.rest = rest;
  };
}

/// Sends `first` at once, and what the app owes behind it only when the next request has come on the same connection:
/// the latest moment at which it is still not that request's response.
app::handler owes(std::string first, std::string owed) {
  return [first = std::move(first), owed = std::move(owed)](app& self, connection& from) {
    message_reader reader(from);
    std::string late;
    while (const auto request = reader.request()) {
      self.note(*request);
      const bool evil = self.requests == 1;
      if (!from.send(late + (evil ? first : ok_answer("yours")))) return;
      late = evil ? owed : "";
    }
  };
}

/// Says `second` behind its first response, when it is told to.
struct speaks_twice {
  std::string second;
  std::atomic<bool> go{false};
  app::handler handler() {
    return [this](app& self, connection& from) {
      message_reader reader(from);
      while (const auto request = reader.request()) {
        self.note(*request);
        const bool evil = self.requests == 1;
        if (!from.send(ok_answer("yours"))) return;
        if (evil && eventually([&] { return go.load(); })) from.send(second);
      }
    };
  }
};

/// A pool whose event loop the test turns, and an app that accepts and is a blocking socket of the test.
struct bare_pool {
  boost::asio::io_context loop;
  agent::io::deadline_wheel wheel{10ms};
  agent::config::upstream settings;
  agent::metrics::thread_metrics counts;
  agent::io::tcp::acceptor listener{loop, {boost::asio::ip::address_v4::loopback(), 0}};
  agent::proxy::upstream_addresses addresses{{listener.local_endpoint()}};
  std::optional<agent::proxy::upstream_pool> pool;
  agent::proxy::upstream_ptr made;

  bare_pool() {
    pool.emplace(loop, wheel, settings, addresses, counts);
    agent::io::spawn(connect());
    while (!made) loop.run_one();
  }
  ~bare_pool() {
    made.reset();
    pool->close_all();
    loop.restart();
    loop.run();
  }
  agent::io::task<> connect() {
    auto connected = co_await pool->connect();
    REQUIRE(connected.ok());
    made = std::move(*connected);
  }
};

}  // namespace

TEST_CASE("content behind a response that has none is nobody's response") {
  const std::string poison = ok_answer("what mallory wrote");
  for (const char* first :
       {"HTTP/1.1 200 OK\r\nContent-Length: 55\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 55\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n"}) {
    for (const reuse how : {reuse::safe, reuse::same_subject}) {
      CAPTURE(first);
      stage s(owes(first, poison), one_thread(how, 0ms));
      const bool to_head = std::string_view(first).find(" 200 ") != std::string_view::npos;
      REQUIRE(s.ask(request_of("carol", to_head ? "HEAD" : "GET")));
      CHECK(body_of(s, request_of("alice")) == "yours");
      CHECK(body_of(s, request_of("carol")) == "yours");
      CHECK(s.metric("sallyport_upstream_retries_total") == 0);
    }
  }
}

TEST_CASE("a response that ends where its framing says leaves a connection for the next request") {
  for (const char* first :
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}) {
    CAPTURE(first);
    stage s(always(first), one_thread(reuse::safe, 0ms));
    for (const char* subject : {"alice", "bob", "alice"}) REQUIRE(s.ask(request_of(subject)));
    CHECK(s.upstream().connections == 1);
  }
}

TEST_CASE("a second response ends the connection that it comes on, and the trust in the app's connections") {
  speaks_twice twice{ok_answer("what mallory wrote")};
  stage s(twice.handler(), one_thread(reuse::safe, 1h));
  CHECK(body_of(s, request_of("carol")) == "yours");
  // While it rests it is nobody else's.
  CHECK(body_of(s, request_of("alice")) == "yours");
  CHECK(s.upstream().connections == 2);
  twice.go = true;
  REQUIRE(eventually([&] { return s.metric("sallyport_upstream_unasked_total") == 1; }));
  for (const char* subject : {"carol", "alice", "alice", "carol"}) CHECK(body_of(s, request_of(subject)) == "yours");
  CHECK(s.upstream().connections == 6);
  CHECK(s.metric("sallyport_upstream_reuses_total") == 0);
}

TEST_CASE("two responses in one piece end the trust, too") {
  std::atomic<int> round{0};
  stage s(
      [&](app& self, connection& from) {
        message_reader reader(from);
        while (const auto request = reader.request()) {
          self.note(*request);
          from.send(round++ == 0 ? ok_answer("yours") + ok_answer("smuggled") : ok_answer("yours"));
        }
      },
      one_thread(reuse::safe, 0ms));
  for (int i = 0; i < 3; ++i) CHECK(body_of(s, request_of("alice")) == "yours");
  CHECK(s.upstream().connections == 3);
  CHECK(s.metric("sallyport_upstream_unasked_total") == 1);
}

TEST_CASE("an app that says 408 before it closes an idle connection is not distrusted") {
  speaks_twice twice{"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
  stage s(twice.handler(), one_thread(reuse::safe, 0ms));
  CHECK(body_of(s, request_of("alice")) == "yours");
  twice.go = true;
  REQUIRE(eventually([&] { return s.metric("sallyport_upstream_connections") == 0; }));
  for (int i = 0; i < 3; ++i) CHECK(body_of(s, request_of("alice")) == "yours");
  CHECK(s.upstream().connections == 2);
  CHECK(s.metric("sallyport_upstream_unasked_total") == 0);
}

TEST_CASE("bytes that the event loop has not seen yet end an idle connection, too") {
  bare_pool with;
  agent::io::tcp_socket far(with.loop);
  with.listener.accept(far);
  with.pool->give_back(std::move(with.made), "alice");
  with.made = with.pool->take_idle("alice");
  REQUIRE(with.made);
  CHECK(with.pool->is_quiet(*with.made));
  with.pool->give_back(std::move(with.made), "alice");
  SUBCASE("bytes") {
    far.send(boost::asio::buffer("HTTP/1.1 200 OK\r\n\r\n", 19));
    with.made = with.pool->take_idle("alice");
    REQUIRE(with.made);
    REQUIRE(eventually([&] { return with.made->link.pending() == agent::io::arrived::bytes; }));
    CHECK_FALSE(with.pool->is_quiet(*with.made));
    CHECK(with.counts.upstream_unasked.value() == 1);
  }
  SUBCASE("the end") {
    far.close();
    with.made = with.pool->take_idle("alice");
    REQUIRE(with.made);
    REQUIRE(eventually([&] { return with.made->link.pending() == agent::io::arrived::end; }));
    CHECK_FALSE(with.pool->is_quiet(*with.made));
    CHECK(with.counts.upstream_unasked.value() == 0);
  }
}

TEST_CASE("an app that is nowhere any more is looked for again, and found where it is now") {
  using agent::io::tcp;
  const tcp::endpoint here(boost::asio::ip::address_v4::loopback(), 1);
  const tcp::endpoint there(boost::asio::ip::address_v4::loopback(), 2);
  std::atomic<bool> found{true};
  agent::proxy::upstream_addresses of({here}, [&]() -> result<std::vector<tcp::endpoint>> {
    if (!found) return reason::config_invalid;
    return std::vector{there};
  });
  CHECK(of.known()->front() == here);
  of.look_up_again();
  CHECK(eventually([&] { return of.known()->front() == there; }));
  agent::proxy::upstream_addresses literal({here});
  literal.look_up_again();
  CHECK(literal.known()->front() == here);
}

TEST_CASE("a connection rests before somebody else's request gets it") {
  stage s(always(ok_answer("yours")), one_thread(reuse::safe, 1h));
  CHECK(body_of(s, request_of("alice")) == "yours");
  CHECK(body_of(s, request_of("alice")) == "yours");
  CHECK(s.upstream().connections == 1);
  CHECK(body_of(s, request_of("bob")) == "yours");
  CHECK(s.upstream().connections == 2);
  // Nobody knows whether two anonymous callers are one.
  CHECK(body_of(s, anonymous_request()) == "yours");
  CHECK(body_of(s, anonymous_request()) == "yours");
  CHECK(s.upstream().connections == 4);
}

TEST_CASE("a connection that has rested is anybody's") {
  stage s(always(ok_answer("yours")), one_thread(reuse::safe, 1ms));
  CHECK(body_of(s, request_of("alice")) == "yours");
  CHECK(eventually([&] {
    CHECK(body_of(s, anonymous_request()) == "yours");
    return s.metric("sallyport_upstream_reuses_total") > 0;
  }));
}

TEST_CASE("when as many rest as are kept, the one that has rested longest is taken") {
  stage s(always(ok_answer("yours")), [](auto& settings) {
    one_thread(reuse::safe, 1h)(settings);
    settings.upstream.max_idle = 2;
  });
  for (const char* subject : {"alice", "bob", "carol", "dave", "erin"})
    CHECK(body_of(s, request_of(subject)) == "yours");
  CHECK(s.upstream().connections == 2);
}

TEST_CASE("a connection is never shared by two subjects where the configuration says so") {
  stage s(always(ok_answer("yours")), one_thread(reuse::same_subject, 0ms));
  for (const char* subject : {"alice", "bob", "alice", "bob"}) CHECK(body_of(s, request_of(subject)) == "yours");
  CHECK(s.upstream().connections == 2);
  for (int i = 0; i < 2; ++i) CHECK(body_of(s, anonymous_request()) == "yours");
  CHECK(s.upstream().connections == 4);
}

TEST_CASE("no connection is used twice where the configuration says so") {
  stage s(always(ok_answer("yours")), one_thread(reuse::never, 0ms));
  for (int i = 0; i < 3; ++i) CHECK(body_of(s, request_of("alice")) == "yours");
  CHECK(s.upstream().connections == 3);
}
