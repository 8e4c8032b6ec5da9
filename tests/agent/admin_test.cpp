#include <doctest/doctest.h>
#include <httplib.h>

#include <set>
#include <sstream>

#include "agent/admin/exposition.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;

TEST_CASE("the admin server tells health, readiness and metrics, and nothing else") {
  stage s(always(ok_answer("hello")));
  httplib::Client admin("127.0.0.1", s.agent().admin_port());
  auto answer = admin.Get("/healthz");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  answer = admin.Get("/readyz");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "{\"ready\":true}\n");
  answer = admin.Get("/metrics");
  REQUIRE(answer);
  CHECK(answer->get_header_value("Content-Type").starts_with("text/plain; version=0.0.4"));
  CHECK(answer->body.find("sallyport_ready 1\n") != std::string::npos);
  answer = admin.Get("/");
  REQUIRE(answer);
  CHECK(answer->status == 404);
}

TEST_CASE("the admin server is only read, and says so at once") {
  stage s(always(ok_answer("hello")));
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    CAPTURE(method);
    connection to = connection::to(s.agent().admin_port());
    to.send(std::string(method) + " /metrics HTTP/1.1\r\nHost: admin\r\n\r\n");
    const auto answer = message_reader(to).answer();
    REQUIRE(answer);
    CHECK(answer->status == 405);
    CHECK(answer->field("allow") == "GET, HEAD");
  }
  httplib::Client admin("127.0.0.1", s.agent().admin_port());
  const auto head = admin.Head("/readyz");
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK(head->body.empty());
}

TEST_CASE("connections that ask nothing do not keep the admin server from answering a health check") {
  stage s(always(ok_answer("hello")));
  std::vector<connection> silent;
  for (int i = 0; i < 6; ++i) silent.push_back(connection::to(s.agent().admin_port()));
  httplib::Client admin("127.0.0.1", s.agent().admin_port());
  admin.set_read_timeout(3 * slowdown());
  const auto answer = admin.Get("/readyz");
  REQUIRE(answer);
  CHECK(answer->status == 200);
}

TEST_CASE("connections that bring their requests byte by byte do not keep the admin server from answering") {
  stage s(always(ok_answer("hello")));
  // More than there may be: the oldest have to go.
  std::vector<connection> dripping;
  httplib::Client admin("127.0.0.1", s.agent().admin_port());
  admin.set_read_timeout(patience());
  for (int i = 0; i < 100; ++i) {
    dripping.push_back(connection::to(s.agent().admin_port()));
    dripping.back().send("GET /x HTTP/1.1\r\nA: ");
    if (i % 10 != 0) continue;
    for (connection& each : dripping) each.send("a");
    const auto answer = admin.Get(i % 20 == 0 ? "/healthz" : "/readyz");
    REQUIRE(answer);
    CHECK(answer->status == 200);
  }
  CHECK(dripping.front().receive().empty());
}

TEST_CASE("a request to the admin server that is none is told so, and one without end is cut off") {
  stage s(always(ok_answer("hello")));
  const auto said = [&](const std::string& text) {
    connection to = connection::to(s.agent().admin_port());
    to.send(text);
    const std::string all = to.drain();
    return all.substr(0, all.find("\r\n"));
  };
  CHECK(said("nonsense\r\n\r\n") == "HTTP/1.1 400 Bad Request");
  CHECK(said("GET /healthz HTTP/1.0\r\n\r\n") == "HTTP/1.1 200 OK");
  CHECK(said("GET /healthz?now HTTP/1.1\r\n\r\n") == "HTTP/1.1 200 OK");
  CHECK(said("GET /" + std::string(100000, 'x')) == "HTTP/1.1 431 Request Header Fields Too Large");
}

TEST_CASE("a readiness that is not there says why") {
  stage s(always(ok_answer("hello")), [](auto& settings) {
    settings.edge.jwks_file.clear();
    settings.edge.jwks_url = "http://127.0.0.1:9/jwks.json";
  });
  httplib::Client admin("127.0.0.1", s.agent().admin_port());
  const auto answer = admin.Get("/readyz");
  REQUIRE(answer);
  CHECK(answer->status == 503);
  const auto told = encoding::parse_json(answer->body);
  REQUIRE(told.ok());
  CHECK((*told)["reason"] == "not_ready");
  CHECK((*told)["detail"] == "no edge keys");
}

TEST_CASE("every metric has one help and one type line, and every sample belongs to a family") {
  stage s(always(ok_answer("hello")));
  s.ask(signed_request{});
  std::istringstream text(agent::admin::metrics_text(s.agent().state()));
  std::string family;
  std::set<std::string> families;
  for (std::string line; std::getline(text, line);) {
    CAPTURE(line);
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      CHECK(families.insert(family).second);
      continue;
    }
    CHECK(line.find(family) != std::string::npos);
    if (!line.starts_with("# TYPE ")) CHECK_NOTHROW(std::stod(line.substr(line.rfind(' ') + 1)));
  }
  CHECK(families.size() > 20);
}

TEST_CASE("a histogram counts each bucket's smaller ones too, and ends with all of them") {
  stage s(always(ok_answer("hello")));
  for (int i = 0; i < 3; ++i) s.ask(signed_request{});
  REQUIRE(eventually([&] { return s.metric("sallyport_request_seconds_count") == 3; }));
  CHECK(s.metric("sallyport_request_seconds_bucket{le=\"+Inf\"}") == 3);
  CHECK(s.metric("sallyport_request_seconds_sum") > 0);
  double before = 0;
  for (const char* bound : {"0.000050000", "0.001000000", "0.100000000", "30.000000000"}) {
    const double at = s.metric("sallyport_request_seconds_bucket{le=\"" + std::string(bound) + "\"}");
    CHECK(at >= before);
    before = at;
  }
}

TEST_CASE("the clock difference that a refusal was about is a metric") {
  stage s(always(ok_answer("hello")));
  signed_request old;
  old.created = now_s() - 300;
  CHECK(s.ask(old)->status == 401);
  CHECK(s.metric("sallyport_clock_difference_seconds") >= 300);
  CHECK(s.metric("sallyport_clock_difference_worst_seconds") >= 300);
}

TEST_CASE("label values are escaped") {
  agent::admin::exposition text;
  text.family("x", "gauge", "X.").sample(std::uint64_t{1}, {{"a", "q\"b\\s\nn"}, {"b", "2"}});
  CHECK(text.text() == "# HELP x X.\n# TYPE x gauge\nx{a=\"q\\\"b\\\\s\\nn\",b=\"2\"} 1\n");
  CHECK(agent::admin::seconds_text(1500000) == "0.001500000");
}
