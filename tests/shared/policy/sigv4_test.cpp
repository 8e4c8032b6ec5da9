// upstream_auth sigv4: what is signed for is told by the origin's host, or said.
#include <doctest/doctest.h>

#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using testing::document_with_service;

namespace {

std::string service_s(std::string_view members) {
  return document_with_service("\"s\":{" + std::string(members) + "}");
}

std::optional<policy::sigv4_rule> rule_of(std::string_view members) {
  const auto loaded = testing::must_load(service_s(members));
  return policy::find_service(*loaded, "s")->sigv4;
}

void refused(std::string_view members, std::string_view says) {
  const auto loaded = testing::load(service_s(members));
  REQUIRE_MESSAGE(loaded.problems.size() == 1, members);
  CHECK_MESSAGE(policy::describe(loaded.problems[0]).find(says) != std::string::npos,
                policy::describe(loaded.problems[0]));
}

}  // namespace

TEST_CASE("the hosts of API Gateway, Lambda and VPC Lattice tell service and region") {
  const auto api = rule_of(R"("origin":"https://a1.execute-api.eu-west-1.amazonaws.com","upstream_auth":"sigv4")");
  REQUIRE(api.has_value());
  CHECK(api->service == "execute-api");
  CHECK(api->region == "eu-west-1");
  const auto function = rule_of(
      R"("origin":"https://a1.lambda-url.us-east-1.on.aws","upstream_auth":"sigv4","sigv4":{"resource":"arn:aws:lambda:us-east-1:123456789012:function:quotes"})");
  CHECK(function->service == "lambda");
  CHECK(function->resource == "arn:aws:lambda:us-east-1:123456789012:function:quotes");
  CHECK(
      rule_of(
          R"("origin":"https://s-1.7d67968.vpc-lattice-svcs.us-west-2.on.aws","upstream_auth":"sigv4","sigv4":{"resource":"arn:aws:vpc-lattice:us-west-2:123456789012:service/svc-0a"})")
          ->region == "us-west-2");
}

TEST_CASE("what sigv4 says wins over the host") {
  const auto rule = rule_of(
      R"("origin":"https://api.acme.example","upstream_auth":"sigv4","sigv4":{"service":"execute-api","region":"us-east-1","resource":"arn:aws:execute-api:us-east-1:123456789012:a1/prod/*"})");
  CHECK(rule->service == "execute-api");
  CHECK(rule->region == "us-east-1");
}

TEST_CASE("without upstream_auth nothing is signed for AWS") {
  CHECK_FALSE(rule_of(R"("origin":"https://a1.execute-api.eu-west-1.amazonaws.com")").has_value());
  CHECK_FALSE(
      rule_of(R"("origin":"https://a1.execute-api.eu-west-1.amazonaws.com","upstream_auth":"none")").has_value());
}

TEST_CASE("an origin that does not tell, and is not told of, is refused when the document loads") {
  refused(R"("origin":"https://api.acme.example","upstream_auth":"sigv4")", "for which AWS service and region");
  refused(R"("ecs":{"region":"us-east-1","cluster":"c","service":"s","port":1},"upstream_auth":"sigv4")",
          "needs origin");
  refused(R"("origin":"https://api.acme.example","sigv4":{"service":"lambda"})", "without upstream_auth");
}

TEST_CASE("where the origin does not tell what may be called there, the policy names it") {
  for (
      const std::string_view members :
      {R"("origin":"https://a1.lambda-url.us-east-1.on.aws","upstream_auth":"sigv4")",
       R"("origin":"https://s-1.7d6.vpc-lattice-svcs.us-west-2.on.aws","upstream_auth":"sigv4")",
       R"("origin":"https://api.acme.example","upstream_auth":"sigv4","sigv4":{"service":"execute-api","region":"us-east-1"})",
       R"("origin":"https://fn.acme.example","upstream_auth":"sigv4","sigv4":{"service":"lambda","region":"us-east-1"})"}) {
    refused(members, "does not tell what may be called there");
  }
  const auto local = rule_of(
      R"("origin":"http://127.0.0.1:9","upstream_auth":"sigv4","sigv4":{"service":"lambda","region":"us-east-1"})");
  CHECK(local->resource.empty());
}

TEST_CASE("a resource is one function, one service or one API of that service and region") {
  const auto members = [](std::string_view service, std::string_view resource) {
    std::string text = R"("origin":"https://x.acme.example","upstream_auth":"sigv4","sigv4":{"region":"us-east-1",)";
    text.append("\"service\":\"").append(service).append("\",\"resource\":\"").append(resource).append("\"}");
    return text;
  };
  for (const auto& [service, resource] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"lambda", "arn:aws:lambda:us-east-1:123456789012:function:*"},
           {"lambda", "arn:aws:lambda:us-east-1:123456789012:function:quo?es"},
           {"lambda", "arn:aws:lambda:us-east-1:123456789012:function:"},
           {"lambda", "arn:aws:lambda:eu-west-1:123456789012:function:quotes"},
           {"lambda", "arn:aws:lambda:*:123456789012:function:quotes"},
           {"lambda", "arn:aws:lambda:us-east-1:*:function:quotes"},
           {"lambda", "arn:aws:lambda:us-east-1:123456789012:layer:quotes"},
           {"lambda", "arn:aws:execute-api:us-east-1:123456789012:a1"},
           {"lambda", "quotes"},
           {"vpc-lattice-svcs", "arn:aws:vpc-lattice:us-east-1:123456789012:service/*"},
           {"vpc-lattice-svcs", "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0a/*"},
           {"execute-api", "arn:aws:execute-api:us-east-1:123456789012:*"},
           {"execute-api", "arn:aws:execute-api:us-east-1:123456789012:*/prod"},
           {"execute-api", "arn:aws:execute-api:us-east-1:123456789012:/prod"}}) {
    const auto& arn = resource;
    CAPTURE(arn);
    refused(members(service, resource), "not the ARN of one resource");
  }
  for (const auto& [service, resource] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"lambda", "arn:aws:lambda:us-east-1:123456789012:function:quotes:live"},
           {"vpc-lattice-svcs", "arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-0a"},
           {"execute-api", "arn:aws:execute-api:us-east-1:123456789012:a1"},
           {"execute-api", "arn:aws:execute-api:us-east-1:123456789012:a1/prod/GET/*"}}) {
    const auto& arn = resource;
    CAPTURE(arn);
    CHECK(rule_of(members(service, resource))->resource == resource);
  }
}
