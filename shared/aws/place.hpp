// A place: the one service of ECS that entries of a policy mean, however each of them writes it. What is kept for a
// service, and what AWS is told of it, goes by its place, so that a renamed entry keeps both.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/session_policy.hpp"

namespace sallyport::aws {

/// The name in a name or an ARN of a cluster or service: "prod" of "arn:aws:ecs:us-east-1:123456789012:cluster/prod". Into
/// `name_or_arn`.
std::string_view ecs_name(std::string_view name_or_arn);

/// "prod/billing". Injective for names of ECS, which hold no slash.
std::string target_of(std::string_view cluster, std::string_view service);
/// "prod/~export", of the task definition "export:12" or its ARN. No service is called so: names begin with a letter, digit,
/// "-" or "_".
std::string target_of_tasks(std::string_view cluster, std::string_view task_definition);

/// "place/1 aws:123456789012:us-east-1:prod/billing", with account and partition of the role.
std::string place_of(const role_arn& role, std::string_view region, std::string_view cluster, std::string_view service);

/// Where quotas are shared: an account and region.
struct region_name {
  std::string partition, account, region;
  /// The second one, for when the first does not respond.
  bool stand_in = false;
};
/// "region/1 aws:123456789012:us-east-1", and behind it " #2" for the stand-in.
std::string name_of(const region_name& what);
std::optional<region_name> region_name_from(std::string_view text);

}  // namespace sallyport::aws
