#include "aws/place.hpp"

#include <doctest/doctest.h>

using namespace sallyport;
using namespace sallyport::aws;

TEST_CASE("a place is the same however its cluster and service are written") {
  const role_arn role = {"aws-eusc", "123456789012", "gate"};
  const std::string place = "place/1 aws-eusc:123456789012:eusc-de-east-1:prod/billing";
  const std::string arn = "arn:aws-eusc:ecs:eusc-de-east-1:123456789012:";
  CHECK(place_of(role, "eusc-de-east-1", "prod", "billing") == place);
  CHECK(place_of(role, "eusc-de-east-1", arn + "cluster/prod", arn + "service/prod/billing") == place);
  CHECK(place_of(role, "eusc-de-east-1", "prod", arn + "service/billing") == place);
  // The role's name is none of its parts.
  CHECK(place_of({"aws-eusc", "123456789012", "path/other"}, "eusc-de-east-1", "prod", "billing") == place);
}

TEST_CASE("each part of a place tells it from others") {
  const role_arn role = {"aws", "123456789012", "gate"};
  const auto place = place_of(role, "us-east-1", "prod", "billing");
  CHECK(place_of({"aws", "123456789013", "gate"}, "us-east-1", "prod", "billing") != place);
  CHECK(place_of({"aws-cn", "123456789012", "gate"}, "us-east-1", "prod", "billing") != place);
  CHECK(place_of(role, "us-east-2", "prod", "billing") != place);
  CHECK(place_of(role, "us-east-1", "dev", "billing") != place);
  CHECK(place_of(role, "us-east-1", "prod", "Billing") != place);
}

TEST_CASE("tasks of a definition have its family's target, whatever the revision") {
  CHECK(target_of_tasks("prod", "export:12") == "prod/~export");
  CHECK(target_of_tasks("prod", "export") == "prod/~export");
  CHECK(target_of_tasks("prod", "arn:aws:ecs:us-east-1:123456789012:task-definition/export:12") == "prod/~export");
  CHECK(target_of("prod", "export") != target_of_tasks("prod", "export"));
}
