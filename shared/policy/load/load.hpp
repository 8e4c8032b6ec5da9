// From the text of a policy document to a policy, or to the list of everything that is wrong with it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/crypto.hpp"
#include "document/problem.hpp"
#include "encoding/json.hpp"
#include "policy/document.hpp"

namespace sallyport::policy {

/// Of a document, in bytes and in depth.
inline constexpr encoding::json_limits document_limits{std::size_t{8} << 20, 32};

using document::describe;
using document::problem;

/// Either a policy, or at least one problem, sorted by position.
struct load_result {
  policy_ptr policy;
  std::vector<problem> problems;
};

/// Loads `text` (JSON with comments). `host` computes the digest.
/// Reasons of problems: policy_syntax, policy_duplicate, policy_member_unknown, policy_member_missing,
/// policy_member_type, policy_reference_unknown, policy_condition_invalid, policy_condition_cost,
/// policy_route_ambiguous, policy_pattern_invalid.
load_result load_policy(std::string_view text, crypto::port& host);

}  // namespace sallyport::policy
