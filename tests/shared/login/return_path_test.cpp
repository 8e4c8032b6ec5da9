#include "login/return_path.hpp"

#include <doctest/doctest.h>

using namespace sallyport;
using namespace sallyport::login;

TEST_CASE("a return path is the canonical path and query of a request on this host") {
  CHECK(read_return_path("/").value() == "/");
  CHECK(read_return_path("/reports?year=2026&q=a%20b").value() == "/reports?year=2026&q=a%20b");
  CHECK(read_return_path("/%7Ealice").value() == "/~alice");
  CHECK(read_return_path("/.sallyportx").value() == "/.sallyportx");
  CHECK(absolute_location("https", "app.example:8443", "/a?b") == "https://app.example:8443/a?b");
}

TEST_CASE("what a browser could take for another host is no return path") {
  for (const std::string_view each : {"",
                                      "//evil.example",
                                      "///evil.example",
                                      "/\\evil.example",
                                      "\\\\evil.example",
                                      "https://evil.example/",
                                      "https:evil.example",
                                      "javascript:alert(1)",
                                      "/%2Fevil.example",
                                      "/%5Cevil.example",
                                      "/..//evil.example",
                                      "/./evil.example",
                                      "/%2e%2e/evil",
                                      "/\tevil.example",
                                      "/a\r\nLocation: x",
                                      "/%0d%0aLocation:x",
                                      "/a#b",
                                      "@evil.example",
                                      ".evil.example",
                                      "/a;//b",
                                      "/a//b",
                                      " /a",
                                      "/ a",
                                      "evil",
                                      "?a=b",
                                      "/%00",
                                      "/\xC2\xA0"}) {
    CAPTURE(each);
    CHECK(read_return_path(each).why() == reason::login_target);
  }
}

TEST_CASE("a return path has 1,024 bytes at most, and is none of our own") {
  CHECK(read_return_path("/" + std::string(1023, 'a')).ok());
  CHECK(read_return_path("/" + std::string(1024, 'a')).why() == reason::login_target);
  CHECK(read_return_path("/" + std::string(1000, '"')).why() == reason::login_target);
  for (const std::string_view ours :
       {"/.sallyport", "/.sallyport/", "/.sallyport/logout", "/%2Esallyport/login", "/.sallyport?x"}) {
    CHECK(read_return_path(ours).why() == reason::login_target);
  }
}
