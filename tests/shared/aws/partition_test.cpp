#include "aws/partition.hpp"

#include <doctest/doctest.h>

#include <string>

#include "aws/ecs.hpp"
#include "aws/session_policy.hpp"
#include "aws/sts.hpp"

using namespace sallyport;
using namespace sallyport::aws;

TEST_CASE("each partition has its regions and its own end of names") {
  struct row {
    std::string_view region, partition, host;
  };
  constexpr row rows[] = {
      {"us-east-1", "aws", "sts.us-east-1.amazonaws.com"},
      {"mx-central-1", "aws", "sts.mx-central-1.amazonaws.com"},
      {"cn-northwest-1", "aws-cn", "sts.cn-northwest-1.amazonaws.com.cn"},
      {"us-gov-west-1", "aws-us-gov", "sts.us-gov-west-1.amazonaws.com"},
      {"us-iso-east-1", "aws-iso", "sts.us-iso-east-1.c2s.ic.gov"},
      {"us-isob-east-1", "aws-iso-b", "sts.us-isob-east-1.sc2s.sgov.gov"},
      {"eu-isoe-west-1", "aws-iso-e", "sts.eu-isoe-west-1.cloud.adc-e.uk"},
      {"us-isof-south-1", "aws-iso-f", "sts.us-isof-south-1.csp.hci.ic.gov"},
      {"eusc-de-east-1", "aws-eusc", "sts.eusc-de-east-1.amazonaws.eu"},
  };
  for (const row& each : rows) {
    INFO(each.region);
    const auto* found = partition_of_region(each.region);
    REQUIRE(found != nullptr);
    CHECK(found->name == each.partition);
    CHECK(find_partition(each.partition) == found);
    CHECK(sts_endpoint(each.region) == each.host);
    CHECK(ecs_endpoint(each.region) == "ecs" + std::string(each.host.substr(3)));
    const std::string role = "arn:" + std::string(each.partition) + ":iam::123456789012:role/gate";
    CHECK(parse_role_arn(role).ok());
  }
}

TEST_CASE("a region of tomorrow needs no release") {
  CHECK(sts_endpoint("us-moon-12") == "sts.us-moon-12.amazonaws.com");
  CHECK(sts_endpoint("eusc-de-west-2") == "sts.eusc-de-west-2.amazonaws.eu");
}

TEST_CASE("a name of no pattern is no region") {
  for (const std::string_view region :
       {"", "us", "us-east", "us-east-", "us--1", "us-east-1a", "US-east-1", "us-East-1", "us-east-1-2", "aws-global",
        "zz-east-1", "us-gov-west", "eusc-east-1", "us-east-1.evil.example", "us-east-1/", " us-east-1", "us-ea_t-1"}) {
    INFO(region);
    CHECK(partition_of_region(region) == nullptr);
    CHECK(sts_endpoint(region).empty());
  }
  CHECK(find_partition("aws-moon") == nullptr);
  CHECK_FALSE(parse_role_arn("arn:aws-moon:iam::123456789012:role/gate").ok());
}
