// From the text of a policy document to a policy, or to the list of everything that is wrong with it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/reason.hpp"
#include "crypto/crypto.hpp"
#include "encoding/json.hpp"
#include "policy/document.hpp"

namespace sallyport::policy {

/// Of a document, in bytes and in depth.
inline constexpr encoding::json_limits document_limits{std::size_t{8} << 20, 32};

/// One thing that is wrong: what, where, and what to do about it.
struct problem {
  reason why = reason::internal;
  /// JSONPath (RFC 9535 shorthand): `$.routes[0].allow`, `$.services['my service']`; `$` is the document.
  std::string path;
  /// Both from 1; columns count bytes. For conditions they point at the offending part inside the string.
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message;
  /// May be empty.
  std::string advice;
};

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

/// "line:column: message (path). advice" for terminals and logs; no line feed.
std::string describe(const problem& what);

}  // namespace sallyport::policy
