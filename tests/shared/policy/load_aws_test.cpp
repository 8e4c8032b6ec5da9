// What the loader knows of AWS: partitions, regions, roles, places, and what STS would refuse.
#include <doctest/doctest.h>

#include "policy/load/load.hpp"
#include "tests/shared/policy/marked.hpp"
#include "tests/shared/policy/support.hpp"

using namespace sallyport;
using namespace sallyport::policy;
using testing::check;
using testing::document_with_issuer;
using testing::document_with_service;

TEST_CASE("the preset of AWS needs the account's own issuer") {
  auto document = document_with_issuer(R"("preset":"aws","audiences":["a"])");
  document.insert(document.find("{\"preset\""), "@");
  check({document, reason::policy_member_missing, "$.issuers.idp", "get-outbound-web-identity-federation-info"});
  check({document_with_issuer(R"("preset":"aws","issuer":"https://i.example","audiences":["a"],"account":@"1234")"),
         reason::policy_member_type, "$.issuers.idp.account", "12 digits"});
  check({document_with_issuer(R"("preset":"google","audiences":["a"],@"account":"123456789012")"),
         reason::policy_member_unknown, "$.issuers.idp.account", "belongs to preset aws"});
}

TEST_CASE("no name holds the sign that marks the gate's own sessions") {
  check({document_with_service(R"(@"s@1":{"origin":"https://o.example"})"), reason::policy_member_type,
         "$.services['s@1']", "cannot be a name"});
}

TEST_CASE("a region is of some partition of AWS, and its role of the same one") {
  const auto service = [](std::string_view region, std::string_view role) {
    return document_with_service(R"("s":{"ecs":{"region":)" + std::string(region) +
                                 R"(,"cluster":"c","service":"s","port":1,"role":)" + std::string(role) + "}}");
  };
  const std::string role = R"("arn:aws:iam::123456789012:role/gate")";
  const std::string in_eusc = R"("arn:aws-eusc:iam::123456789012:role/gate")";
  CHECK(testing::load(service(R"("us-moon-1")", role)).policy != nullptr);
  CHECK(testing::load(service(R"("eusc-de-east-1")", in_eusc)).policy != nullptr);
  check({service(R"(@"eu-sovereign")", role), reason::policy_member_type, "$.services.s.ecs.region",
         "no partition of AWS has a region of this name"});
  check({service(R"("eusc-de-east-1")", "@" + role), reason::policy_member_type, "$.services.s.ecs.role",
         "write arn:aws-eusc:iam::<account>:role/<name>, or a region of aws"});
  check({service(R"("us-east-1")", R"(@"arn:aws-moon:iam::123456789012:role/gate")"), reason::policy_member_type,
         "$.services.s.ecs.role", "not the ARN of a role"});
  const std::string job =
      R"({"edge":{"issuer":"https://e.example"},"routes":[],"jobs":{"j":{"ecs":{"region":"cn-north-1",)"
      R"("cluster":"c","task_definition":"t:1","container":"t","passed_roles":[@)";
  check({job + role + "]}}}}", reason::policy_member_type, "$.jobs.j.ecs.passed_roles[0]", "which is in aws-cn"});
  const std::string by_iam = R"("s":{"origin":"https://o.example","upstream_auth":"sigv4","sigv4":)"
                             R"({"service":"execute-api","region":"us-gov-west-1","resource":)";
  check({document_with_service(by_iam + R"(@"arn:aws:execute-api:us-gov-west-1:123456789012:a1"}})"),
         reason::policy_member_type, "$.services.s.sigv4.resource", "not the ARN of one resource"});
  check({document_with_service(by_iam + R"("arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:a1","role":@)" +
                               role + "}}"),
         reason::policy_member_type, "$.services.s.sigv4.role", "which is in aws-us-gov"});
}

TEST_CASE("an account says how much of its quotas is ours, and its services and roles are in it") {
  const auto document = [](std::string_view aws, std::string_view ecs = R"("aws":"prod")",
                           std::string_view region = "us-east-1") {
    return R"({"edge":{"issuer":"https://e.example"},"routes":[],"aws":{)" + std::string(aws) +
           R"(},"services":{"s":{"ecs":{"region":")" + std::string(region) +
           R"(","cluster":"c","service":"s","port":1,)" + std::string(ecs) + "}}}}";
  };
  const std::string prod = R"("prod":{"account":"123456789012"})";
  const auto whole = testing::load(document(
      R"("prod":{"account":"123456789012","share":0.55,"quotas":{"launches":40},"looks_role":"arn:aws:iam::123456789012:role/l"})"));
  REQUIRE(whole.policy != nullptr);
  const auto& account = whole.policy->accounts.front();
  CHECK(account.share == 55);
  CHECK(account.raised.launches == 40);
  CHECK_FALSE(account.raised.update_service);
  CHECK(whole.policy->services.front().ecs->account == "prod");
  CHECK(testing::load(document(prod)).policy->accounts.front().share == 80);
  check({document(R"("prod":{"account":@"1234"})"), reason::policy_member_type, "$.aws.prod.account", "12 digits"});
  check({document(R"("prod":@{})"), reason::policy_member_missing, "$.aws.prod", "12 digits"});
  check({document(R"("prod":{"account":"123456789012","share":@80})"), reason::policy_member_type, "$.aws.prod.share",
         "0.05 to 1"});
  check({document(R"("prod":{"account":"123456789012","quotas":{"launches":@0}})"), reason::policy_member_type,
         "$.aws.prod.quotas.launches", "out of range"});
  check({document(prod + R"(,"twin":@{"account":"123456789012"})"), reason::policy_duplicate, "$.aws.twin",
         "its quotas are shared"});
  check({document(R"("prod":{"account":"123456789012","looks_role":@"arn:aws:iam::999999999999:role/l"})"),
         reason::policy_member_type, "$.aws.prod.looks_role", "cannot look at account 123456789012"});
  check({document(prod, R"("aws":@"pord")"), reason::policy_reference_unknown, "$.services.s.ecs.aws", "prod"});
  check({document(prod, R"("aws":"prod","role":@"arn:aws:iam::999999999999:role/w")"), reason::policy_member_type,
         "$.services.s.ecs.role", "account 999999999999"});
  check({document(R"("prod":{"account":"123456789012","looks_role":"arn:aws:iam::123456789012:role/l"})",
                  R"("aws":@"prod")", "cn-north-1"),
         reason::policy_member_type, "$.services.s.ecs.aws", "which is in aws-cn"});
}

TEST_CASE("a job whose session policy STS would refuse is refused here") {
  std::string roles;
  for (int i = 0; i < 60; ++i) roles += R"(,"arn:aws:iam::123456789012:role/role-)" + std::to_string(i) + "\"";
  check({R"({"edge":{"issuer":"https://e.example"},"routes":[],"jobs":{"j":{"ecs":{"region":"us-east-1",)"
         R"("cluster":"c","task_definition":"t:1","container":"t","passed_roles":@[)" +
             roles.substr(1) + "]}}}}",
         reason::policy_member_type, "$.jobs.j.ecs.passed_roles", "AWS takes 2048"});
}

TEST_CASE("entries of one place wake alike") {
  const auto both = [](std::string_view more, std::string_view other) {
    const std::string ecs = R"({"region":"us-east-1","cluster":"c","service":"s")";
    const std::string arn =
        R"({"region":"us-east-1","cluster":"arn:aws:ecs:us-east-1:123456789012:cluster/c","service":"s")";
    return document_with_service(R"("a":{"ecs":)" + ecs + R"(,"port":1)" + std::string(more) + R"(}},"b":{"ecs":)" +
                                 (other.starts_with('@') ? "@" : "") + arn + R"(,"port":2)" +
                                 std::string(other.substr(other.starts_with('@') ? 1 : 0)) + "}}");
  };
  const auto loads = [&](std::string_view more, std::string_view other) {
    return testing::load(both(more, other)).policy != nullptr;
  };
  constexpr auto role = R"(,"role":"arn:aws:iam::123456789012:role/a","wake":{})";
  CHECK(loads(R"(,"wake":{"min":2})", R"(,"wake":{"min":2})"));
  CHECK(loads("", ""));
  CHECK(loads(role, R"(,"role":"arn:aws:iam::210987654321:role/a","wake":{"min":2})"));
  check({both(R"(,"wake":{"min":2})", R"(@,"wake":{})"), reason::policy_duplicate, "$.services.b.ecs",
         "services a and b are one service of ECS"});
  check({both(R"(,"wake":{})", "@"), reason::policy_duplicate, "$.services.b.ecs", "the same wake in both"});
  check({both(role, R"(@,"role":"arn:aws:iam::123456789012:role/other","wake":{"idle_stop":"1h"})"),
         reason::policy_duplicate, "$.services.b.ecs", "one service of ECS"});
}
