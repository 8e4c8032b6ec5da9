#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "http/chunked.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t mib = 1024 * 1024;

/// Peak resident memory of this process, in bytes.
std::size_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  return 0;
}

signed_request upload(std::string_view target = "/stream/up") {
  signed_request request;
  request.method = "POST";
  request.target = target;
  request.body_signed = false;
  return request;
}

signed_request signed_post(std::string body) {
  signed_request request;
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

/// Reads a body of `bytes` bytes as it comes, holding none of it, and says how many came.
std::size_t swallow(connection& from, std::string already, std::size_t bytes) {
  std::size_t got = already.size();
  while (got < bytes) {
    const std::string more = from.receive();
    if (more.empty()) break;
    got += more.size();
  }
  return got;
}

/// An app that reads bodies with Content-Length without holding them, and answers with their length.
void counting_app(app& self, connection& from) {
  message_reader reader(from);
  while (const auto head = reader.request_head()) {
    ++self.requests;
    const std::size_t length = std::stoull("0" + head->field("content-length"));
    const std::size_t got = swallow(from, reader.unread(), length);
    self.body_bytes += got;
    if (got < length) return;
    from.send(ok_answer(std::to_string(got)));
    return;
  }
}

}  // namespace

TEST_CASE("a body passes in its framing, with a length or in chunks") {
  stage s([](app& self, connection& from) {
    message_reader reader(from);
    while (const auto request = reader.request()) {
      self.note(*request);
      from.send(ok_answer(request->body));
    }
  });
  for (const std::size_t chunk : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{5000}}) {
    for (const bool covered : {true, false}) {
      CAPTURE(chunk);
      CAPTURE(covered);
      signed_request request = covered ? signed_post("") : upload();
      for (int i = 0; i < 2000; ++i) request.body += std::to_string(i);
      request.chunk = chunk;
      const auto answer = s.ask(request);
      REQUIRE(answer);
      CHECK(answer->status == 200);
      CHECK(answer->body == request.body);
    }
  }
}

TEST_CASE("20 MiB stream up and down in bounded memory") {
  constexpr std::size_t total = 20 * mib;
  stage s([](app& self, connection& from) {
    message_reader reader(from);
    const auto head = reader.request_head();
    if (!head) return;
    self.body_bytes += swallow(from, reader.unread(), total);
    from.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(total) + "\r\n\r\n");
    const std::string block(mib, 'd');
    for (std::size_t sent = 0; sent < total; sent += block.size())
      if (!from.send(block)) return;
  });
  // The request is signed with a length that is covered, so the head is made for a body that is never held here.
  signed_request request = upload();
  request.chunk = 1;
  const std::string block(mib, 'u');
  const std::string head = request.head();
  const std::size_t before = peak_memory();
  connection to = s.connect();
  to.send(head);
  for (std::size_t sent = 0; sent < total; sent += block.size()) {
    char opening[20];
    REQUIRE(to.send(std::string(http::chunk_opening(block.size(), opening))));
    REQUIRE(to.send(block));
    REQUIRE(to.send("\r\n"));
  }
  to.send("0\r\n\r\n");
  std::size_t got = 0;
  for (std::string piece = to.receive(); !piece.empty() && got < total; piece = to.receive()) got += piece.size();
  CHECK(got >= total);
  CHECK(s.upstream().body_bytes >= total);
  CHECK(peak_memory() - before < 8 * mib);
}

TEST_CASE("an app that does not read stops the caller, and nothing piles up in between") {
  std::atomic<bool> read_on{false};
  constexpr std::size_t total = 64 * mib;
  stage s([&](app& self, connection& from) {
    message_reader reader(from);
    if (!reader.request_head()) return;
    ++self.requests;
    eventually([&] { return read_on.load(); });
    self.body_bytes += swallow(from, reader.unread(), total);
    from.send(ok_answer("done"));
  });
  signed_request request = upload();
  request.chunk = 1;
  connection to = s.connect();
  to.send(request.head());
  REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
  const std::string block = "100000\r\n" + std::string(mib, 'u') + "\r\n";
  const std::size_t before = peak_memory();
  const std::size_t sent = to.send_until_stalled(block, total);
  // What the kernel's buffers on both connections hold; far from all of it.
  CHECK(sent < total / 2);
  CHECK(peak_memory() - before < 8 * mib);
  read_on = true;
  to.send(block.substr(sent % block.size()));
  for (std::size_t at = sent + block.size() - sent % block.size(); at < total; at += block.size()) to.send(block);
  to.send("0\r\n\r\n");
  const auto answer = message_reader(to).answer();
  REQUIRE(answer);
  CHECK(answer->body == "done");
}

TEST_CASE("a caller that does not read stops the app") {
  std::atomic<std::size_t> stalled_at{0};
  constexpr std::size_t total = 64 * mib;
  stage s([&](app&, connection& from) {
    message_reader reader(from);
    if (!reader.request()) return;
    from.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(total) + "\r\n\r\n");
    const std::string block(mib, 'd');
    std::size_t sent = from.send_until_stalled(block, total);
    stalled_at = sent;
    for (; sent < total; sent += std::min(block.size(), total - sent))
      if (!from.send(std::string_view(block).substr(0, std::min(block.size(), total - sent)))) return;
  });
  const std::size_t before = peak_memory();
  connection to = s.connect();
  to.send(signed_request{}.whole());
  REQUIRE(eventually([&] { return stalled_at > 0; }));
  CHECK(stalled_at < total / 2);
  CHECK(peak_memory() - before < 8 * mib);
  std::size_t got = 0;
  for (std::string piece = to.receive(); !piece.empty(); piece = to.receive()) {
    got += piece.size();
    if (got >= total) break;
  }
  CHECK(got >= total);
}

TEST_CASE("a signed body that is not the one that was signed never reaches the app") {
  stage s(always(ok_answer("hello")));
  for (const std::size_t chunk : {std::size_t{0}, std::size_t{3}}) {
    signed_request request = signed_post("pay 10 to bob");
    request.chunk = chunk;
    std::string raw = request.head();
    request.body = "pay 99 to eve";
    raw += request.framed_body();
    const auto answer = s.ask(raw);
    REQUIRE(answer);
    CHECK(answer->status == 401);
  }
  CHECK(s.upstream().connections == 0);
  const auto lines = s.audit();
  REQUIRE(lines.size() == 2);
  for (const json& line : lines) {
    CHECK(line["reason"] == "digest_mismatch");
    CHECK(line["id"] == "IIIIIIIIIIIIIIIIIIIIIA");
    CHECK(line["subject"] == "alice");
  }
}

TEST_CASE("a signed body over the limit is refused, whichever way it is framed") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.limits.max_signed_body_bytes = 1 << 20; });
  signed_request request = signed_post(std::string(mib + 1, 'x'));
  auto answer = s.ask(request);
  REQUIRE(answer);
  CHECK(answer->status == 413);
  request = signed_post(std::string(mib + 1, 'x'));
  request.chunk = 60000;
  answer = s.ask(request);
  REQUIRE(answer);
  CHECK(answer->status == 413);
  CHECK(s.upstream().connections == 0);
}

TEST_CASE("signed bodies wait in a memory that is bounded over all requests") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.limits.max_buffered_bytes = 100000; });
  connection first = s.connect();
  signed_request request = signed_post(std::string(80000, 'x'));
  first.send(request.head());
  REQUIRE(eventually([&] { return s.metric("sallyport_signed_body_bytes") == 80000; }));
  const auto refused = s.ask(signed_post(std::string(30000, 'y')));
  REQUIRE(refused);
  CHECK(refused->status == 503);
  first.send(request.framed_body());
  const auto answer = message_reader(first).answer();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(eventually([&] { return s.metric("sallyport_signed_body_bytes") == 0; }));
  const auto admitted = s.ask(signed_post(std::string(30000, 'y')));
  REQUIRE(admitted);
  CHECK(admitted->status == 200);
}

TEST_CASE("a body over the limit is refused by its length, and cut off where it has none") {
  stage s(counting_app, [](auto& settings) { settings.limits.max_body_bytes = 1000; });
  signed_request request = upload();
  request.body = std::string(1001, 'x');
  auto answer = s.ask(request);
  REQUIRE(answer);
  CHECK(answer->status == 413);
  CHECK(s.upstream().connections == 0);
  request.chunk = 100;
  answer = s.ask(request);
  REQUIRE(answer);
  CHECK(answer->status == 413);
}

TEST_CASE("100 Continue is given only after the checks before that of the body, or all if it streams, have passed") {
  stage s(always(ok_answer("hello")));
  for (const bool covered : {true, false}) {
    CAPTURE(covered);
    signed_request request = covered ? signed_post("some body") : upload();
    request.body = "some body";
    request.extra = {{"Expect", "100-continue"}};
    connection to = s.connect();
    to.send(request.head());
    message_reader reader(to);
    auto answer = reader.answer();
    REQUIRE(answer);
    CHECK(answer->status == 100);
    to.send(request.framed_body());
    answer = reader.answer();
    REQUIRE(answer);
    CHECK(answer->status == 200);
  }
  for (const std::string& head : s.upstream().heads()) CHECK(head.find("Expect") == std::string::npos);
  signed_request denied = upload("/denied/x");
  denied.body = "some body";
  denied.extra = {{"Expect", "100-continue"}};
  connection to = s.connect();
  to.send(denied.head());
  message_reader reader(to);
  const auto answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->status == 403);
  CHECK_FALSE(reader.answer());
  CHECK(s.upstream().requests == 2);
}

TEST_CASE("a body that stalls ends its request, and the app does not take the part for the whole") {
  std::atomic<bool> ended_early{false};
  stage s(
      [&](app& self, connection& from) {
        message_reader reader(from);
        ++self.requests;
        ended_early = !reader.request();
      },
      [](auto& settings) { settings.timeouts.body = 60ms; });
  signed_request request = upload();
  request.body = std::string(1000, 'x');
  connection to = s.connect();
  to.send(request.head() + request.body.substr(0, 500));
  const auto answer = message_reader(to).answer();
  REQUIRE(answer);
  CHECK(answer->status == 408);
  CHECK(eventually([&] { return ended_early.load(); }));
}

TEST_CASE(
    "a chunked body that breaks in the middle ends its request, and the app does not take the part for the whole") {
  std::atomic<bool> ended_early{false};
  stage s([&](app& self, connection& from) {
    message_reader reader(from);
    if (!reader.request_head()) return;
    ++self.requests;
    const std::string rest = reader.unread() + from.drain();
    ended_early = rest.find("0\r\n\r\n") == std::string::npos;
  });
  signed_request request = upload();
  request.chunk = 5;
  connection to = s.connect();
  to.send(request.head() + "5\r\nhello\r\n");
  REQUIRE(eventually([&] { return s.upstream().requests == 1; }));
  to.send("zz\r\n");
  const auto answer = message_reader(to).answer();
  REQUIRE(answer);
  CHECK(answer->status == 400);
  CHECK(eventually([&] { return ended_early.load(); }));
}

TEST_CASE("an app that takes no more of a body in time is 504") {
  std::atomic<bool> over{false};
  stage s([&](app&, connection&) { eventually([&] { return over.load(); }); },
          [](auto& settings) { settings.timeouts.body = short_limit(); });
  signed_request request = upload();
  request.body = std::string(16 * mib, 'x');
  connection to = s.connect();
  std::thread sender([&] { to.send(request.whole()); });
  const auto answer = message_reader(to).answer();
  sender.join();
  over = true;
  REQUIRE(answer);
  CHECK(answer->status == 504);
}

TEST_CASE("an app may answer before it has read the body") {
  stage s([](app& self, connection& from) {
    message_reader reader(from);
    if (!reader.request_head()) return;
    ++self.requests;
    from.send("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 4\r\n\r\nstop");
    from.finish_sending();
    from.drain();
  });
  signed_request request = upload();
  request.body = std::string(8 * mib, 'x');
  connection to = s.connect();
  std::thread sender([&] { to.send(request.whole()); });
  const auto answer = message_reader(to).answer();
  sender.join();
  REQUIRE(answer);
  CHECK(answer->status == 413);
  CHECK(answer->body == "stop");
}

TEST_CASE("an app may answer while the body still comes") {
  constexpr int rounds = 3;
  const auto count = [](const std::string& text, std::string_view word) {
    int found = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
  };
  stage s([&](app&, connection& from) {
    message_reader reader(from);
    if (!reader.request_head()) return;
    from.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::string got = reader.unread();
    for (int i = 0; i < rounds; ++i) {
      while (count(got, "ping") <= i) got += from.receive();
      from.send("4\r\npong\r\n");
    }
    while (!got.ends_with("0\r\n\r\n")) got += from.receive();
    from.send("0\r\n\r\n");
  });
  signed_request request = upload();
  request.chunk = 4;
  connection to = s.connect();
  to.send(request.head());
  std::string seen;
  for (int i = 0; i < rounds; ++i) {
    to.send("4\r\nping\r\n");
    while (count(seen, "pong") <= i) {
      const std::string more = to.receive();
      REQUIRE_FALSE(more.empty());
      seen += more;
    }
  }
  to.send("0\r\n\r\n");
  seen += to.drain();
  CHECK(seen.ends_with("0\r\n\r\n"));
}
