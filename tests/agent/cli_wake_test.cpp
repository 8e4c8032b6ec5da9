// `sallyport wake reset`: what it sends, and what it makes of each response.
#include <doctest/doctest.h>

#include "agent/cli/exit_code.hpp"
#include "tests/agent/command.hpp"
#include "tests/agent/wire.hpp"

using namespace sallyport;
using namespace sallyport::agent::cli;
using namespace sallyport::testing;

namespace {

/// An edge that gives every reset this response.
struct resetting_edge {
  app edge;
  std::string url = "http://127.0.0.1:" + std::to_string(edge.port());

  explicit resetting_edge(const std::string& status, const std::string& more = "Sallyport-Request-Id: AbC\r\n",
                          const std::string& body = "")
      : edge([=](app& self, connection& from) {
          message_reader reader(from);
          const auto request = reader.request();
          if (!request) return;
          self.note(*request);
          const std::string length = status == "204 X" ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
          from.send("HTTP/1.1 " + status + "\r\n" + more + length + "Connection: close\r\n\r\n" + body);
        }) {}
};

command_outcome reset(const std::string& url, const std::string& service = "reports",
                      const std::string& token = "Authorization: Bearer aaa.bbb.ccc\n") {
  return sallyport_command({"wake", "reset", service, "--edge", url}, token);
}

}  // namespace

TEST_CASE("a reset is one POST with the token as it was pasted, and says what it did") {
  resetting_edge to("204 X");
  const auto got = reset(to.url);
  CAPTURE(got.err);
  CHECK(got.exit == exit_ok);
  CHECK(got.out.find("reports") == 0);
  CHECK(to.edge.requests == 1);
  const std::string head = to.edge.heads().at(0);
  CHECK(head.find("POST /.sallyport/services/reports/reset HTTP/1.1\r\n") == 0);
  CHECK(head.find("Authorization: Bearer aaa.bbb.ccc\r\n") != std::string::npos);
  CHECK(reset(to.url + "/").exit == exit_ok);
}

TEST_CASE("a refused reset says what to mend, with the code and the id of the request") {
  const std::string id = "Sallyport-Request-Id: AbC\r\n";
  for (const auto& [status, code, words] :
       std::vector<std::array<std::string, 3>>{{"401 X", "unauthorized", "does not accept the token"},
                                               {"403 X", "forbidden", "ecs.operators"},
                                               {"404 X", "not_found", "knows no resets"}}) {
    resetting_edge to(status, id, "{\"code\":\"" + code + "\"}");
    const auto got = reset(to.url);
    CAPTURE(got.err);
    CHECK(got.exit == exit_check_failed);
    CHECK(got.out.empty());
    CHECK(got.err.find(words) != std::string::npos);
    CHECK(got.err.find(code + ", request AbC") != std::string::npos);
  }
  resetting_edge broken("503 X", id, "\x1b[2J");
  const auto got = reset(broken.url);
  CHECK(got.exit == exit_unavailable);
  CHECK(got.err.find('\x1b') == std::string::npos);
}

TEST_CASE("what is no edge has reset nothing, whatever it says, and is not followed") {
  for (const std::string status : {"204 X", "200 X", "404 X"}) {
    resetting_edge to(status, "");
    const auto got = reset(to.url);
    CAPTURE(status);
    CHECK(got.exit == exit_unavailable);
    CHECK(got.err.find("not from an edge") != std::string::npos);
  }
  resetting_edge login("302 X", "Location: http://127.0.0.1:9/\r\n");
  const auto got = reset(login.url);
  CHECK(got.exit == exit_unavailable);
  CHECK(got.err.find("login") != std::string::npos);
  CHECK(reset("http://127.0.0.1:9").exit == exit_unavailable);
}

TEST_CASE("a wrong command line sends no token anywhere") {
  resetting_edge to("204 X");
  for (const std::string& url : {std::string("http://edge.test"), to.url + "/path", to.url + "?a=1",
                                 std::string("edge.test"), std::string("ftp://edge.test"), std::string("https://")})
    CHECK(reset(url).exit == exit_usage);
  for (const std::string service : {"", "..", "a/b", "..%2f", "a b", "a?b", "a#b"})
    CHECK(reset(to.url, service).exit == exit_usage);
  for (const std::string token : {"", " \n", "caf\xc3\xa9"}) CHECK(reset(to.url, "reports", token).exit == exit_usage);
  CHECK(sallyport_command({"wake", "reset", "reports", "--edge", to.url, "--token-file", "/nowhere/token"}).exit ==
        exit_unavailable);
  CHECK(to.edge.requests == 0);
}
