// From the text of a document of cases to the cases, or to the list of everything that is wrong with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/problem.hpp"
#include "policy/cases/case.hpp"
#include "policy/document.hpp"

namespace sallyport::policy {

/// Either cases, at least one, or at least one problem, sorted by position.
struct read_cases_result {
  std::vector<policy_case> cases;
  std::vector<document::problem> problems;
};

/// Reads `text` (JSON with comments); issuers and routes that it names are those of `policy`. Reasons of problems: those
/// of load_policy.
read_cases_result read_cases(std::string_view text, const compiled_policy& policy);

struct policy_name_result {
  /// The member `policy`, empty when there is none.
  std::string file;
  std::vector<document::problem> problems;
};
/// The policy that the cases in `text` are about: all that can be read without it.
policy_name_result read_policy_name(std::string_view text);

struct read_identities_result {
  named_identities identities;
  std::vector<document::problem> problems;
};
/// The callers that the cases in `text` name; the cases themselves are not looked at.
read_identities_result read_identities(std::string_view text, const compiled_policy& policy);

struct read_question_result {
  /// Without a name, and expects nothing. Nothing: there are problems.
  std::optional<policy_case> question;
  std::vector<document::problem> problems;
};
/// One question that nobody wrote an answer to: {"as": …, "request": …}, read as those of a case. `known` may be named.
read_question_result read_question(std::string_view text, const named_identities& known, const compiled_policy& policy);

}  // namespace sallyport::policy
