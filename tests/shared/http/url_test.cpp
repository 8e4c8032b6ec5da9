#include "http/url.hpp"

#include <doctest/doctest.h>

#include "tests/support/exact.hpp"

using namespace sallyport;
using sallyport::testing::exact_text;

TEST_CASE("a URL has a scheme, an authority and a rest") {
  struct row {
    std::string_view text, scheme, authority, rest;
  };
  constexpr row rows[] = {
      {"https://a.test", "https", "a.test", ""},
      {"https://a.test/", "https", "a.test", "/"},
      {"https://a.test:8443/p?q#f", "https", "a.test:8443", "/p?q#f"},
      {"https://a.test?q/r", "https", "a.test", "?q/r"},
      {"https://a.test#/f", "https", "a.test", "#/f"},
      {"http://user@[::1]:80/", "http", "user@[::1]:80", "/"},
      {"http:///p", "http", "", "/p"},
      {"://", "", "", ""},
      {"a/b://c", "a/b", "c", ""},
  };
  for (const auto& [text, scheme, authority, rest] : rows) {
    const auto& its_text = text;
    CAPTURE(its_text);
    const exact_text input(text);
    const auto parts = http::split_url(input.view());
    REQUIRE(parts);
    CHECK(parts->scheme == scheme);
    CHECK(parts->authority == authority);
    CHECK(parts->rest == rest);
  }
  for (const std::string_view none : {"", "a.test", "/p", "https:/a", "https:a", "//a.test/p"}) {
    CAPTURE(none);
    CHECK_FALSE(http::split_url(exact_text(none).view()));
  }
}

TEST_CASE("loopback is localhost, 127.0.0.0/8 and ::1, and plain http is private there only") {
  for (const std::string_view host : {"localhost", "127.0.0.1", "127.255.255.255", "127.1.2.3", "[::1]", "::1"}) {
    CAPTURE(host);
    CHECK(http::is_loopback(exact_text(host).view()));
    CHECK(http::is_https_or_loopback("http", host));
    CHECK(http::is_https_or_loopback("https", host));
  }
  for (const std::string_view host : {"", "localhost.evil.test", "127.0.0.1.evil.test", "127.evil.test", "127.0.0",
                                      "127.0.0.", "127.0.0.1.", "127...1", "127.0.0.256", "127.0.0.01", "128.0.0.1",
                                      "1127.0.0.1", "[::2]", "::2", "[::1", "LOCALHOST", "0.0.0.0"}) {
    CAPTURE(host);
    CHECK_FALSE(http::is_loopback(exact_text(host).view()));
    CHECK_FALSE(http::is_https_or_loopback("http", host));
    CHECK(http::is_https_or_loopback("https", host));
  }
  for (const std::string_view scheme : {"", "ftp", "HTTPS", "httpss"})
    CHECK_FALSE(http::is_https_or_loopback(scheme, "localhost"));
}

TEST_CASE("the port of the scheme itself goes without saying") {
  struct row {
    std::string_view authority, scheme, shorter;
  };
  constexpr row rows[] = {
      {"a.test:443", "https", "a.test"},       {"a.test:80", "http", "a.test"}, {"a.test:80", "https", "a.test:80"},
      {"a.test:443", "http", "a.test:443"},    {"a.test", "https", "a.test"},   {"a.test:443", "HTTPS", "a.test"},
      {"a.test:1443", "https", "a.test:1443"}, {"[::443]", "https", "[::443]"},
  };
  for (const auto& [authority, scheme, shorter] : rows) {
    const auto& its_authority = authority;
    CAPTURE(its_authority);
    CHECK(http::without_default_port(exact_text(authority).view(), scheme) == shorter);
  }
  CHECK(http::default_port("https") == 443);
  CHECK(http::default_port("http") == 80);
}
