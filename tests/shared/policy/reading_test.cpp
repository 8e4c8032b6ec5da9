// Paths that servers read as those of other routes: refused, or decided by the other route where the service says so.
#include "policy/reading.hpp"

#include <doctest/doctest.h>

#include "policy/letter_case.hpp"
#include "policy/match.hpp"
#include "tests/shared/policy/support.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using sallyport::testing::exact_text;

namespace {

/// Routes `"id": path` in turn, all to a service with these members; `open` is for anybody.
policy_ptr policy_of(std::string_view routes, std::string_view paths = "{}") {
  return testing::must_load(
      R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example","paths":)" +
      std::string(paths) + R"(}},"routes":[)" + std::string(routes) + "]}");
}

std::string route_of(std::string_view id, std::string_view path,
                     std::string_view more = R"("allow":"'x' in identity.groups")") {
  const auto given = path.front() == '{' ? std::string(path) : "\"" + std::string(path) + "\"";
  return R"({"id":")" + std::string(id) + R"(","host":"a.example","service":"app","path":)" + given + "," +
         std::string(more) + "}";
}

std::string open_route(std::string_view path) {
  return route_of("open", path, R"("anonymous":true,"allow":"true")");
}

/// The id of the route taken, "" for none, or the reason of a refusal.
std::string taken(const compiled_policy& policy, std::string_view path, std::string_view method = "GET",
                  std::string_view host = "a.example") {
  const auto match = match_route(policy, method, host, exact_text(path).view());
  if (match.why != reason::ok) {
    CHECK(match.route == nullptr);
    return std::string(name_of(match.why));
  }
  return match ? match.route->id : "";
}

constexpr std::string_view unknown = "{}";
constexpr std::string_view apart =
    R"({"case":"sensitive","trailing_slash":"distinct","suffix":"distinct","trailing_dot":"distinct"})";
constexpr std::string_view alike =
    R"({"case":"insensitive","trailing_slash":"same","suffix":"same","trailing_dot":"same"})";

/// Spellings of /reports/secret that some server takes for it.
constexpr std::string_view spellings[] = {"/reports/secret/",      "/Reports/Secret",       "/reports/SECRET",
                                          "/reports/secret.",      "/reports/secret%20",    "/reports/secret.json",
                                          "/reports/secret.a.b",   "/reports./secret",      "/reports%20./secret/",
                                          "/REPORTS/secret.JSON/", "/reports/secret.%20.",  "/reports/secret..xml",
                                          "/reports/secret/%20",   "/reports/secret/.%20.", "/rep%C3%93rts/secret"};

}  // namespace

TEST_CASE("no spelling that some server takes for a guarded path reaches a wider route") {
  const auto routes = route_of("guard", "/reports/secret") + "," + open_route("/**");
  for (const auto path : spellings) {
    CAPTURE(path);
    const bool other = path == "/rep%C3%93rts/secret";
    CHECK(taken(*policy_of(routes, unknown), path) == (other ? "open" : "path_ambiguous"));
    CHECK(taken(*policy_of(routes, apart), path) == "open");
    CHECK(taken(*policy_of(routes, alike), path) == (other ? "open" : "guard"));
  }
  for (const std::string_view path :
       {"/", "/reports", "/reports/secrets", "/reports/secret/x", "/secret", "/reports/secret-1"})
    CHECK(taken(*policy_of(routes), path) == "open");
  CHECK(taken(*policy_of(routes), "/reports/secret") == "guard");
}

TEST_CASE("the guard may hold parameters, wildcards and a rest, and the wider route may") {
  struct row {
    std::string_view guard, wide, path;
  };
  const row rows[] = {
      {"/admin/**", "/**", "/Admin/x/y"},
      {"/admin/**", "/**", "/admin."},
      {"/admin/**", "/**", "/admin.json"},
      {"/admin/**", "/*", "/ADMIN"},
      {"/u/:id/keys", "/**", "/u/7/keys/"},
      {"/u/:id/keys", "/u/:id/*", "/u/7/Keys"},
      {"/u/:id", "/**", "/u/7/"},
      {"/u/*", "/**", "/U/7"},
      {"/u/:id/keys", "/u/**", "/u/a.b/keys.xml"},
      {"/@admin/x", "/**", "/@ADMIN/x"},
      {"/caf%C3%A9", "/**", "/CAF%C3%89"},
      {"/%CE%A9mega", "/**", "/%CF%89MEGA"},
      {"/%D0%96", "/**", "/%D0%B6/"},
      {"/key", "/**", "/%E2%84%AAey"},
      {"/reports/", "/**", "/reports"},
      {"/reports/", "/*", "/Reports"},
      {"/report.json", "/**", "/report.xml"},
      {"/report.json", "/**", "/report"},
      {"/v1.2/**", "/**", "/V1.2/x"},
      {"/a/b", "/a/:x", "/a/B"},
      {"/A/b", "/a/*", "/a/b"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.guard);
    CAPTURE(row.path);
    for (const auto& routes : {route_of("guard", row.guard) + "," + open_route(row.wide),
                               open_route(row.wide) + "," + route_of("guard", row.guard)}) {
      CHECK(taken(*policy_of(routes), row.path) == "path_ambiguous");
      CHECK(taken(*policy_of(routes, apart), row.path) == "open");
      CHECK(taken(*policy_of(routes, alike), row.path) == "guard");
    }
  }
}

TEST_CASE("each reading is vouched for on its own") {
  struct row {
    std::string_view member, path;
  };
  const row rows[] = {{R"("case":"sensitive")", "/Secret"},
                      {R"("trailing_slash":"distinct")", "/secret/"},
                      {R"("suffix":"distinct")", "/secret.json"},
                      {R"("trailing_dot":"distinct")", "/secret%20"}};
  const auto routes = route_of("guard", "/secret") + "," + open_route("/**");
  for (const auto& vouched : rows) {
    const auto policy = policy_of(routes, "{" + std::string(vouched.member) + "}");
    for (const auto& row : rows) {
      CAPTURE(vouched.member);
      CHECK(taken(*policy, row.path) == (row.path == vouched.path ? "open" : "path_ambiguous"));
    }
    // What takes two readings is told apart by a server that lacks one of them.
    const bool lacks = vouched.path == "/Secret" || vouched.path == "/secret/";
    CHECK(taken(*policy, "/Secret/") == (lacks ? "open" : "path_ambiguous"));
    // A dot with nothing behind it is a suffix for some, and dropped by others.
    CHECK(taken(*policy, "/secret.") == "path_ambiguous");
    CHECK(taken(*policy, "/secret.json.") == (vouched.path == "/secret.json" ? "open" : "path_ambiguous"));
  }
}

TEST_CASE("what an author wrote letter for letter is that route's") {
  const auto policy = policy_of(route_of("a", "/api") + "," + route_of("b", "/api/") + "," + route_of("c", "/API") +
                                "," + route_of("d", "/api.json") + "," + route_of("e", "/x/:id/y") + "," +
                                route_of("f", "/x/:id/Y") + "," + open_route("/**"));
  CHECK(taken(*policy, "/api") == "a");
  CHECK(taken(*policy, "/api/") == "b");
  CHECK(taken(*policy, "/API") == "c");
  CHECK(taken(*policy, "/api.json") == "d");
  CHECK(taken(*policy, "/x/1/y") == "e");
  CHECK(taken(*policy, "/x/1/Y") == "f");
  CHECK(taken(*policy, "/Api") == "path_ambiguous");
  CHECK(taken(*policy, "/x/1/y/") == "path_ambiguous");
}

TEST_CASE("a route that anybody may use guards nothing, and a less specific one does not either") {
  const auto public_first = policy_of(open_route("/favicon.ico") + "," + route_of("rest", "/**"));
  for (const std::string_view path : {"/favicon.svg", "/favicon", "/FAVICON.ICO", "/favicon.ico/"})
    CHECK(taken(*public_first, path) == "rest");
  for (const std::string_view more : {R"("anonymous":true,"allow":"true","deny":"request.country == 'XX'")",
                                      R"("anonymous":true,"allow":"request.country == 'XX'")", R"("allow":"true")"}) {
    const auto policy = policy_of(route_of("some", "/favicon.ico", more) + "," + route_of("rest", "/**"));
    CHECK(taken(*policy, "/favicon.svg") == "path_ambiguous");
  }
  const auto nested = policy_of(route_of("wide", "/A/**") + "," + open_route("/a/:x/c"));
  CHECK(taken(*nested, "/a/b/c") == "open");
}

TEST_CASE("methods count: only a route that takes the method is gone round") {
  const auto policy =
      policy_of(route_of("guard", "/secret", R"("methods":["GET"],"allow":"true")") + "," + open_route("/**"));
  CHECK(taken(*policy, "/Secret", "GET") == "path_ambiguous");
  CHECK(taken(*policy, "/Secret", "HEAD") == "path_ambiguous");
  CHECK(taken(*policy, "/Secret", "POST") == "open");
  CHECK(taken(*policy, "/secret", "HEAD") == "guard");
}

TEST_CASE("a guard of the exact host is not gone round by a route of a wider one") {
  const auto policy = policy_of(
      route_of("guard", "/secret") +
      R"(,{"id":"wide","host":"*.example","service":"app","path":"/**","anonymous":true,"allow":"true"})" +
      R"(,{"id":"letters","host":"*.example","service":"app","path":"/SECRET","anonymous":true,"allow":"true"})");
  CHECK(taken(*policy, "/Secret") == "path_ambiguous");
  CHECK(taken(*policy, "/secret/") == "path_ambiguous");
  CHECK(taken(*policy, "/SECRET") == "letters");
  CHECK(taken(*policy, "/Secret", "GET", "b.example") == "wide");
  CHECK(taken(*policy, "/other") == "wide");
}

TEST_CASE("forms pass where the matched route allows them, and never round a guard") {
  const auto all = [](std::string_view pattern) {
    return R"({"pattern":")" + std::string(pattern) + R"(","allow":["%2F","//",";"]})";
  };
  const auto policy = policy_of(route_of("guard", "/admin/**") + "," + route_of("key", "/key/a/b") + "," +
                                open_route(all("/**")) + "," + route_of("strict", "/strict/**") + "," +
                                route_of("project", R"({"pattern":"/p/:id/**","allow":["%2F"]})"));
  for (const std::string_view path : {"/x%2Fy", "/x//y", "/x;y=1/z", "/x%3By", "/x//;%2Fy"})
    CHECK(taken(*policy, path) == "open");
  for (const std::string_view path :
       {"/admin;x=1/settings", "/admin%3Bx/settings", "//admin/x", "/admin%2Fx", "/%2Fadmin", "/;x/admin", "/Admin;x/",
        "/key;a/a/b", "/key%2Fa%2Fb", "/key/a;/b;x", "/key//a/b", "/key%2Fa;%2Fb", "/key/a%2Fb.json"})
    CHECK(taken(*policy, path) == "path_ambiguous");
  CHECK(taken(*policy, "/admin//x") == "path_empty_segment");
  CHECK(taken(*policy, "/admin/x;y") == "path_parameter");
  CHECK(taken(*policy, "/strict/x%2Fy") == "path_encoded_separator");
  CHECK(taken(*policy, "/p/a%2Fb/issues") == "project");
  CHECK(taken(*policy, "/p/a%2Fb//issues") == "path_empty_segment");
  CHECK(taken(*policy, "/p/a;b/issues") == "path_parameter");
  CHECK(taken(*policy, "/x%2Fy", "GET", "nowhere.example") == "path_encoded_separator");
  CHECK(taken(*policy, "/.sallyport/jobs/a%2Fb") == "path_encoded_separator");
  CHECK(allowed_forms(*policy) == (http::encoded_slash | http::empty_segment | http::parameter));
  CHECK(allowed_forms(*policy_of(open_route("/**"))) == http::no_forms);
}

TEST_CASE(
    "what a route allows is data to its app, but not where a route of its own guards what it would be otherwise") {
  const auto policy = policy_of(route_of("user", R"({"pattern":"/u/:id","allow":["%2F"]})") + "," +
                                route_of("keys", "/u/:id/keys") + "," + open_route("/**"));
  CHECK(taken(*policy, "/u/a%2Fb") == "user");
  CHECK(taken(*policy, "/u/a%2Fkeys") == "path_ambiguous");
  CHECK(taken(*policy, "/u/a%2FKEYS") == "path_ambiguous");
  CHECK(taken(*policy, "/u/a/b") == "open");
}

TEST_CASE("a form that an open route allows does not leave a wider guard") {
  const auto one =
      policy_of(route_of("guard", "/api/**") + "," + open_route(R"({"pattern":"/api/projects/:id","allow":["%2F"]})"));
  CHECK(taken(*one, "/api/projects/1%2Fvariables") == "path_ambiguous");
  CHECK(taken(*one, "/api/projects/1/variables") == "guard");
  CHECK(taken(*one, "/api/projects/1") == "open");
  const auto two = policy_of(route_of("guard", "/**") + "," + open_route(R"({"pattern":"/*/login","allow":[";"]})"));
  CHECK(taken(*two, "/;x/login") == "path_ambiguous");
  CHECK(taken(*two, "/a;x/login") == "open");
}

TEST_CASE("no spelling of Sallyport's own paths reaches an app") {
  const auto policy = policy_of(open_route(R"({"pattern":"/**","allow":["%2F","//",";"]})"));
  CHECK(taken(*policy, "//.sallyport/jobs") == "path_empty_segment");
  CHECK(taken(*policy, "/.sallyport;x/jobs") == "path_parameter");
  CHECK(taken(*policy, "/.sallyport%2Fjobs") == "path_encoded_separator");
  CHECK(taken(*policy, "/.sallyport/jobs") == "");
  CHECK(taken(*policy, "/a//.sallyport") == "open");
}

TEST_CASE("a literal may hold forms, and what servers make of it is guarded, too") {
  const auto policy =
      policy_of(route_of("guard", R"({"pattern":"/a%2fb/c","allow":["%2F"]})") + "," + open_route("/**"));
  CHECK(taken(*policy, "/a%2Fb/c") == "guard");
  CHECK(taken(*policy, "/a/b/c") == "path_ambiguous");
  CHECK(taken(*policy, "/A/b/c/") == "path_ambiguous");
  CHECK(taken(*policy, "/a/b") == "open");
}

TEST_CASE("parameters hold what the path has, also where the app reads it as another one") {
  const auto policy = policy_of(route_of("guard", "/Users/:user/files/:file") + "," + open_route("/**"), alike);
  const auto match = match_route(*policy, "GET", "a.example", "/users/Al%2520/FILES/b.txt/");
  REQUIRE(match);
  CHECK(match.route->id == "guard");
  REQUIRE(match.parameter_count == 2);
  CHECK(match.values[0] == "Al%2520");
  CHECK(match.values[1] == "b.txt");
}

TEST_CASE("an app that ignores case is reached by any case even without a wider route") {
  const auto policy = policy_of(route_of("only", "/admin/**"), R"({"case":"insensitive"})");
  CHECK(taken(*policy, "/ADMIN/x") == "only");
  CHECK(taken(*policy, "/admin.json") == "");
  CHECK(taken(*policy_of(route_of("only", "/admin/**")), "/ADMIN/x") == "");
}

TEST_CASE("the refusal names both routes") {
  const auto policy = policy_of(route_of("guard", "/secret") + "," + open_route("/**"));
  const auto match = match_route(*policy, "GET", "a.example", "/Secret");
  REQUIRE(match.by_bytes != nullptr);
  REQUIRE(match.as_read != nullptr);
  CHECK(describe(match) == "by its bytes route open, as other servers read it route guard");
}

TEST_CASE("letters fold one to one, in all scripts, and the same again") {
  CHECK(fold_case('A') == 'a');
  CHECK(fold_case('[') == '[');
  CHECK(fold_case(0xC9) == 0xE9);
  CHECK(fold_case(0xD7) == 0xD7);
  CHECK(fold_case(0x178) == 0xFF);
  CHECK(fold_case(0x17F) == 's');
  CHECK(fold_case(0x130) == 'i');
  CHECK(fold_case(0x131) == 'i');
  CHECK(fold_case(0x3A3) == 0x3C3);
  CHECK(fold_case(0x3C2) == 0x3C3);
  CHECK(fold_case(0x416) == 0x436);
  CHECK(fold_case(0x1E9E) == 0xDF);
  CHECK(fold_case(0x212A) == 'k');
  CHECK(fold_case(0xFF21) == 0xFF41);
  CHECK(fold_case(0x10400) == 0x10428);
  for (std::uint32_t code = 0; code < 0x110000; ++code) {
    if (fold_case(fold_case(code)) != fold_case(code)) FAIL_CHECK(code);
  }
}
