// The small parts of the data plane, without sockets.
#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "agent/audit/sink.hpp"
#include "agent/io/deadline.hpp"
#include "agent/io/inbox.hpp"
#include "agent/log/log.hpp"
#include "agent/proxy/body_budget.hpp"
#include "agent/proxy/body_decoder.hpp"
#include "agent/proxy/date.hpp"
#include "agent/proxy/outgoing.hpp"
#include "agent/proxy/refusal.hpp"
#include "agent/trust/replay_stripes.hpp"
#include "tests/agent/stage.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

namespace {

struct bell {
  explicit bell(agent::io::deadline_wheel& wheel)
      : limit(
            wheel, [](void* self) { ++static_cast<bell*>(self)->fired; }, this) {}
  int fired = 0;
  agent::io::deadline limit;
};

std::string joined(std::span<boost::asio::const_buffer> parts) {
  std::string text;
  for (const auto& each : parts) text.append(static_cast<const char*>(each.data()), each.size());
  return text;
}

}  // namespace

TEST_CASE("a deadline fires once, not early, and within two ticks") {
  agent::io::deadline_wheel wheel(10ms);
  for (const auto wait : {1ms, 10ms, 15ms, 100ms, 5110ms, 5120ms, 60000ms}) {
    CAPTURE(wait.count());
    bell each(wheel);
    const auto from = wheel.elapsed();
    each.limit.set(wait);
    wheel.advance(from + wait - 1ms);
    CHECK(each.fired == 0);
    wheel.advance(from + wait + 20ms);
    CHECK(each.fired == 1);
    wheel.advance(from + wait + 20000ms);
    CHECK(each.fired == 1);
  }
}

TEST_CASE("a deadline that is moved or cleared does not fire at its old time") {
  agent::io::deadline_wheel wheel(10ms);
  bell later(wheel);
  bell sooner(wheel);
  bell never(wheel);
  later.limit.set(100ms);
  sooner.limit.set(1000ms);
  never.limit.set(100ms);
  later.limit.set(500ms);
  sooner.limit.set(50ms);
  never.limit.clear();
  wheel.advance(200ms);
  CHECK(later.fired == 0);
  CHECK(sooner.fired == 1);
  CHECK(never.fired == 0);
  wheel.advance(600ms);
  CHECK(later.fired == 1);
  never.limit.set(10ms);
  wheel.advance(700ms);
  CHECK(never.fired == 1);
}

TEST_CASE("a deadline's action may destroy another one that is due at the same time") {
  agent::io::deadline_wheel wheel(10ms);
  struct pair {
    agent::io::deadline_wheel& wheel;
    int fired = 0;
    std::unique_ptr<agent::io::deadline> first, second;
    void start() {
      const auto act = [](void* self) {
        auto& me = *static_cast<pair*>(self);
        ++me.fired;
        me.first.reset();
        me.second.reset();
      };
      first = std::make_unique<agent::io::deadline>(wheel, act, this);
      second = std::make_unique<agent::io::deadline>(wheel, act, this);
      first->set(50ms);
      second->set(50ms);
    }
  } both{wheel, 0, nullptr, nullptr};
  both.start();
  wheel.advance(1000ms);
  CHECK(both.fired == 1);
}

TEST_CASE("an inbox gives room again for what was consumed, and keeps what was not") {
  agent::io::inbox box(8);
  const auto put = [&](std::string_view text) {
    const auto room = box.room();
    REQUIRE(room.size() >= text.size());
    std::copy(text.begin(), text.end(), room.begin());
    box.arrived(text.size());
  };
  put("abcdef");
  box.consume(4);
  put("gh");
  CHECK(box.unread() == "efgh");
  put("ijkl");
  CHECK(box.unread() == "efghijkl");
  CHECK(box.full());
  CHECK(box.room().empty());
  box.grow(16);
  put("mnop");
  box.shrink(8);
  CHECK(box.unread() == "efghijklmnop");
  box.consume(8);
  box.shrink(8);
  CHECK(box.unread() == "mnop");
  CHECK(box.capacity() == 8);
}

TEST_CASE("a body ends where its head says, however its bytes are cut") {
  using http::body_framing;
  struct sample {
    body_framing framing;
    std::uint64_t length;
    std::string_view input;
    std::string_view body;
    std::string_view rest;
  };
  for (const sample& each :
       {sample{body_framing::content_length, 5, "helloNEXT", "hello", "NEXT"},
        sample{body_framing::content_length, 0, "NEXT", "", "NEXT"}, sample{body_framing::none, 0, "NEXT", "", "NEXT"},
        sample{body_framing::chunked, 0, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\nNEXT", "hello", "NEXT"}}) {
    for (std::size_t cut = 1; cut <= each.input.size(); ++cut) {
      agent::proxy::body_decoder decoder(each.framing, each.length, 1000);
      std::string body;
      std::size_t at = 0;
      while (!decoder.finished()) {
        REQUIRE(at <= each.input.size());
        const exact_text piece(each.input.substr(at, cut));
        const auto step = decoder.next(piece.view());
        REQUIRE(step.ok());
        body += step->data;
        at += step->consumed;
      }
      CHECK(body == each.body);
      CHECK(each.input.substr(at) == each.rest);
    }
  }
}

TEST_CASE("a body longer than the limit is refused in each framing") {
  using http::body_framing;
  agent::proxy::body_decoder counted(body_framing::content_length, 11, 10);
  CHECK(counted.next("hello").why() == reason::body_too_large);
  agent::proxy::body_decoder unbounded(body_framing::until_close, 0, 10);
  CHECK(unbounded.next("0123456789").ok());
  CHECK(unbounded.next("x").why() == reason::body_too_large);
  agent::proxy::body_decoder chunked(body_framing::chunked, 0, 10);
  CHECK(chunked.next("b\r\n").why() == reason::body_too_large);
}

TEST_CASE("an outgoing write is the head, then the pieces as one chunk, then the end") {
  agent::proxy::outgoing chunked(true);
  chunked.head("HEAD|");
  chunked.piece("hello ");
  chunked.piece("world");
  CHECK(joined(chunked.parts(true)) == "HEAD|b\r\nhello world\r\n0\r\n\r\n");
  chunked.clear();
  CHECK(joined(chunked.parts(false)).empty());
  chunked.clear();
  CHECK(joined(chunked.parts(true)) == "0\r\n\r\n");
  chunked.clear();
  chunked.head("HEAD|");
  CHECK(joined(chunked.parts(true)) == "HEAD|0\r\n\r\n");
  agent::proxy::outgoing counted(false);
  counted.head("HEAD|");
  counted.piece("hello");
  CHECK(joined(counted.parts(true)) == "HEAD|hello");
}

TEST_CASE("a budget gives no more than it has, and has it again afterwards") {
  agent::proxy::body_budget budget(100);
  {
    auto first = budget.reserve(60);
    CHECK(first);
    CHECK_FALSE(budget.reserve(41));
    auto second = budget.reserve(40);
    CHECK(second);
    CHECK(budget.left() == 0);
    second = {};
    CHECK(budget.left() == 40);
    auto moved = std::move(first);
    CHECK(budget.left() == 40);
  }
  CHECK(budget.left() == 100);
}

TEST_CASE("a replay is seen in whichever stripe its nonce lies, and the bound is that of all stripes") {
  agent::trust::replay_stripes stripes(1024);
  CHECK(stripes.capacity() == 1024);
  for (std::uint64_t i = 1; i <= 500; ++i) CHECK(stripes.admit({i, i}, 2000, 1000) == reason::ok);
  for (std::uint64_t i = 1; i <= 500; ++i) CHECK(stripes.admit({i, i}, 2000, 1000) == reason::replay_detected);
  CHECK(stripes.size() == 500);
  reason last = reason::ok;
  for (std::uint64_t i = 501; i <= 5000 && last == reason::ok; ++i) last = stripes.admit({i, i}, 2000, 1000);
  CHECK(last == reason::replay_set_full);
}

TEST_CASE("a request id of the agent's own is unlike any of the edge's, and new each time") {
  const std::string one = agent::proxy::make_request_id();
  CHECK(one.starts_with("agent-"));
  CHECK(one.size() == 28);
  CHECK(one != agent::proxy::make_request_id());
}

TEST_CASE("audit lines of each thread are written whole and in their order") {
  scratch files;
  {
    auto sink = agent::audit::sink::open(files.path("audit"));
    REQUIRE(sink.ok());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&entry = (*sink)->make_entry(), t] {
        for (int i = 0; i < 1000; ++i) entry.write(std::to_string(t) + " " + std::to_string(i));
      });
    for (auto& each : threads) each.join();
  }
  std::ifstream in(files.path("audit"));
  std::array<int, 4> next{};
  int thread = 0;
  int number = 0;
  while (in >> thread >> number) {
    REQUIRE(thread >= 0);
    REQUIRE(thread < 4);
    CHECK(number == next[static_cast<std::size_t>(thread)]++);
  }
  for (const int each : next) CHECK(each == 1000);
}

TEST_CASE("lines that nobody takes are kept, and from a bound on nothing is served that could not be recorded") {
  // A pipe with no reader but an open other end.
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  const std::string path = "/proc/self/fd/" + std::to_string(ends[1]);
  {
    auto sink = agent::audit::sink::open(path);
    REQUIRE(sink.ok());
    auto& entry = (*sink)->make_entry();
    CHECK((*sink)->takes_lines());
    const std::string line(1000, 'x');
    for (int i = 0; i < 18000; ++i) entry.write(line);
    CHECK_FALSE((*sink)->takes_lines());
    std::thread reader([&] {
      std::string block(1 << 20, '\0');
      std::size_t left = 18000 * 1001;
      while (left > 0) {
        const ssize_t got = ::read(ends[0], block.data(), block.size());
        if (got <= 0) break;
        left -= static_cast<std::size_t>(got);
      }
    });
    reader.join();
    CHECK(eventually([&] { return (*sink)->takes_lines(); }));
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a Date is written as an IMF-fixdate") {
  const auto text = [](unix_seconds at) {
    std::string written;
    agent::proxy::append_date(written, at);
    return written;
  };
  CHECK(text(784111777) == "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  CHECK(text(0) == "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n");
  CHECK(text(951827696) == "Date: Tue, 29 Feb 2000 12:34:56 GMT\r\n");
}

TEST_CASE("log lines that nobody reads stop no thread, and those that are read carry the time") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const int own = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  std::atomic<int> lines{0};
  std::thread writer([&] {
    const std::string filling(1000, 'x');
    for (; lines < 1000; ++lines) agent::log::write(agent::log::level::info, "filling", {{"with", filling}});
  });
  const bool went_on = eventually([&] { return lines == 1000; });
  ::dup2(own, STDERR_FILENO);
  ::close(own);
  ::close(ends[1]);
  std::string seen;
  std::string block(65536, 0);
  for (ssize_t got = 0; (got = ::read(ends[0], block.data(), block.size())) > 0;)
    seen.append(block, 0, static_cast<std::size_t>(got));
  ::close(ends[0]);
  writer.join();
  CHECK(went_on);
  const auto first = encoding::parse_json(seen.substr(0, seen.find('\n')));
  REQUIRE(first.ok());
  CHECK((*first)["event"] == "filling");
  CHECK(std::abs(first->value("time", std::int64_t{0}) / 1000 - now_s()) < 60);
}
