// Requests that two readers could read in two ways. All are signed by the edge's own key, so that only the framing rule
// under test stands between them and the app.
#include <doctest/doctest.h>

#include <functional>

#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

struct attack {
  const char* name;
  int status;
  const char* reason;
  std::function<std::string()> raw;
};

signed_request post() {
  signed_request request;
  request.method = "POST";
  request.target = "/stream/x";
  request.body = "0123456789";
  request.body_signed = false;
  return request;
}

std::string with_lines(const signed_request& request, std::string_view lines, std::string_view body = "") {
  const std::string head = request.head();
  return head.substr(0, head.size() - 2) + std::string(lines) + "\r\n" +
         (body.empty() ? request.framed_body() : std::string(body));
}

signed_request chunked() {
  signed_request request = post();
  request.chunk = 5;
  return request;
}

const std::vector<attack>& attacks() {
  static const std::vector<attack> all = {
      {"length and encoding", 400, "framing_length_and_encoding",
       [] { return with_lines(post(), "Transfer-Encoding: chunked\r\n", "0\r\n\r\nGET /x HTTP/1.1\r\n"); }},
      {"two equal lengths", 400, "framing_length_repeated",
       [] { return with_lines(post(), "Content-Length: 10\r\n"); }},
      {"two different lengths", 400, "framing_length_repeated",
       [] { return with_lines(post(), "Content-Length: 3\r\n"); }},
      {"a list of lengths", 400, "framing_length_invalid",
       [] { return replaced(post().whole(), "Content-Length: 10", "Content-Length: 10, 10"); }},
      {"a signed length", 400, "framing_length_invalid",
       [] { return replaced(post().whole(), "Content-Length: 10", "Content-Length: +10"); }},
      {"a length that wraps", 400, "framing_length_invalid",
       [] { return replaced(post().whole(), "Content-Length: 10", "Content-Length: 18446744073709551626"); }},
      {"two encodings", 400, "framing_transfer_encoding",
       [] { return with_lines(chunked(), "Transfer-Encoding: chunked\r\n"); }},
      {"an encoding not ending in chunked", 400, "framing_transfer_encoding",
       [] {
         return replaced(chunked().whole(), "Transfer-Encoding: chunked", "Transfer-Encoding: chunked, identity");
       }},
      {"an encoding with a vertical tab", 400, nullptr,
       [] {
         return replaced(chunked().whole(), "Transfer-Encoding: chunked",
                         "Transfer-Encoding: \x0b"
                         "chunked");
       }},
      {"an encoding in a folded line", 400, "framing_line_folding",
       [] { return replaced(chunked().whole(), "Transfer-Encoding: chunked", "Transfer-Encoding:\r\n chunked"); }},
      {"a space before the colon", 400, "framing_space_before_colon",
       [] { return replaced(chunked().whole(), "Transfer-Encoding:", "Transfer-Encoding :"); }},
      {"chunked on HTTP/1.0", 400, "framing_transfer_encoding",
       [] { return replaced(chunked().whole(), " HTTP/1.1", " HTTP/1.0"); }},
      {"a bare line feed", 400, "framing_bare_cr_or_lf",
       [] { return replaced(signed_request{}.whole(), "Host: origin.test\r\n", "Host: origin.test\n"); }},
      {"two hosts", 400, "framing_host_repeated", [] { return with_lines(signed_request{}, "Host: evil.test\r\n"); }},
      {"no host", 400, "framing_host_missing",
       [] { return replaced(signed_request{}.whole(), "Host: origin.test\r\n", ""); }},
      {"an absolute target", 400, "framing_target_form",
       [] { return replaced(signed_request{}.whole(), "GET /", "GET http://app.test/"); }},
      {"an underscore for a hyphen", 400, "framing_field_collision",
       [] { return with_lines(signed_request{}, "Sallyport_Subject: root\r\n"); }},
      {"a NUL in a value", 400, "framing_control_character",
       [] { return with_lines(signed_request{}, std::string("X-A: a\0b\r\n", 10)); }},
      {"a dot segment", 400, "path_dot_segment",
       [] { return replaced(signed_request{}.whole(), "/api/things", "/api/../denied/x"); }},
      {"an encoded slash", 400, "path_encoded_separator",
       [] { return replaced(signed_request{}.whole(), "/api/things", "/api%2fthings"); }},
      {"a path that is not canonical", 400, "path_not_canonical",
       [] { return replaced(signed_request{}.whole(), "/api/things", "/api/%74hings"); }},
      {"CONNECT", 400, "framing_method", [] { return replaced(signed_request{}.whole(), "GET ", "CONNECT "); }},
      {"an upgrade", 501, "framing_upgrade_unsupported",
       [] { return with_lines(signed_request{}, "Connection: upgrade\r\nUpgrade: websocket\r\n"); }},
      {"another method than the signed one", 401, "httpsig_invalid",
       [] { return replaced(signed_request{}.whole(), "GET ", "PUT "); }},
      {"another query than the signed one", 401, "httpsig_invalid",
       [] { return replaced(signed_request{}.whole(), "?q=1", "?q=2"); }},
      {"a first chunk size that is none", 400, "framing_chunk_invalid",
       [] { return chunked().head() + "zz\r\nabc\r\n0\r\n\r\n"; }},
      {"a chunk size with a sign", 400, "framing_chunk_invalid",
       [] { return chunked().head() + "+5\r\nabcde\r\n0\r\n\r\n"; }},
      {"a chunk longer than it says", 400, "framing_chunk_invalid",
       [] { return chunked().head() + "2\r\nabcde\r\n0\r\n\r\n"; }},
      {"a head that is too large", 431, "framing_head_too_large",
       [] { return with_lines(signed_request{}, "X-Long: " + std::string(70000, 'a') + "\r\n"); }},
      {"too many fields", 431, "framing_too_many_fields",
       [] {
         std::string lines;
         for (int i = 0; i < 140; ++i) lines += "X-F" + std::to_string(i) + ": 1\r\n";
         return with_lines(signed_request{}, lines);
       }},
  };
  return all;
}

}  // namespace

TEST_CASE("ambiguous requests are refused with their reason, and not a byte of them reaches the app") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.threads = 1; });
  for (const attack& each : attacks()) {
    CAPTURE(each.name);
    const auto answer = s.ask(each.raw());
    REQUIRE(answer);
    CHECK(answer->status == each.status);
    CHECK(answer->field("content-type") == "application/problem+json");
  }
  // The connection is opened before the body is looked at only for bodies that stream and start well.
  CHECK(s.upstream().requests == 0);
  CHECK(s.upstream().connections == 0);
  REQUIRE(s.ask(signed_request{}));
  CHECK(s.upstream().requests == 1);
  const auto lines = s.audit();
  std::size_t at = 0;
  for (const attack& each : attacks()) {
    CAPTURE(each.name);
    REQUIRE(at < lines.size());
    // A body that turns out malformed was allowed before: its failure is the outcome.
    const bool allowed = lines[at]["decision"] == "allow";
    if (allowed) REQUIRE(++at < lines.size());
    if (allowed) CHECK(lines[at]["type"] == "outcome");
    if (each.reason != nullptr) CHECK(lines[at]["reason"] == std::string(each.reason));
    ++at;
  }
  CHECK(lines.size() == at + 2);
}

TEST_CASE("what follows a refused body is never taken for a request") {
  stage s(always(ok_answer("hello")));
  signed_request request = post();
  request.target = "/denied/x";
  request.route = "es-denied";
  connection to = s.connect();
  to.send(request.head());
  to.send(signed_request{}.whole().substr(0, 10));
  message_reader reader(to);
  const auto answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->status == 403);
  CHECK_FALSE(reader.answer());
  CHECK(s.upstream().connections == 0);
}

TEST_CASE("a refusal whose request is complete keeps the connection") {
  stage s(always(ok_answer("hello")));
  connection to = s.connect();
  message_reader reader(to);
  to.send("GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
  auto answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->status == 401);
  CHECK(answer->field("connection").empty());
  to.send("POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->status == 401);
  to.send(signed_request{}.whole());
  answer = reader.answer();
  REQUIRE(answer);
  CHECK(answer->status == 200);
}
