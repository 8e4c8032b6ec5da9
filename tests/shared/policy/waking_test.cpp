// `wake` of a route, and `operators` of a service that wakes.
#include <doctest/doctest.h>

#include "tests/shared/policy/support.hpp"

using namespace sallyport;

namespace {

std::string policy_with(std::string_view ecs, std::string_view route) {
  return R"({"edge":{"issuer":"https://edge.test"},"issuers":{"idp":{"issuer":"https://idp.test","audiences":["api"]}},)"
         R"("services":{"app":{"ecs":{"region":"us-east-1","cluster":"c","service":"s","port":8443)" +
         std::string(ecs) +
         R"(}}},"routes":[{"id":"r","host":"a.example","path":"/u/:id","service":"app","allow":"true")" +
         std::string(route) + "}]}";
}

void refused(const std::string& text, std::string_view says) {
  CAPTURE(text);
  const auto loaded = testing::load(text);
  REQUIRE(loaded.problems.size() == 1);
  CHECK_MESSAGE(policy::describe(loaded.problems[0]).find(says) != std::string::npos,
                policy::describe(loaded.problems[0]));
}

}  // namespace

TEST_CASE("a route wakes its service unless it says that it does not") {
  const auto wakes = [](std::string_view route) {
    return testing::must_load(policy_with(R"(,"wake":{})", route))->routes.front().wakes;
  };
  CHECK(wakes(""));
  CHECK(wakes(R"(,"wake":true)"));
  CHECK_FALSE(wakes(R"(,"wake":false)"));
  refused(policy_with(R"(,"wake":{})", R"(,"wake":"no")"), "wake");
}

TEST_CASE("a route that leads to nothing that wakes cannot say whether it wakes it") {
  refused(policy_with("", R"(,"wake":false)"), "leads to nothing that wakes");
  refused(testing::document_with_route("\"wake\": false"), "leads to nothing that wakes");
}

TEST_CASE("operators are a condition on the caller: no parameter and no header is before it") {
  const auto operators = [](std::string_view condition) {
    return policy_with(",\"wake\":{},\"operators\":\"" + std::string(condition) + "\"", "");
  };
  CHECK(testing::must_load(operators("'ops' in identity.groups"))->services.front().ecs->operators != nullptr);
  CHECK(testing::must_load(policy_with(R"(,"wake":{})", ""))->services.front().ecs->operators == nullptr);
  refused(operators("request.params.id == 'x'"), "id");
  refused(operators("request.headers['x-team'] == 'ops'"), "x-team");
  refused(operators("identity.subject"), "bool");
}
