// Cases of a policy: who asks for what, and what the policy must say to it. They stand in a document of their own beside the
// policy (docs/reference/policy_test.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "encoding/json.hpp"
#include "policy/identity.hpp"

namespace sallyport::policy {

/// A request as people write it. Nothing of it was checked: what the edge would refuse is an outcome of the case.
struct case_request {
  std::string method = "GET";
  std::string host;
  /// Path and query.
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> fields;
  std::string ip, country;
  std::uint32_t asn = 0;
  /// What conditions see where the case says nothing: noon of 2026-01-01, so that a case says the same every day.
  unix_milliseconds time = 1'767'268'800'000;
};

/// What must come of it. An empty part is not compared.
struct case_expectation {
  std::optional<bool> allowed;
  std::optional<reason> why;
  std::string route;
};

/// Callers by name; instead of one, why the issuer's mapping refuses its token.
using named_identities = std::map<std::string, result<identity>, std::less<>>;

struct policy_case {
  std::string name;
  /// The caller, or why the issuer's mapping refuses the token.
  result<identity> who = identity();
  case_request request;
  case_expectation expected;
  /// Where it stands in its document.
  encoding::text_position at;
};

}  // namespace sallyport::policy
