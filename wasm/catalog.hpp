// What JavaScript has to know of the policy to reach services and run jobs: places and names, no decisions.
#pragma once

#include <string>

#include "core/result.hpp"
#include "jose/jwk_set.hpp"
#include "policy/document.hpp"

namespace sallyport::wasm {

/// Canonical JSON (worker-shim/core/core.js has its shape). `default_role`: for services and jobs that name none.
std::string write_catalog(const policy::compiled_policy& policy, const std::string& default_role);

/// Whether what needs AWS can have it. Reasons: config_invalid (a service or job without a role), signing_key_missing
/// (no key that STS takes: `aws_key` is null).
result<void> check_aws(const policy::compiled_policy& policy, const std::string& default_role,
                       const jose::signing_key* aws_key);

}  // namespace sallyport::wasm
