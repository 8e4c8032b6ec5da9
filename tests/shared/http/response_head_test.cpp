#include <doctest/doctest.h>

#include <array>

#include "http/request_head.hpp"
#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

using http::body_framing;
using http::parse_response_head;

struct refused_response {
  std::string_view text;
  std::string_view detail;
};

constexpr std::array refused_responses = {
    refused_response{"", "framing_syntax"},
    refused_response{"HTTP/1.1 20 OK\r\n\r\n", "framing_syntax"},
    refused_response{"HTTP/1.1 2000\r\n\r\n", "framing_syntax"},
    refused_response{"HTTP/1.1 099 X\r\n\r\n", "framing_syntax"},
    refused_response{"HTTP/1.1 600 X\r\n\r\n", "framing_syntax"},
    refused_response{"HTTP/1.1  200 X\r\n\r\n", "framing_syntax"},
    refused_response{"ICY 200 OK....\r\n\r\n", "framing_syntax"},
    refused_response{"HTTP/2.0 200 OK\r\n\r\n", "framing_version"},
    refused_response{"HTTP/1.1 200 O\x01K\r\n\r\n", "framing_control_character"},
    refused_response{"HTTP/1.1 200 OK\nA: b\r\n\r\n", "framing_bare_cr_or_lf"},
    refused_response{"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "framing_line_folding"},
    refused_response{"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "framing_space_before_colon"},
    refused_response{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "framing_length_repeated"},
    refused_response{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                     "framing_length_and_encoding"},
    refused_response{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "framing_transfer_encoding"},
    refused_response{"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "framing_transfer_encoding"},
    refused_response{"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked, chunked\r\n\r\n", "framing_transfer_encoding"},
    refused_response{"HTTP/1.1 200 OK\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", "framing_transfer_encoding"},
    refused_response{"HTTP/1.1 205 X\r\nContent-Length: x\r\n\r\n", "framing_length_invalid"},
    refused_response{"HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\n", "framing_syntax"},
    refused_response{"HTTP/1.1 101 X\r\nConnection: upgrade\r\n\r\n", "framing_syntax"},
};

TEST_CASE("refuses every response that is not strictly HTTP/1.1, and says which rule it broke") {
  for (const auto& response : refused_responses) {
    CAPTURE(response.text);
    const exact_text input(response.text);
    const auto head = parse_response_head(input.view(), "GET");
    REQUIRE(head.why() == reason::upstream_invalid_response);
    CHECK(head.error().detail == response.detail);
  }
}

TEST_CASE("the status line may lack its reason phrase and the space before it") {
  CHECK(parse_response_head("HTTP/1.1 200\r\n\r\n", "GET")->status == 200);
  CHECK(parse_response_head("HTTP/1.1 200 \r\n\r\n", "GET")->reason_phrase.empty());
  CHECK(parse_response_head("HTTP/1.1 404 Not Found\r\n\r\n", "GET")->reason_phrase == "Not Found");
}

TEST_CASE("knows how the body of a response ends") {
  const auto body = [](std::string_view text, std::string_view method) {
    return parse_response_head(text, method)->body;
  };
  CHECK(body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "GET") == body_framing::content_length);
  CHECK(body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "GET") == body_framing::chunked);
  CHECK(body("HTTP/1.1 200 OK\r\n\r\n", "GET") == body_framing::until_close);
  CHECK(body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD") == body_framing::none);
  CHECK(body("HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\n", "GET") == body_framing::none);
  CHECK(body("HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n", "GET") == body_framing::none);
  CHECK(body("HTTP/1.1 100 X\r\n\r\n", "POST") == body_framing::none);
}

struct certain_end {
  std::string_view method, status, fields;
  bool keep_alive;
  std::optional<std::uint64_t> declared = std::nullopt;
};

constexpr std::string_view all_framing = "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n";

const std::array certain_ends = {
    certain_end{"GET", "204", "", true},
    certain_end{"GET", "204", "Content-Length: 0\r\n", true},
    certain_end{"GET", "204", "Content-Length: 4\r\n", false},
    certain_end{"DELETE", "204", "Content-Length: -1\r\n", false},
    certain_end{"GET", "204", "Content-Length: 0\r\nContent-Length: 0\r\n", false},
    certain_end{"POST", "204", "Transfer-Encoding: chunked\r\n", false},
    certain_end{"PUT", "204", "Transfer-Encoding: gzip\r\n", false},
    certain_end{"GET", "204", all_framing, false},
    certain_end{"HEAD", "204", "Content-Length: 4\r\n", false},
    certain_end{"GET", "103", "Content-Length: 4\r\n", false},
    certain_end{"GET", "102", "Transfer-Encoding: chunked\r\n", false},
    certain_end{"POST", "100", "Content-Length: 0\r\n", true},
    certain_end{"GET", "304", "Content-Length: 4\r\n", true, 4},
    certain_end{"GET", "304", "Transfer-Encoding: Chunked\r\n", true},
    certain_end{"GET", "304", "Transfer-Encoding: gzip, chunked\r\n", false},
    certain_end{"GET", "304", "Content-Length: x\r\n", false},
    certain_end{"GET", "304", all_framing, false},
    certain_end{"HEAD", "200", "Content-Length: 4\r\n", true, 4},
    certain_end{"HEAD", "404", "Transfer-Encoding: chunked\r\n", true},
    certain_end{"HEAD", "200", "Content-Length: 4\r\nContent-Length: 5\r\n", false},
    certain_end{"HEAD", "200", "Content-Length: 99999999999999999999\r\n", false},
    certain_end{"HEAD", "500", all_framing, false},
};

TEST_CASE("no field about a body makes a response unreadable that ends with its head") {
  for (const auto& response : certain_ends) {
    CAPTURE(response.method);
    CAPTURE(response.status);
    CAPTURE(response.fields);
    const exact_text input("HTTP/1.1 " + std::string(response.status) + " X\r\n" + std::string(response.fields) +
                           "\r\n");
    const auto head = parse_response_head(input.view(), response.method);
    REQUIRE(head.ok());
    CHECK(head->body == body_framing::none);
    CHECK(head->content_length == 0);
    CHECK(head->keep_alive == response.keep_alive);
    CHECK(head->declared_length == response.declared);
  }
}

TEST_CASE("the coding of a response is chunked in any case") {
  for (const std::string_view coding : {"chunked", "Chunked", "CHUNKED", "chUnKed"}) {
    CAPTURE(coding);
    const exact_text input("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + std::string(coding) + "\r\n\r\n");
    const auto head = parse_response_head(input.view(), "GET");
    REQUIRE(head.ok());
    CHECK(head->body == body_framing::chunked);
  }
}

TEST_CASE("keeps the length that a response to HEAD declares") {
  CHECK(parse_response_head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD")->declared_length == 5);
}

TEST_CASE("a body that ends with the connection ends the connection") {
  CHECK_FALSE(parse_response_head("HTTP/1.1 200 OK\r\n\r\n", "GET")->keep_alive);
  CHECK(parse_response_head("HTTP/1.1 204 X\r\n\r\n", "GET")->keep_alive);
}

TEST_CASE("tells an interim response from a switch of protocols") {
  CHECK(parse_response_head("HTTP/1.1 103 X\r\n\r\n", "GET")->interim);
  const auto switched =
      parse_response_head("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "GET");
  REQUIRE(switched.ok());
  CHECK_FALSE(switched->interim);
  CHECK(switched->upgrade == "websocket");
}

TEST_CASE("an app may use underscores in its own response fields") {
  CHECK(parse_response_head("HTTP/1.1 200 OK\r\nx_forwarded_for: a\r\n\r\n", "GET").ok());
}

}  // namespace
}  // namespace sallyport::testing
