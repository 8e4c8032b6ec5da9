#include "policy/match.hpp"

#include <doctest/doctest.h>

#include "http/path.hpp"
#include "tests/shared/policy/support.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using sallyport::testing::exact_text;

namespace {

struct spec {
  std::string host = "a.example";
  std::string path;
  std::string methods;  // JSON list, or empty for any
};

/// A policy whose routes are called by their index, "0", "1", ….
policy_ptr policy_of(std::initializer_list<spec> routes) {
  std::string text = "[";
  std::size_t index = 0;
  for (const auto& route : routes) {
    text += std::string(index > 0 ? "," : "") + R"({"id":")" + std::to_string(index) + R"(","host":")" + route.host;
    text += R"(","path":")" + route.path + R"(","service":"app")";
    text += (route.methods.empty() ? "" : R"(,"methods":)" + route.methods) + "}";
    ++index;
  }
  return testing::must_load(testing::document_with_routes(text + "]"));
}

/// The id of the route taken, or "" for none.
std::string taken(const compiled_policy& policy, std::string_view method, std::string_view host,
                  std::string_view path) {
  const auto match = match_route(policy, exact_text(method).view(), exact_text(host).view(), exact_text(path).view());
  return match ? match.route->id : "";
}

std::string taken(const compiled_policy& policy, std::string_view path) {
  return taken(policy, "GET", "a.example", path);
}

}  // namespace

TEST_CASE("no route takes what is Sallyport's own") {
  const auto policy = policy_of({{"a.example", "/**", ""}, {"a.example", "/:any/x", ""}});
  for (const std::string_view path : {"/.sallyport", "/.sallyport/", "/.sallyport/x", "/.sallyport/x/y"})
    CHECK(taken(*policy, path) == "");
  for (const std::string_view path : {"/.sallyportx", "/a/.sallyport"}) CHECK(taken(*policy, path) == "0");
}

TEST_CASE("the more specific path wins whatever the order in the file") {
  struct row {
    std::string specific, general, path;
  };
  const row rows[] = {
      {"/x/y", "/x/:id", "/x/y"},
      {"/x/y", "/x/*", "/x/y"},
      {"/x/y", "/x/**", "/x/y"},
      {"/x/:id", "/x/**", "/x/y"},
      {"/x/*/z", "/x/**", "/x/y/z"},
      {"/x", "/x/**", "/x"},
      {"/x/", "/x/**", "/x/"},
      {"/x/y/**", "/x/:id/**", "/x/y"},
      {"/x/y/**", "/x/**", "/x/y/z"},
      {"/x/y/**", "/x/:id/z", "/x/y/z"},
      {"/x/:a/z", "/:b/y/z", "/x/y/z"},
      {"/x/**", "/:b/y/z", "/x/y/z"},
      {"/x/:a/z/:b", "/x/:a/:b/q", "/x/y/z/q"},
      {"/**", "", "/"},
  };
  for (const auto& row : rows) {
    if (row.general.empty()) continue;
    CAPTURE(row.specific);
    CAPTURE(row.general);
    CHECK(taken(*policy_of({{"a.example", row.specific, ""}, {"a.example", row.general, ""}}), row.path) == "0");
    CHECK(taken(*policy_of({{"a.example", row.general, ""}, {"a.example", row.specific, ""}}), row.path) == "1");
  }
}

TEST_CASE("an exact host wins over a wildcard, and a longer suffix over a shorter one, whatever their paths") {
  const auto policy = policy_of({{"*.example", "/x/y", ""}, {"*.b.example", "/x/:id", ""}, {"a.b.example", "/**", ""}});
  CHECK(taken(*policy, "GET", "a.b.example", "/x/y") == "2");
  CHECK(taken(*policy, "GET", "c.b.example", "/x/y") == "1");
  CHECK(taken(*policy, "GET", "c.d.b.example", "/x/y") == "1");
  CHECK(taken(*policy, "GET", "c.example", "/x/y") == "0");
}

TEST_CASE("a wildcard stands for one label or more, never for none and never for a part of one") {
  const auto policy = policy_of({{"*.b.example", "/**", ""}});
  CHECK(taken(*policy, "GET", "a.b.example", "/") == "0");
  CHECK(taken(*policy, "GET", "x.a.b.example", "/") == "0");
  CHECK(taken(*policy, "GET", "b.example", "/") == "");
  CHECK(taken(*policy, "GET", ".b.example", "/") == "");
  CHECK(taken(*policy, "GET", "ab.example", "/") == "");
  CHECK(taken(*policy, "GET", "a.b.example.evil", "/") == "");
}

TEST_CASE("hosts are compared in lower case, without port and trailing dot") {
  const auto policy = policy_of({{"A.Example", "/**", ""}, {"[::1]", "/**", ""}});
  for (const std::string_view host : {"a.example", "A.EXAMPLE", "a.example:8443", "a.example.", "A.example.:443"}) {
    CAPTURE(host);
    CHECK(taken(*policy, "GET", host, "/") == "0");
  }
  CHECK(taken(*policy, "GET", "[::1]:8080", "/") == "1");
  CHECK(taken(*policy, "GET", "[::2]", "/") == "");
  CHECK(taken(*policy, "GET", "", "/") == "");
  CHECK(taken(*policy, "GET", std::string(300, 'a') + ".example", "/") == "");
}

TEST_CASE("a route that names the method wins over one that takes any, and only among equal paths") {
  const auto policy = policy_of(
      {{"a.example", "/x", ""}, {"a.example", "/x", R"(["GET"])"}, {"a.example", "/:id", R"(["GET","PUT"])"}});
  CHECK(taken(*policy, "GET", "a.example", "/x") == "1");
  CHECK(taken(*policy, "PUT", "a.example", "/x") == "0");
  CHECK(taken(*policy, "PUT", "a.example", "/y") == "2");
  CHECK(taken(*policy, "POST", "a.example", "/y") == "");
}

TEST_CASE("a more specific route that does not take the method does not hide a less specific one") {
  const auto policy = policy_of({{"a.example", "/x/y", R"(["GET"])"},
                                 {"a.example", "/x/:id", R"(["POST"])"},
                                 {"a.example", "/x/**", ""},
                                 {"*.example", "/**", ""}});
  CHECK(taken(*policy, "GET", "a.example", "/x/y") == "0");
  CHECK(taken(*policy, "POST", "a.example", "/x/y") == "1");
  CHECK(taken(*policy, "PUT", "a.example", "/x/y") == "2");
  CHECK(taken(*policy, "PUT", "a.example", "/z") == "3");
}

TEST_CASE("methods are case-sensitive, and GET implies HEAD and nothing else") {
  const auto policy = policy_of({{"a.example", "/", R"(["GET"])"}});
  CHECK(taken(*policy, "GET", "a.example", "/") == "0");
  CHECK(taken(*policy, "HEAD", "a.example", "/") == "0");
  for (const std::string_view method : {"get", "Head", "HEADS", "POST", "QUERY", "OPTIONS", ""})
    CHECK(taken(*policy, method, "a.example", "/") == "");
}

TEST_CASE("HEAD follows GET past wider routes, unless a route of the same host and path names it") {
  const auto policy = policy_of({{"a.example", "/x", R"(["GET","POST"])"},
                                 {"a.example", "/:id", R"(["HEAD"])"},
                                 {"a.example", "/**", ""},
                                 {"a.example", "/y", R"(["GET"])"},
                                 {"a.example", "/y", R"(["HEAD"])"},
                                 {"a.example", "/z/:id", ""},
                                 {"a.example", "/z/:name", R"(["GET"])"},
                                 {"a.example", "/w/**", R"(["POST"])"}});
  CHECK(taken(*policy, "HEAD", "a.example", "/x") == "0");
  CHECK(taken(*policy, "QUERY", "a.example", "/x") == "2");
  CHECK(taken(*policy, "HEAD", "a.example", "/y") == "4");
  CHECK(taken(*policy, "GET", "a.example", "/y") == "3");
  CHECK(taken(*policy, "HEAD", "a.example", "/z/1") == "6");
  CHECK(taken(*policy, "PUT", "a.example", "/z/1") == "5");
  CHECK(taken(*policy, "HEAD", "a.example", "/v") == "1");
  CHECK(taken(*policy, "HEAD", "a.example", "/w/1") == "2");
}

TEST_CASE("** takes any rest, none included; * and :name take one segment that is not empty") {
  const auto rest = policy_of({{"a.example", "/api/**", ""}});
  for (const std::string_view path : {"/api", "/api/", "/api/x", "/api/x/", "/api/x/y/z"})
    CHECK(taken(*rest, path) == "0");
  for (const std::string_view path : {"/", "/ap", "/apix", "/Api/x", "/x/api"}) CHECK(taken(*rest, path) == "");
  CHECK(taken(*policy_of({{"a.example", "/**", ""}}), "/") == "0");
  for (const std::string_view pattern : {"/api/*", "/api/:id"}) {
    const auto one = policy_of({{"a.example", std::string(pattern), ""}});
    CHECK(taken(*one, "/api/x") == "0");
    for (const std::string_view path : {"/api", "/api/", "/api/x/", "/api/x/y"}) CHECK(taken(*one, path) == "");
  }
}

TEST_CASE("a trailing slash makes another path") {
  const auto policy = policy_of({{"a.example", "/x", ""}, {"a.example", "/x/", ""}, {"a.example", "/", ""}});
  CHECK(taken(*policy, "/x") == "0");
  CHECK(taken(*policy, "/x/") == "1");
  CHECK(taken(*policy, "/") == "2");
}

TEST_CASE("parameters hold the segment as the canonical path has it") {
  const auto policy = policy_of({{"a.example", "/o/:org/*/r/:repo/**", ""}});
  const exact_text path("/o/acme/skipped/r/caf%C3%A9%2B/x/y");
  const auto match = match_route(*policy, "GET", "a.example", path.view());
  REQUIRE(match);
  REQUIRE(match.parameter_count == 2);
  CHECK(match.names[0] == "org");
  CHECK(match.values[0] == "acme");
  CHECK(match.names[1] == "repo");
  CHECK(match.values[1] == "caf%C3%A9%2B");
}

TEST_CASE("parameters come from the route that is taken, not from branches that were tried before") {
  const auto policy = policy_of({{"a.example", "/:a/x/:b/end", R"(["GET"])"},
                                 {"a.example", "/:c/:d/y/:e", ""},
                                 {"a.example", "/1/:f/y/:g/never", ""}});
  const auto match = match_route(*policy, "GET", "a.example", "/1/x/y/2");
  REQUIRE(match);
  CHECK(match.route->id == "1");
  REQUIRE(match.parameter_count == 3);
  CHECK(match.values[0] == "1");
  CHECK(match.values[1] == "x");
  CHECK(match.values[2] == "2");
}

TEST_CASE("what is not a path matches nothing") {
  const auto policy = policy_of({{"a.example", "/**", ""}});
  CHECK(taken(*policy, "") == "");
  CHECK(taken(*policy, "x") == "");
  CHECK(taken(*policy, "*") == "");
}
