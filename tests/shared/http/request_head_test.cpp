// Framing: each head that could be read in two ways has its one reason.
#include "http/request_head.hpp"

#include <doctest/doctest.h>

#include <array>

#include "tests/support/exact.hpp"

namespace sallyport::testing {
namespace {

using http::body_framing;
using http::parse_request_head;

struct refused_head {
  const char* what;
  std::string_view text;
  reason why;
};

// With Host, and fit to take one or two field lines more.
#define HEAD(fields) "POST /a HTTP/1.1\r\nHost: a.example\r\n" fields "\r\n"

constexpr std::array refused_heads = {
    // request line
    refused_head{"nothing", "", reason::framing_syntax},
    refused_head{"an empty line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_syntax},
    refused_head{"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_syntax},
    refused_head{"a tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_syntax},
    refused_head{"a tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_syntax},
    refused_head{"a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_syntax},
    refused_head{"no version (HTTP/0.9)", "GET /\r\n\r\n", reason::framing_syntax},
    refused_head{"a space behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", reason::framing_syntax},
    refused_head{"a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n", reason::framing_syntax},
    refused_head{"a version with two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", reason::framing_syntax},
    refused_head{"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", reason::framing_version},
    refused_head{"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", reason::framing_version},
    refused_head{"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", reason::framing_version},
    refused_head{"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\n", reason::framing_version},
    refused_head{"no method", " / HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_method},
    refused_head{"a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_method},
    refused_head{"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_method},
    refused_head{"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_method},
    refused_head{"the absolute form", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_target_form},
    refused_head{"the authority form", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_target_form},
    refused_head{"the asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_target_form},
    refused_head{"a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_target_form},
    refused_head{"a fragment in the query", "GET /?a#b HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_target_form},
    refused_head{"a relative target", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_target_form},
    refused_head{"NUL in the target", std::string_view("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 29),
                 reason::framing_control_character},
    refused_head{"CR in the target", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", reason::framing_bare_cr_or_lf},
    // lines
    refused_head{"LF alone behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", reason::framing_bare_cr_or_lf},
    refused_head{"LF alone behind a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", reason::framing_bare_cr_or_lf},
    refused_head{"LF alone as the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", reason::framing_bare_cr_or_lf},
    refused_head{"LF as the whole head", "\n", reason::framing_bare_cr_or_lf},
    refused_head{"CR inside a value", HEAD("A: b\rContent-Length: 5\r\n"), reason::framing_bare_cr_or_lf},
    refused_head{"CR inside a name", HEAD("A\rB: c\r\n"), reason::framing_bare_cr_or_lf},
    refused_head{"two CR at the end of a line", HEAD("A: b\r\r\n"), reason::framing_bare_cr_or_lf},
    refused_head{"no empty line", "GET / HTTP/1.1\r\nHost: a\r\n", reason::framing_syntax},
    refused_head{"bytes behind the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\r\nX", reason::framing_syntax},
    refused_head{"folding with a space", HEAD("A: b\r\n c\r\n"), reason::framing_line_folding},
    refused_head{"folding with a tab", HEAD("A: b\r\n\tc\r\n"), reason::framing_line_folding},
    refused_head{"white space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
                 reason::framing_line_folding},
    // fields
    refused_head{"space before the colon", HEAD("Content-Length : 5\r\n"), reason::framing_space_before_colon},
    refused_head{"tab before the colon", HEAD("Transfer-Encoding\t: chunked\r\n"), reason::framing_space_before_colon},
    refused_head{"an empty name", HEAD(": b\r\n"), reason::framing_field_name},
    refused_head{"a name with a space inside", HEAD("A B: c\r\n"), reason::framing_field_name},
    refused_head{"a name that is no token", HEAD("A(B): c\r\n"), reason::framing_field_name},
    refused_head{"a name outside ASCII", HEAD("\xC3\xA4: c\r\n"), reason::framing_field_name},
    refused_head{"no colon", HEAD("Just text\r\n"), reason::framing_field_name},
    refused_head{"no colon, one word", HEAD("Justtext\r\n"), reason::framing_field_name},
    refused_head{"a control in a name", HEAD("A\x01: c\r\n"), reason::framing_control_character},
    refused_head{"a control in a value", HEAD("A: b\x01\r\n"), reason::framing_control_character},
    refused_head{"DEL in a long value", HEAD("A: 0123456789012345678901234567890123456789\x7F 1\r\n"),
                 reason::framing_control_character},
    refused_head{"vertical tab around chunked", HEAD("Transfer-Encoding: \vchunked\r\n"),
                 reason::framing_control_character},
    refused_head{"NUL in a value", std::string_view("GET / HTTP/1.1\r\nHost: a\0\r\n\r\n", 28),
                 reason::framing_control_character},
    refused_head{"sallyport_assertion", HEAD("sallyport_assertion: x\r\n"), reason::framing_field_collision},
    refused_head{"Sallyport_Subject", HEAD("Sallyport_Subject: x\r\n"), reason::framing_field_collision},
    refused_head{"Sallyport.Subject", HEAD("Sallyport.Subject: x\r\n"), reason::framing_field_collision},
    refused_head{"Sallyport!Groups", HEAD("Sallyport!Groups: x\r\n"), reason::framing_field_collision},
    refused_head{"x_forwarded_for", HEAD("x_forwarded_for: x\r\n"), reason::framing_field_collision},
    refused_head{"X-Forwarded_For", HEAD("X-Forwarded_For: x\r\n"), reason::framing_field_collision},
    refused_head{"content_length", HEAD("content_length: 5\r\n"), reason::framing_field_collision},
    refused_head{"transfer_encoding", HEAD("Transfer_Encoding: chunked\r\n"), reason::framing_field_collision},
    refused_head{"signature_input", HEAD("signature_input: a=()\r\n"), reason::framing_field_collision},
    // host
    refused_head{"no Host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", reason::framing_host_missing},
    refused_head{"no Host on HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", reason::framing_host_missing},
    refused_head{"two Hosts", HEAD("Host: b\r\n"), reason::framing_host_repeated},
    refused_head{"two equal Hosts", HEAD("HOST: a.example\r\n"), reason::framing_host_repeated},
    refused_head{"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", reason::framing_host_invalid},
    refused_head{"two hosts in one Host", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", reason::framing_host_invalid},
    refused_head{"user information", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", reason::framing_host_invalid},
    refused_head{"a path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", reason::framing_host_invalid},
    refused_head{"an empty port", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", reason::framing_host_invalid},
    refused_head{"a port too large", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", reason::framing_host_invalid},
    refused_head{"a port that is no number", "GET / HTTP/1.1\r\nHost: a:8o\r\n\r\n", reason::framing_host_invalid},
    refused_head{"an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", reason::framing_host_invalid},
    refused_head{"an empty label", "GET / HTTP/1.1\r\nHost: a..b\r\n\r\n", reason::framing_host_invalid},
    refused_head{"an encoded host", "GET / HTTP/1.1\r\nHost: %61\r\n\r\n", reason::framing_host_invalid},
    // body
    refused_head{"CL.TE", HEAD("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
                 reason::framing_length_and_encoding},
    refused_head{"TE.CL", HEAD("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
                 reason::framing_length_and_encoding},
    refused_head{"TE.CL with nonsense", HEAD("Transfer-Encoding: x\r\nContent-Length: 5\r\n"),
                 reason::framing_length_and_encoding},
    refused_head{"two lengths", HEAD("Content-Length: 5\r\nContent-Length: 6\r\n"), reason::framing_length_repeated},
    refused_head{"two equal lengths", HEAD("Content-Length: 5\r\ncontent-length: 5\r\n"),
                 reason::framing_length_repeated},
    refused_head{"a list of equal lengths", HEAD("Content-Length: 5, 5\r\n"), reason::framing_length_invalid},
    refused_head{"an empty length", HEAD("Content-Length:\r\n"), reason::framing_length_invalid},
    refused_head{"a length with a sign", HEAD("Content-Length: +5\r\n"), reason::framing_length_invalid},
    refused_head{"a negative length", HEAD("Content-Length: -5\r\n"), reason::framing_length_invalid},
    refused_head{"a length in hexadecimal", HEAD("Content-Length: 0x5\r\n"), reason::framing_length_invalid},
    refused_head{"a length with a space inside", HEAD("Content-Length: 5 0\r\n"), reason::framing_length_invalid},
    refused_head{"a length beyond the limit", HEAD("Content-Length: 9007199254740993\r\n"),
                 reason::framing_length_invalid},
    refused_head{"a length beyond 64 bits", HEAD("Content-Length: 99999999999999999999\r\n"),
                 reason::framing_length_invalid},
    refused_head{"a length that wraps around", HEAD("Content-Length: 18446744073709551621\r\n"),
                 reason::framing_length_invalid},
    refused_head{"identity", HEAD("Transfer-Encoding: identity\r\n"), reason::framing_transfer_encoding},
    refused_head{"gzip, chunked", HEAD("Transfer-Encoding: gzip, chunked\r\n"), reason::framing_transfer_encoding},
    refused_head{"chunked, identity", HEAD("Transfer-Encoding: chunked, identity\r\n"),
                 reason::framing_transfer_encoding},
    refused_head{"chunked, chunked", HEAD("Transfer-Encoding: chunked, chunked\r\n"),
                 reason::framing_transfer_encoding},
    refused_head{"two times chunked", HEAD("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
                 reason::framing_transfer_encoding},
    refused_head{"chunked, then identity", HEAD("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
                 reason::framing_transfer_encoding},
    refused_head{"xchunked", HEAD("Transfer-Encoding: xchunked\r\n"), reason::framing_transfer_encoding},
    refused_head{"chunked in quotes", HEAD("Transfer-Encoding: \"chunked\"\r\n"), reason::framing_transfer_encoding},
    refused_head{"chunked with a parameter", HEAD("Transfer-Encoding: chunked;a=b\r\n"),
                 reason::framing_transfer_encoding},
    refused_head{"Chunked in another case", HEAD("Transfer-Encoding: Chunked\r\n"), reason::framing_transfer_encoding},
    refused_head{"a comma behind chunked", HEAD("Transfer-Encoding: chunked,\r\n"), reason::framing_transfer_encoding},
    refused_head{"an empty Transfer-Encoding", HEAD("Transfer-Encoding:\r\n"), reason::framing_transfer_encoding},
    refused_head{"chunked on HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                 reason::framing_transfer_encoding},
    refused_head{"another expectation", HEAD("Expect: 200-ok\r\n"), reason::framing_expectation},
    refused_head{"two expectations", HEAD("Expect: 100-continue\r\nExpect: 100-continue\r\n"),
                 reason::framing_expectation},
};

TEST_CASE("refuses every head that two readers could read in two ways, each with its reason") {
  for (const auto& head : refused_heads) {
    CAPTURE(head.what);
    const exact_text input(head.text);
    CHECK(name_of(parse_request_head(input.view()).why()) == name_of(head.why));
  }
}

TEST_CASE("reads an ordinary request into views, names as sent and values trimmed") {
  const exact_text input("GET /a?b HTTP/1.1\r\nHost: a.example:8443\r\nX-A: \t b c \t\r\nx-empty:\r\n\r\n");
  const auto head = parse_request_head(input.view());
  REQUIRE(head.ok());
  CHECK(head->method == "GET");
  CHECK(head->target == "/a?b");
  CHECK(head->host == "a.example:8443");
  REQUIRE(head->fields.size() == 3);
  CHECK(head->fields[1].name == "X-A");
  CHECK(head->fields[1].value == "b c");
  CHECK(head->fields[2].value.empty());
  CHECK(head->body == body_framing::none);
  CHECK(head->keep_alive);
  CHECK(head->minor_version == 1);
}

TEST_CASE("accepts obs-text and tabs inside a value") {
  CHECK(parse_request_head(HEAD("A: caf\xC3\xA9\tb\r\n")).ok());
}

TEST_CASE("accepts hosts of every form") {
  for (const char* host : {"a", "a.example.", "127.0.0.1:80", "[::1]", "[2001:db8::1]:65535", "a_b~c"}) {
    CAPTURE(host);
    CHECK(parse_request_head("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n").ok());
  }
}

TEST_CASE("accepts a field name with an underscore that is not one of ours") {
  CHECK(parse_request_head(HEAD("my_field: x\r\n")).ok());
}

TEST_CASE("knows how the body ends") {
  CHECK(parse_request_head(HEAD(""))->body == body_framing::none);
  CHECK(parse_request_head(HEAD("Transfer-Encoding: chunked\r\n"))->body == body_framing::chunked);
  const auto sized = parse_request_head(HEAD("Content-Length: 0012\r\n"));
  CHECK(sized->body == body_framing::content_length);
  CHECK(sized->content_length == 12);
}

TEST_CASE("knows whether the connection goes on") {
  CHECK_FALSE(parse_request_head(HEAD("Connection: x, Close\r\n"))->keep_alive);
  CHECK_FALSE(parse_request_head("GET / HTTP/1.0\r\nHost: a\r\n\r\n")->keep_alive);
  CHECK(parse_request_head("GET / HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n")->keep_alive);
  CHECK_FALSE(parse_request_head(HEAD("Connection: keep-alive\r\nConnection: close\r\n"))->keep_alive);
}

TEST_CASE("sees an upgrade only when Connection names it, once, on HTTP/1.1") {
  CHECK(parse_request_head(HEAD("Connection: Upgrade\r\nUpgrade: websocket\r\n"))->upgrade == "websocket");
  CHECK(parse_request_head(HEAD("Upgrade: websocket\r\n"))->upgrade.empty());
  CHECK(parse_request_head(HEAD("Connection: upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n"))->upgrade.empty());
  CHECK(parse_request_head("GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
            ->upgrade.empty());
}

TEST_CASE("expects 100-continue only before a body on HTTP/1.1") {
  CHECK(parse_request_head(HEAD("Expect: 100-Continue\r\nContent-Length: 5\r\n"))->expect_continue);
  CHECK_FALSE(parse_request_head(HEAD("Expect: 100-continue\r\n"))->expect_continue);
  CHECK_FALSE(parse_request_head("POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
                  ->expect_continue);
}

std::string head_with_fields(std::size_t count) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t i = 1; i < count; ++i) head += "A: b\r\n";
  return head + "\r\n";
}

TEST_CASE("takes 128 fields and refuses 129") {
  CHECK(parse_request_head(head_with_fields(128)).ok());
  CHECK(parse_request_head(head_with_fields(129)).why() == reason::framing_too_many_fields);
}

TEST_CASE("takes a head of exactly the limit and refuses one byte more") {
  const std::string frame = "GET / HTTP/1.1\r\nHost: a\r\nA: \r\n\r\n";
  const std::string filler(65536 - frame.size(), 'x');
  const auto with = [&](const std::string& value) { return "GET / HTTP/1.1\r\nHost: a\r\nA: " + value + "\r\n\r\n"; };
  CHECK(parse_request_head(with(filler)).ok());
  CHECK(parse_request_head(with(filler + "x")).why() == reason::framing_head_too_large);
}

TEST_CASE("a head cut at any byte is refused") {
  const std::string head = HEAD("Connection: close\r\nContent-Length: 5\r\nExpect: 100-continue\r\n");
  for (std::size_t n = 0; n < head.size(); ++n) {
    const exact_text input(std::string_view(head).substr(0, n));
    CHECK_FALSE(parse_request_head(input.view()).ok());
  }
}

TEST_CASE("no control character gets through at any place in a value") {
  for (std::size_t at = 0; at < 20; ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string value(20, 'v');
      value[at] = static_cast<char>(c);
      const bool control = (c < 0x20 && c != '\t') || c == 0x7F;
      const auto head = parse_request_head("GET / HTTP/1.1\r\nHost: a\r\nA: " + value + "\r\n\r\n");
      CHECK(head.ok() == !control);
    }
  }
}

}  // namespace
}  // namespace sallyport::testing
