// `cors` of a route: whose pages may read a refusal.
#include <doctest/doctest.h>

#include "tests/shared/policy/support.hpp"

using namespace sallyport;

namespace {

std::string route_with(std::string_view cors) {
  return testing::document_with_route("\"cors\": " + std::string(cors));
}

void refused(std::string_view cors, std::string_view says) {
  CAPTURE(cors);
  const auto loaded = testing::load(route_with(cors));
  REQUIRE(loaded.problems.size() == 1);
  CHECK_MESSAGE(policy::describe(loaded.problems[0]).find(says) != std::string::npos,
                policy::describe(loaded.problems[0]));
}

}  // namespace

TEST_CASE("origins are kept as browsers write them, and credentials are asked for") {
  const auto loaded = testing::must_load(
      route_with(R"({ "origins": ["https://app.acme.example", "http://localhost:5173"], "credentials": true })"));
  const auto& cors = loaded->routes.front().cors;
  REQUIRE(cors.has_value());
  CHECK(cors->origins == std::vector<std::string>{"https://app.acme.example", "http://localhost:5173"});
  CHECK(cors->credentials);
  CHECK_FALSE(
      testing::must_load(route_with(R"({ "origins": ["https://a.example"] })"))->routes.front().cors->credentials);
}

TEST_CASE("what no browser would ever say is refused when the document loads") {
  for (const std::string_view origin :
       {"*", "null", "app.acme.example", "https://", "https://app.acme.example/", "https://App.acme.example",
        "https://app.acme.example:443", "http://app.acme.example:80", "https://app.acme.example/x",
        "HTTPS://a.example"}) {
    refused("{ \"origins\": [\"" + std::string(origin) + "\"] }", "is not the origin of a page");
  }
  refused(R"({ "origins": [] })", "no origin at all");
  refused(R"({})", "origins is missing");
  refused(R"({ "origins": ["https://a.example"], "methods": ["GET"] })", "methods");
}
