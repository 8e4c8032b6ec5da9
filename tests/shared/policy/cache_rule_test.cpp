// What a route may say about the cache of the edge.
#include <doctest/doctest.h>

#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using testing::document_with_route;
using testing::document_with_routes;

namespace {

policy::cache_rule rule_of(std::string_view member) {
  const auto policy = testing::must_load(document_with_route("\"cache\": " + std::string(member)));
  REQUIRE(policy->routes.front().cache);
  return *policy->routes.front().cache;
}

/// The one problem of a document, as far as a test looks at it.
std::string problem_of(const std::string& document) {
  const auto loaded = testing::load(document);
  REQUIRE(loaded.problems.size() == 1);
  return loaded.problems.front().path + ": " + loaded.problems.front().message;
}

}  // namespace

TEST_CASE("a route without cache has none") {
  CHECK_FALSE(testing::must_load(document_with_route("\"labels\": {}"))->routes.front().cache);
}

TEST_CASE("a route says that its answers may be cached, and on what terms") {
  CHECK(rule_of("true").stale_if_error == 0);
  CHECK_FALSE(rule_of("true").max_age);
  CHECK_FALSE(rule_of("{}").max_age);
  const auto rule = rule_of(R"({ "max_age": "5m", "stale_if_error": "1h" })");
  CHECK(rule.max_age == 300);
  CHECK(rule.stale_if_error == 3600);
}

TEST_CASE("cache is true or an object with two durations of at most a day") {
  const auto problem = [](std::string_view value) {
    return problem_of(document_with_route("\"cache\": " + std::string(value)));
  };
  CHECK(problem("false").find("$.routes[0].cache: a route without cache") == 0);
  CHECK(problem("\"yes\"").find("$.routes[0].cache:") == 0);
  CHECK(problem(R"({ "max_age": "0s" })").find("$.routes[0].cache.max_age:") == 0);
  CHECK(problem(R"({ "stale_if_error": "2d" })").find("$.routes[0].cache.stale_if_error:") == 0);
  CHECK(problem(R"({ "public": true })").find("$.routes[0].cache.public:") == 0);
}

TEST_CASE("only routes that take GET, to services, are cached") {
  CHECK(problem_of(document_with_route(R"("methods": ["POST"], "cache": true)")).find("does not take it") !=
        std::string::npos);
  CHECK(problem_of(
            document_with_routes(
                R"([{ "id": "j", "host": "a.test", "path": "/j", "job": "export", "allow": "true", "cache": true }])"))
            .find("the runs of a job are never cached") != std::string::npos);
  testing::must_load(document_with_route(R"("methods": ["GET", "POST"], "cache": true)"));
}
