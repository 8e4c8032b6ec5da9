#include <doctest/doctest.h>

#include <cstdlib>

#include "http/date.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

namespace {

std::optional<message> answer_of(std::string upstream_answer, const signed_request& request = {}) {
  stage s([&](app& self, connection& from) {
    message_reader reader(from);
    const auto got = reader.request();
    if (!got) return;
    self.note(*got);
    from.send(upstream_answer);
  });
  return s.ask(request);
}

}  // namespace

TEST_CASE("answers pass in each framing that HTTP/1.1 has") {
  CHECK(answer_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")->body == "hello");
  CHECK(answer_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nX-T: 1\r\n\r\n")
            ->body == "hello");
  const auto until_close = answer_of("HTTP/1.1 200 OK\r\n\r\nhello");
  REQUIRE(until_close);
  CHECK(until_close->body == "hello");
  CHECK(until_close->field("transfer-encoding") == "chunked");
  const auto old = answer_of("HTTP/1.0 200 OK\r\n\r\nhello");
  REQUIRE(old);
  CHECK(old->body == "hello");
}

TEST_CASE("answers without a body keep what they say about one") {
  signed_request head;
  head.method = "HEAD";
  const auto to_head = answer_of("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n", head);
  REQUIRE(to_head);
  CHECK(to_head->field("content-length") == "12345");
  const auto none = answer_of("HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n");
  REQUIRE(none);
  CHECK(none->status == 204);
  CHECK(none->field("content-length").empty());
  CHECK(none->field("transfer-encoding").empty());
  const auto unchanged = answer_of("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 7\r\n\r\n");
  REQUIRE(unchanged);
  CHECK(unchanged->field("etag") == "\"a\"");
  CHECK(unchanged->field("content-length") == "7");
  const auto empty = answer_of("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(empty);
  CHECK(empty->field("content-length") == "0");
}

TEST_CASE("a response that ends with its head is passed on whatever its fields say of a body") {
  struct superfluous {
    const char* status;
    const char* fields;
    const char* behind;
  };
  constexpr superfluous all[] = {
      {"204 No Content", "Content-Length: 4\r\n", ""},
      {"204 No Content", "Content-Length: 4\r\n", "body"},
      {"204 No Content", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"},
      {"204 No Content", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", ""},
      {"304 Not Modified", "Content-Length: x\r\n", ""},
      {"304 Not Modified", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"},
  };
  for (const auto& each : all) {
    CAPTURE(each.status);
    CAPTURE(each.fields);
    stage s(always("HTTP/1.1 " + std::string(each.status) + "\r\nX-A: 1\r\n" + each.fields + "\r\n" + each.behind));
    connection to = s.connect();
    message_reader reader(to);
    for (int i = 0; i < 2; ++i) {
      to.send(signed_request{}.whole());
      const auto answer = reader.answer();
      REQUIRE(answer);
      CHECK(answer->status == std::stoi(each.status));
      CHECK(answer->field("x-a") == "1");
      CHECK(answer->field("content-length").empty());
      CHECK(answer->field("transfer-encoding").empty());
    }
    CHECK(s.upstream().connections == 2);
  }
}

TEST_CASE("a body whose coding is spelled Chunked is decoded as any other") {
  const auto answer = answer_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->field("transfer-encoding") == "chunked");
  CHECK(answer->body == "hello");
}

TEST_CASE("interim responses are stepped over: the edge would take the first head for the response") {
  stage s(
      always("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 0\r\n\r\n"
             "HTTP/1.1 102 Processing\r\n\r\n" +
             ok_answer("hello")));
  connection to = s.connect();
  to.send(signed_request{}.whole());
  message_reader reader(to);
  const auto answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->field("link").empty());
  CHECK(answer->status == 200);
  CHECK(answer->body == "hello");
}

TEST_CASE("what the app says about its own connection, or in our name, does not pass") {
  const auto answer = answer_of(
      "HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: x\r\n"
      "Sallyport-Subject: root\r\nSallyport-Refusal: upstream_unavailable;unreached\r\nSallyport-Request-Id: "
      "chosen-by-the-app\r\nUpgrade: h2c\r\nTrailer: X\r\nX-Plain: "
      "1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
      "Content-Length: 2\r\n\r\nok");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  for (const char* gone :
       {"x-hop", "keep-alive", "proxy-authenticate", "sallyport-subject", "sallyport-refusal", "upgrade", "trailer"}) {
    CAPTURE(gone);
    CHECK(answer->field(gone).empty());
  }
  CHECK(answer->field("x-plain") == "1");
  CHECK(answer->field("sallyport-request-id") == "IIIIIIIIIIIIIIIIIIIIIA");
  CHECK(answer->head.find("chosen-by-the-app") == std::string::npos);
  CHECK(answer->head.find("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n") != std::string::npos);
}

TEST_CASE("an answer without a Date gets one, and one with a Date keeps it") {
  const auto dated = answer_of("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(dated);
  CHECK(dated->head.find("Date: ") == dated->head.rfind("Date: "));
  CHECK(dated->field("date") == "Sun, 06 Nov 1994 08:49:37 GMT");
  const auto undated = answer_of(ok_answer("hello"));
  REQUIRE(undated);
  const auto date = http::parse_http_date(undated->field("date"), now_s());
  REQUIRE(date);
  CHECK(std::abs(*date - now_s()) < 10);
}

TEST_CASE("an answer that could be read in two ways is none") {
  for (const char* bad : {
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
           "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nX-A: 1\r\n folded\r\nContent-Length: 0\r\n\r\n",
           "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
           "HTTP/2 200\r\n\r\n",
           "HTTP/1.1 20 OK\r\n\r\n",
           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
           "SSH-2.0-OpenSSH_9.2\r\n\r\n",
           "\r\n\r\n",
       }) {
    CAPTURE(bad);
    const auto answer = answer_of(bad);
    REQUIRE(answer);
    CHECK(answer->status == 502);
    CHECK(answer->field("sallyport-request-id") == "IIIIIIIIIIIIIIIIIIIIIA");
  }
}

TEST_CASE("a body that ends too early reaches the caller as one that did") {
  stage s([](app&, connection& from) {
    message_reader reader(from);
    if (reader.request()) from.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
  });
  CHECK_FALSE(s.ask(signed_request{}));
  stage chunked([](app&, connection& from) {
    message_reader reader(from);
    if (reader.request()) from.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  });
  CHECK_FALSE(chunked.ask(signed_request{}));
  CHECK(eventually([&] {
    return chunked.metric("sallyport_failures_total{reason=\"upstream_closed\",severity=\"upstream\"}") == 1;
  }));
}

TEST_CASE("an answer that breaks before anything of it has gone out is 502") {
  const auto answer = answer_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n");
  REQUIRE(answer);
  CHECK(answer->status == 502);
}

TEST_CASE("an app that is not there is 502, one that is silent 504, one that hangs up 502") {
  stage gone(always(ok_answer("hello")));
  gone.upstream().close_listener();
  auto answer = gone.ask(signed_request{});
  REQUIRE(answer);
  CHECK(answer->status == 502);
  CHECK(answer->field("sallyport-request-id") == "IIIIIIIIIIIIIIIIIIIIIA");
  CHECK(answer->field("sallyport-refusal") == "upstream_unavailable;unreached");

  stage silent([](app&, connection& from) { from.drain(); },
               [](auto& settings) { settings.upstream.first_byte = 60ms; });
  answer = silent.ask(signed_request{});
  REQUIRE(answer);
  CHECK(answer->status == 504);
  CHECK(answer->field("sallyport-refusal") == "upstream_timeout");

  stage hangs_up([](app& self, connection& from) {
    message_reader reader(from);
    if (const auto request = reader.request()) self.note(*request);
  });
  answer = hangs_up.ask(signed_request{});
  REQUIRE(answer);
  CHECK(answer->status == 502);
  CHECK(answer->field("sallyport-refusal") == "upstream_unavailable");
  CHECK(hangs_up.upstream().requests == 1);
}

TEST_CASE("a connection that the app has closed meanwhile costs a repeatable request nothing") {
  stage s(answers_once, [](auto& settings) { settings.threads = 1; });
  CHECK(s.ask(signed_request{})->status == 200);
  CHECK(s.ask(signed_request{})->status == 200);
  CHECK(s.upstream().requests == 3);
  CHECK(s.metric("sallyport_upstream_retries_total") == 1);
}

TEST_CASE("a request that may not be repeated is not") {
  stage s(answers_once, [](auto& settings) { settings.threads = 1; });
  signed_request post;
  post.method = "POST";
  post.body = "transfer";
  CHECK(s.ask(post)->status == 200);
  CHECK(s.ask(post)->status == 502);
  CHECK(s.upstream().requests == 2);
}

TEST_CASE("an idle connection that the app closes is not used again") {
  stage s(
      [](app& self, connection& from) {
        message_reader reader(from);
        const auto request = reader.request();
        if (!request) return;
        self.note(*request);
        from.send(ok_answer("hello"));
      },
      [](auto& settings) { settings.threads = 1; });
  signed_request post;
  post.method = "POST";
  post.body = "transfer";
  for (int i = 0; i < 5; ++i) {
    CHECK(s.ask(post)->status == 200);
    REQUIRE(eventually([&] { return s.metric("sallyport_upstream_connections") == 0; }));
  }
  CHECK(s.upstream().connections == 5);
}

TEST_CASE("an app cannot set the cookie in which the gate looks for tokens") {
  for (const char* planted : {"sid=evil; Domain=acme.example; Path=/", "__Host-sid=evil; Secure; Path=/", "=sid=evil",
                              "a=1, sid=evil", "sid=; Max-Age=0"}) {
    CAPTURE(planted);
    const auto answer = answer_of("HTTP/1.1 200 OK\r\nSet-Cookie: before=1\r\nset-cookie: " + std::string(planted) +
                                  "\r\nSet-Cookie: SID=its-own\r\nContent-Length: 2\r\n\r\nok");
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->body == "ok");
    CHECK(answer->head.find("Set-Cookie: before=1\r\nSet-Cookie: SID=its-own\r\n") != std::string::npos);
    CHECK(answer->head.find(planted) == std::string::npos);
  }
}

TEST_CASE("fields of a response that only matter in requests pass") {
  const auto answer = answer_of(
      "HTTP/1.1 200 OK\r\nProxy-Status: app; error=none\r\nX-Envoy-Upstream-Service-Time: 3\r\nX-Real-Ip: 1\r\n"
      "Remote-User: a\r\nX-Host: h\r\nForwarded: for=a\r\nX-Accel-Expires: 5\r\nContent-Length: 2\r\n\r\nok");
  REQUIRE(answer);
  for (const char* kept : {"proxy-status", "x-envoy-upstream-service-time", "x-real-ip", "remote-user", "x-host",
                           "forwarded", "x-accel-expires"}) {
    CAPTURE(kept);
    CHECK_FALSE(answer->field(kept).empty());
  }
}

TEST_CASE("an idle connection is closed after its time") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.upstream.idle = 60ms; });
  CHECK(s.ask(signed_request{})->status == 200);
  CHECK(eventually([&] { return s.metric("sallyport_upstream_connections") == 0; }));
}

TEST_CASE("an app may say many interim responses, but not without end") {
  const auto after = [](int interim) {
    std::string text;
    for (int i = 0; i < interim; ++i) text += "HTTP/1.1 102 Processing\r\n\r\n";
    return answer_of(text + ok_answer("hello"))->status;
  };
  CHECK(after(30) == 200);
  CHECK(after(256) == 200);
  CHECK(after(257) == 502);
}

TEST_CASE("an answer that its caller takes no more of is cut off, logged and counted") {
  stage s(always("HTTP/1.1 200 OK\r\nContent-Length: 33554432\r\n\r\n" + std::string((32 << 20), 'x')),
          [](auto& settings) { settings.timeouts.body = 60ms; });
  connection to = s.connect();
  to.send(signed_request{}.whole());
  CHECK(eventually(
      [&] { return s.metric("sallyport_failures_total{reason=\"request_timeout\",severity=\"client\"}") == 1; }));
  CHECK(to.drain().size() < (32 << 20));
}
