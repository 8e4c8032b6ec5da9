#include <doctest/doctest.h>

#include "http/framing.hpp"
#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

using http::head_scanner;

// Feeds ever longer prefixes, each in its own block, and gives the first verdict.
result<head_scanner::state> feed(head_scanner& scanner, std::string_view text, std::size_t step) {
  for (std::size_t n = step; n < text.size(); n += step) {
    const exact_text input(text.substr(0, n));
    auto verdict = scanner.scan(input.view());
    if (!verdict.ok() || *verdict == head_scanner::state::complete) return verdict;
  }
  const exact_text input(text);
  return scanner.scan(input.view());
}

TEST_CASE("finds the end of a head however it arrives, and not one byte beyond") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t step = 1; step <= head.size() + 4; ++step) {
    head_scanner scanner;
    const auto verdict = feed(scanner, head + "body", step);
    REQUIRE(verdict.ok());
    CHECK(*verdict == head_scanner::state::complete);
    CHECK(scanner.length() == head.size());
  }
}

TEST_CASE("is incomplete until the last line feed") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  head_scanner scanner;
  for (std::size_t n = 0; n < head.size(); ++n) {
    CHECK(*scanner.scan(std::string_view(head).substr(0, n)) == head_scanner::state::incomplete);
  }
}

TEST_CASE("refuses as soon as nothing valid can follow") {
  const auto why = [](std::string_view text) { return head_scanner().scan(text).why(); };
  CHECK(why("\x16\x03\x01") == reason::framing_syntax);
  CHECK(why("\r\n") == reason::framing_syntax);
  CHECK(why("GET / HTTP/1.1\nHost") == reason::framing_bare_cr_or_lf);
  CHECK(why("GET / HTTP/1.1\r\n\n") == reason::framing_bare_cr_or_lf);
}

TEST_CASE("refuses a head that reaches its limit before its end") {
  const http::head_limits limits{32, 128, 0};
  head_scanner scanner(limits);
  CHECK(scanner.scan("GET / HTTP/1.1\r\nHost: aaaaaaaaa").ok());
  CHECK(scanner.scan("GET / HTTP/1.1\r\nHost: aaaaaaaaaa").why() == reason::framing_head_too_large);
  head_scanner whole(limits);
  CHECK(whole.scan("GET / HTTP/1.1\r\nHost: aaaaaa\r\n\r\n").ok());
  CHECK(whole.length() == 32);
}

TEST_CASE("refuses more lines than fields are allowed before they have all arrived") {
  head_scanner scanner({65536, 2, 0});
  CHECK(scanner.scan("GET / HTTP/1.1\r\nA: b\r\nA: b\r\n").ok());
  CHECK(scanner.scan("GET / HTTP/1.1\r\nA: b\r\nA: b\r\nA: b\r\n").why() == reason::framing_too_many_fields);
}

TEST_CASE("is ready for the next head after a reset") {
  head_scanner scanner;
  CHECK(*scanner.scan("GET / HTTP/1.1\r\nHost: a\r\n\r\n") == head_scanner::state::complete);
  scanner.reset();
  CHECK(*scanner.scan("GET ") == head_scanner::state::incomplete);
}

}  // namespace
}  // namespace sallyport::testing
