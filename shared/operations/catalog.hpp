// What a host has to know of the policy to reach services and run jobs: places and names, no decisions. As an operation:
// `catalog` in operation.def.
#pragma once

#include <string>

#include "core/result.hpp"
#include "jose/jwk_set.hpp"
#include "policy/document.hpp"

namespace sallyport::operations {

/// Whether what needs AWS can have it. Reasons: config_invalid (a service or job without a role), signing_key_missing
/// (no key that STS takes: `aws_key` is null). `default_role`: for services and jobs that name none.
result<void> check_aws(const policy::compiled_policy& policy, const std::string& default_role,
                       const jose::signing_key* aws_key);

}  // namespace sallyport::operations
