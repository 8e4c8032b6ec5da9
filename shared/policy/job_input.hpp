// What a caller gives to a job: checked against what the document declares, ready for the task's environment.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "policy/target.hpp"

namespace sallyport::policy {

/// Names and values in the document's order; defaults filled in, inputs that are neither given nor required left out.
using job_environment = std::vector<std::pair<std::string, std::string>>;

/// Characters that all container overrides of one RunTask may have together.
inline constexpr std::size_t max_override_characters = 8192;

/// `body`: a JSON object of text members, or empty for none. Reasons: job_input_invalid (detail: which input and why,
/// never its value), and those of encoding::parse_json.
result<job_environment> read_job_input(const job& what, std::string_view body);

}  // namespace sallyport::policy
