// What to do about a document, a policy or a configuration, that is not JSON.
#pragma once

#include <string_view>

#include "core/result.hpp"
#include "document/problem.hpp"

namespace sallyport::document {

/// Why encoding::parse_jsonc did not take `text`. Reasons: policy_duplicate, policy_syntax.
problem syntax_problem(const failure& why, std::string_view text);

}  // namespace sallyport::document
