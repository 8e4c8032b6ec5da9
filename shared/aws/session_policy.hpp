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
/// Running, watching and stopping tasks of one task definition ("export:12" or its ARN). `passed_roles`: ARNs of the
/// roles that the task definition names, which RunTask has to pass; empty: none.
std::string job_session_policy(const role_arn& role, const ecs_place& where, std::string_view task_definition,
                               const std::vector<std::string>& passed_roles);

/// Calling an API behind IAM. `service`: "execute-api", "lambda" or "vpc-lattice-svcs"; `host`: of the origin. Where
/// the host does not tell the API's id, as with a domain of one's own, it is any of the account in this region.
std::string invoke_session_policy(const role_arn& role, std::string_view region, std::string_view service,
                                  std::string_view host);

/// The bound of AWS on a session policy, in characters.
inline constexpr std::size_t max_session_policy = 2048;

}  // namespace sallyport::aws
