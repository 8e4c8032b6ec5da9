#include "http/chunked.hpp"

#include <doctest/doctest.h>

#include <array>

#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

using http::chunked_decoder;

struct decoded {
  std::string body;
  std::size_t consumed = 0;
  bool finished = false;
  reason why = reason::ok;
};

// Feeds `text` in pieces of `step` bytes, each in its own block.
decoded decode(std::string_view text, std::size_t step, const http::chunked_limits& limits = {}) {
  chunked_decoder decoder(limits);
  decoded out;
  while (!text.empty() && !out.finished) {
    const exact_text piece(text.substr(0, step));
    for (std::string_view rest = piece.view(); !rest.empty() && !out.finished;) {
      const auto taken = decoder.next(rest);
      out.why = taken.why();
      if (!taken.ok()) return out;
      out.body += taken->data;
      out.finished = taken->finished;
      out.consumed += taken->consumed;
      rest.remove_prefix(taken->consumed);
    }
    text.remove_prefix(std::min(step, text.size()));
  }
  return out;
}

constexpr std::string_view whole = "5\r\nhello\r\n00A;ext=\"v\"\r\n, chunked!\r\n0\r\nExpires: now\r\nX:\r\n\r\n";

TEST_CASE("decodes the same body however it arrives") {
  for (std::size_t step = 1; step <= whole.size(); ++step) {
    const decoded out = decode(whole, step);
    CHECK(out.why == reason::ok);
    CHECK(out.body == "hello, chunked!");
    CHECK(out.finished);
    CHECK(out.consumed == whole.size());
  }
}

TEST_CASE("a body cut at any byte is never finished") {
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const decoded out = decode(whole.substr(0, n), 7);
    CHECK(out.why == reason::ok);
    CHECK_FALSE(out.finished);
  }
}

TEST_CASE("leaves what follows the body for the next message") {
  const decoded out = decode("0\r\n\r\nGET / HTTP/1.1\r\n", 100);
  CHECK(out.finished);
  CHECK(out.consumed == 5);
}

constexpr std::array<std::string_view, 24> malformed = {
    "\r\n",
    "x\r\n",
    " 5\r\nhello\r\n",
    "5 \r\nhello\r\n",
    "5\nhello\r\n",
    "5\rhello\r\n",
    "+5\r\nhello\r\n",
    "-5\r\nhello\r\n",
    "0x5\r\nhello\r\n",
    "5\r\nhelloX\r\n",
    "5\r\nhello\n",
    "5\r\nhello\rX",
    "5\r\nhello0\r\n\r\n",
    "10000000000000000\r\n",
    "00000000000000000\r\n",
    "5;a\nb\r\nhello\r\n",
    "5;a\rb\r\nhello\r\n",
    "5;a\x01\r\nhello\r\n",
    "5 ;a\r\nhello\r\n",
    "0\r\nA\r\n\r\n",
    "0\r\n: b\r\n\r\n",
    "0\r\nA : b\r\n\r\n",
    "0\r\nA: b\n\r\n",
    "0\r\n\n",
};

TEST_CASE("refuses a malformed chunk at its first wrong byte") {
  for (const auto text : malformed) {
    CAPTURE(text);
    for (const std::size_t step : {std::size_t{1}, std::size_t{100}}) {
      CHECK(name_of(decode(text, step).why) == name_of(reason::framing_chunk_invalid));
    }
  }
}

TEST_CASE("refuses a chunk that would exceed the body limit before its first byte") {
  const http::chunked_limits limits{8, 256, 8192};
  CHECK(decode("5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n", 100, limits).finished);
  const decoded out = decode("5\r\nhello\r\n4\r\nabcd\r\n", 100, limits);
  CHECK(out.why == reason::body_too_large);
  CHECK(out.body == "hello");
  CHECK(decode("ffffffffffffffff\r\n", 100, limits).why == reason::body_too_large);
}

TEST_CASE("bounds chunk extensions and trailers") {
  CHECK(decode("1;" + std::string(200, 'e') + "\r\na\r\n0\r\n\r\n", 100).finished);
  CHECK(decode("1;" + std::string(300, 'e') + "\r\n", 100).why == reason::framing_chunk_invalid);
  CHECK(decode("0\r\nA: " + std::string(9000, 't') + "\r\n\r\n", 100).why == reason::framing_chunk_invalid);
}

TEST_CASE("a decoder that failed stays failed") {
  chunked_decoder decoder;
  CHECK_FALSE(decoder.next("x").ok());
  CHECK_FALSE(decoder.next("0\r\n\r\n").ok());
}

TEST_CASE("writes the line that opens a chunk") {
  char buffer[20];
  CHECK(http::chunk_opening(26, buffer) == "1a\r\n");
  CHECK(http::chunk_opening(~std::uint64_t{0}, buffer) == "ffffffffffffffff\r\n");
}

}  // namespace
}  // namespace sallyport::testing
