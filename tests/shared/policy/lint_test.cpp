// What `policy check` warns of, and what it does not.
#include "policy/load/lint.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "policy/load/linting.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;

namespace {

/// Routes with their members; `@` stands where the finding must be, and is taken out.
struct sample {
  std::string rule;
  std::string routes;
  std::string says;
};

std::string route_text(std::string_view id, std::string_view path, std::string_view more) {
  return R"({"id":")" + std::string(id) + R"(","host":"a.example","service":"app","path":")" + std::string(path) +
         "\"," + std::string(more) + "}";
}

constexpr std::string_view finance = R"("allow":"'finance' in identity.groups")";
constexpr std::string_view open_to_all = R"("anonymous":true,"allow":"true")";

std::string with_methods(std::string_view methods) {
  return std::string(finance) + R"(,"methods":)" + std::string(methods);
}

std::vector<finding> found_in(const std::string& text) {
  return lint(text, *testing::must_load(text));
}

void expect(sample each) {
  auto text = testing::document_with_routes("\n[" + each.routes + "]");
  const auto mark = text.find('@');
  REQUIRE(mark != std::string::npos);
  text.erase(mark, 1);
  const auto line_start = text.rfind('\n', mark);
  CAPTURE(each.routes);
  const auto all = found_in(text);
  for (const auto& one : all) INFO(describe(one));
  REQUIRE(all.size() == 1);
  CHECK(all[0].rule == each.rule);
  CHECK(all[0].line == 2);
  CHECK(all[0].column == mark - line_start);
  CHECK((all[0].message + "; " + all[0].advice).find(each.says) != std::string::npos);
}

void expect_none(const std::string& routes) {
  CAPTURE(routes);
  for (const auto& each : found_in(testing::document_with_routes("[" + routes + "]"))) FAIL_CHECK(describe(each));
}

std::string with_allow(std::string_view condition) {
  return route_text("r", "/u/:id", R"("allow":")" + std::string(condition) + "\"");
}
std::string with_deny(std::string_view condition) {
  return route_text("r", "/u/:id", R"("allow":"true","deny":")" + std::string(condition) + "\"");
}

}  // namespace

TEST_CASE("a guard that other methods go round is named, with the route that they take") {
  const auto open = route_text("o", "/**", open_to_all);
  expect({"guard-methods", "@" + route_text("g", "/reports/secret", with_methods(R"(["GET","HEAD"])")) + "," + open,
          "route g guards /reports/secret for GET and HEAD; POST, PUT, PATCH, DELETE, OPTIONS and QUERY take route o, "
          "which "
          "anybody may use"});
  expect({"guard-methods", open + ",@" + route_text("g", "/admin/**", with_methods(R"(["GET"])")), "POST, PUT"});
  expect({"guard-methods",
          "@" + route_text("g", "/u/:id/x", with_methods(R"(["POST","PUT","PATCH","DELETE"])")) + "," + open,
          "GET, HEAD, OPTIONS and QUERY take route o"});
  expect({"guard-methods",
          "@" + route_text("g", "/a", with_methods(R"(["GET"])")) + "," + route_text("o", "/*", R"("allow":"true")"),
          "which every signed-in caller may use"});
  expect_none(route_text("g", "/a", finance) + "," + open);
  expect_none(route_text("g", "/a", with_methods(R"(["GET"])")) + "," + route_text("h", "/a", finance) + "," + open);
  expect_none(route_text("g", "/a", with_methods(R"(["GET"])")) + "," + route_text("o", "/**", finance));
  expect_none(route_text("g", "/a", with_methods(R"(["GET"])")) + "," +
              route_text("p", "/a", R"("methods":["OPTIONS"],"anonymous":true,"allow":"true")"));
}

TEST_CASE("two routes that some servers read as one are named") {
  expect({"twin-routes", route_text("a", "/api", finance) + ",@" + route_text("b", "/api/", open_to_all),
          "a slash at the end"});
  expect({"twin-routes", route_text("a", "/Api/:id", finance) + ",@" + route_text("b", "/api/:name", finance),
          "that ignore case"});
  expect({"twin-routes", route_text("a", "/a.json", finance) + ",@" + route_text("b", "/a", open_to_all), "suffix"});
  expect_none(route_text("a", "/a.json", finance) + "," + route_text("b", "/a.xml", finance));
  expect_none(route_text("a", "/a", finance) + "," + route_text("b", "/b/", finance) + "," +
              route_text("c", "/:id", finance));
  expect_none(route_text("a", "/api", with_methods(R"(["GET"])")) + "," +
              route_text("b", "/api/", with_methods(R"(["POST"])")));
}

TEST_CASE("a route that lets nobody in, and a literal that looks like a parameter") {
  expect({"no-allow", "@" + route_text("r", "/a", R"("deny":"request.country == 'KP'")"), "nobody gets in"});
  expect({"literal-parameter", "@" + route_text("r", "/chunks/[slug]/x", finance), "a parameter is :slug"});
}

TEST_CASE("conditions that test the path byte for byte") {
  expect({"path-test", with_deny("@request.path.startsWith('/admin/')"), "make a route of the path"});
  expect({"path-test", with_deny("@request.path == '/admin'"), ""});
  expect({"path-test", with_allow("identity.subject == 'a' || @request.path in ['/a', '/b']"), ""});
  expect({"path-test", with_allow("@request.path.matches('^/a$')"), ""});
  expect({"path-test", with_allow("@request.path.lowerAscii() != '/a'"), ""});
  expect({"path-test", with_deny("@request.params.id == 'root'"), "some spellings of a parameter"});
  expect({"path-test", with_deny("@request.params_decoded['id'] in ['root']"), ""});
  expect_none(with_allow("request.params.id == identity.subject && request.path.size() < 100"));
}

TEST_CASE("conditions that deny by a header") {
  const auto document = [](const std::string& condition) {
    return R"({"edge":{"issuer":"https://e.example"},"services":{"app":{"origin":"https://a.example","signed_headers":["x-role"]}},)"
           R"("routes":[{"id":"r","host":"a.example","path":"/","service":"app",)" +
           condition + "}]}";
  };
  for (const auto* condition : {R"("allow":"true","deny":"request.headers['x-role'] == 'admin'")",
                                R"("allow":"true","deny":"request.headers['x-role'] in ['admin']")",
                                R"("allow":"request.headers['x-role'] != 'admin'")"}) {
    CAPTURE(condition);
    const auto all = found_in(document(condition));
    REQUIRE(all.size() == 1);
    CHECK(all[0].rule == "header-test");
    CHECK(all[0].advice.find("split(',')") != std::string::npos);
  }
  CHECK(found_in(document(R"("allow":"request.headers['x-role'] == 'admin'")")).empty());
  CHECK(found_in(document(R"("allow":"true","deny":"'x-role' in request.headers")")).empty());
}

TEST_CASE("patterns that match more than the whole text") {
  expect({"loose-match", with_allow("identity.subject.matches(@'main')"), "anywhere in the text"});
  expect({"loose-match", with_allow("identity.subject.matches(@'^refs/heads/main')"), ""});
  expect({"loose-match", with_allow("identity.subject.matches(@'^refs/heads/main|refs/heads/release$')"),
          "the alternative"});
  expect({"loose-match", with_deny("identity.subject.matches(@'^a|b$')"), "the alternative"});
  expect_none(with_allow("identity.subject.matches('^(main|develop)$')"));
  expect_none(with_deny("identity.subject.matches('@evil')"));
}

TEST_CASE("anchors are found through groups, classes and escapes") {
  for (const std::string_view whole : {"^a$", "^(a|b)$", "(^a$|^b$)", "(?:^a$)", "^a$|^b$", "\\Aa\\z", "^[|]$",
                                       "^[]|]$", "^a\\|b$", "^[^]|]$", "^\\(|\\)$|^x$"})
    CHECK_MESSAGE((anchoring_of(whole) == anchoring::whole) == (whole != "^\\(|\\)$|^x$"), whole);
  for (const std::string_view loose : {"", "a", "^a", "a$", "^a\\$", "(a)$", "(?i)^a$", "a|b"})
    CHECK_MESSAGE(anchoring_of(loose) == anchoring::loose, loose);
  for (const std::string_view split : {"^a|b$", "(^a|b$)", "(?:a|^b$)", "^a|b|c$"})
    CHECK_MESSAGE(anchoring_of(split) == anchoring::split, split);
}

TEST_CASE("findings are sorted, and printed as one line with what to do") {
  const auto all = found_in(testing::document_with_routes("[" + with_deny("request.path == '/a'") + ",\n" +
                                                          route_text("s", "/a", R"("body":"stream")") + "]"));
  REQUIRE(all.size() == 2);
  CHECK(all[0].rule == "path-test");
  CHECK(all[1].rule == "no-allow");
  CHECK(
      describe(all[1]) ==
      "2:1: warning: route s has no \"allow\": nobody gets in ($.routes[1]); add \"allow\", or drop the route: what no "
      "route allows is refused anyway");
}

TEST_CASE("the documents of the fixtures say what they mean") {
  for (const auto* name : {"acme.jsonc", "presets.jsonc"}) {
    CAPTURE(name);
    for (const auto& each : found_in(testing::fixture(name))) FAIL_CHECK(describe(each));
  }
}

TEST_CASE("names that leave a caller's little room in a session of AWS are warned of, at the entry") {
  const auto with_names = [](std::size_t length) {
    const std::string name(length, 'n');
    return R"({"edge":{"issuer":"https://e.example"},"issuers":{"okta":{"issuer":"https://i.example","audiences":["a"]}},)"
           R"("services":{"app":{"ecs":{"region":"us-east-1","cluster":")" +
           name + R"(","service":")" + name +
           R"(","port":1}}},"routes":[{"id":"all","host":"a.example","path":"/**","service":"app","allow":"true"}]})";
  };
  for (const auto& each : found_in(with_names(12))) FAIL_CHECK(describe(each));
  const auto all = found_in(with_names(60));
  REQUIRE(all.size() == 1);
  CHECK(all[0].rule == "large-session");
  CHECK(all[0].path == "$.services.app.ecs");
  CHECK(all[0].message.find("leave 0 characters") != std::string::npos);
  CHECK(all[0].advice.find("shorten the names") != std::string::npos);
}
