// Session policies: what a set of temporary credentials may do is the smallest set of calls and ARNs that this one
// service or job needs. The session can do what both the role and this document allow.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/ecs.hpp"
#include "core/result.hpp"

namespace sallyport::aws {

/// Partition and account, read out of the role's ARN.
struct role_arn {
  std::string partition;
  std::string account;
  std::string name;
};

/// Reasons: policy_member_type (not arn:<partition>:iam::<12 digits>:role/<name>).
result<role_arn> parse_role_arn(std::string_view text);

/// Waking, watching and stopping one service.
std::string service_session_policy(const role_arn& role, const ecs_place& where, std::string_view service);
/// Running tasks of one task definition ("export:12" or its ARN), and nothing else. `passed_roles`: ARNs of the roles
/// that the task definition names, which RunTask has to pass; empty: none.
std::string job_session_policy(const role_arn& role, const ecs_place& where, std::string_view task_definition,
                               const std::vector<std::string>& passed_roles);
/// Looking at tasks of one cluster: a call of DescribeTasks names a hundred, more ARNs than a policy has room for.
std::string watch_session_policy(const role_arn& role, const ecs_place& where);
/// Looking at the services and tasks of one cluster.
std::string looks_session_policy(const role_arn& role, const ecs_place& where);
/// Stopping this one task. Reasons: aws_response_invalid (not the ARN of a task in that cluster).
result<std::string> stop_session_policy(const role_arn& role, const ecs_place& where, std::string_view task_arn);

/// What a session for a back end behind IAM may call.
struct invoked {
  /// "execute-api", "lambda" or "vpc-lattice-svcs".
  std::string_view service;
  std::string_view region;
  /// Host of the origin, which tells the id of an API; and the ARN of what is called, as the policy has it
  /// (sigv4_rule), or empty. Where neither tells, as with an origin on loopback, it is any of the account in this
  /// region.
  std::string_view host, resource;
};
/// A function may be invoked by way of its URL only.
std::string invoke_session_policy(const role_arn& role, const invoked& what);

/// The bound of AWS on a session policy, in characters.
inline constexpr std::size_t max_session_policy = 2048;

}  // namespace sallyport::aws
