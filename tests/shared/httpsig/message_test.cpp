#include "httpsig/message.hpp"

#include <doctest/doctest.h>

#include "httpsig/target.hpp"

namespace sallyport::testing {
namespace {

using namespace httpsig;

TEST_CASE("joins folded lines with one space and trims values") {
  const auto fields = parse_field_lines("A:  b  \r\n\t c \r\nD:\r\n");
  REQUIRE(fields.ok());
  REQUIRE(fields->size() == 2);
  CHECK((*fields)[0].value == "b c");
  CHECK((*fields)[1].value.empty());
}

TEST_CASE("a fold at either end of a value is white space around it") {
  const auto fields = parse_field_lines("A:\r\n b\r\nC: d\r\n \t\r\nE:\r\n \r\nF: g\r\n \r\n h\r\n");
  REQUIRE(fields.ok());
  REQUIRE(fields->size() == 4);
  CHECK((*fields)[0].value == "b");
  CHECK((*fields)[1].value == "d");
  CHECK((*fields)[2].value.empty());
  CHECK((*fields)[3].value == "g  h");
}

TEST_CASE("keeps the trailers of a chunked body") {
  const auto read =
      parse_message("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nA: b\r\n\r\n");
  REQUIRE(read.ok());
  REQUIRE(read->trailers.size() == 1);
  CHECK(read->trailers[0].name == "a");
}

TEST_CASE("refuses what is no message") {
  for (const char* text : {"", "GET /\r\n\r\n", "G T / HTTP/1.1x\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
                           "HTTP/1.1 99 OK\r\n\r\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_message(text).ok());
  }
  CHECK(parse_message("GET / HTTP/1.1\r\nno colon\r\n\r\n").why() == reason::framing_field_name);
  CHECK(parse_message("GET / HTTP/1.1\r\n folded\r\n\r\n").why() == reason::framing_field_name);
  const std::string chunked = "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* body : {"", "x\r\n", "5\r\nabc", "3\r\nabcX\r\n", "-1\r\n"}) {
    CAPTURE(body);
    CHECK(parse_message(chunked + body).why() == reason::framing_chunk_invalid);
  }
}

target_parts parts_of(message& request, const char* method, const char* target) {
  request.method = method;
  request.target = target;
  request.fields = {{"host", "Field.Example"}};
  return take_apart(request);
}

TEST_CASE("takes a target of any form apart") {
  message request;
  const auto origin = parts_of(request, "GET", "/a?b?c");
  CHECK(origin.authority == "Field.Example");
  CHECK(origin.path == "/a");
  CHECK(origin.query == "b?c");
  const auto absolute = parts_of(request, "GET", "HTTP://u@Target.Example?q");
  CHECK(absolute.scheme == "HTTP");
  CHECK(absolute.authority == "Target.Example");
  CHECK(absolute.path.empty());
  CHECK(absolute.query == "q");
  CHECK(parts_of(request, "CONNECT", "t.example:1").authority == "t.example:1");
  CHECK(parts_of(request, "OPTIONS", "*").path.empty());
  CHECK(parts_of(request, "GET", "/a://b").path == "/a://b");
}

TEST_CASE("normalizes an authority") {
  CHECK(normalize_authority("A.Example:443", "https") == "a.example");
  CHECK(normalize_authority("a:80", "https") == "a:80");
  CHECK(normalize_authority("a:80", "http") == "a");
  CHECK(normalize_authority("[::1]:8443", "https") == "[::1]:8443");
  CHECK(normalize_authority("a:1443", "https") == "a:1443");
}

}  // namespace
}  // namespace sallyport::testing
