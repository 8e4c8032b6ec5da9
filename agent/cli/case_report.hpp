// What `sallyport policy test` says of the cases that it ran: lines for people, JSON and JUnit for machines.
#pragma once

#include <string>
#include <vector>

#include "encoding/json.hpp"
#include "policy/cases/run.hpp"

namespace sallyport::agent::cli {

struct case_result {
  const policy::policy_case* what = nullptr;
  policy::case_outcome got;
  bool passed = false;
};

struct case_report {
  /// The document of the cases, as it was named.
  std::string file;
  std::vector<case_result> results;
  const policy::coverage* reached = nullptr;

  std::size_t failed() const;
};

/// A line a case, what failed with its place and both sides, the counts, and what no case has reached.
std::string as_text(const case_report& all);
encoding::json as_json(const case_report& all);
/// One testsuite, as CI systems read it.
std::string as_junit(const case_report& all);

}  // namespace sallyport::agent::cli
