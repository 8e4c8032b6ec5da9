#include <vector>

#include "document/suggest.hpp"
#include "policy/cases/reading.hpp"

namespace sallyport::policy {
namespace {

using document::node;

/// What a case can end with: what a policy says, and what is refused before it is asked.
bool can_end_a_case(const reason_row& row) {
  return row.severity == severity::client || row.severity == severity::policy;
}

std::optional<reason> read_reason(const node& at, bool with_decisions) {
  const auto name = at.some_text();
  if (!name) return std::nullopt;
  const auto why = reason_named(*name);
  if (why != reason::internal && can_end_a_case(describe(why))) return why;
  std::vector<std::string_view> names;
  if (with_decisions) names = {"allow", "deny"};
  for (const auto& row : all_reasons())
    if (can_end_a_case(row)) names.push_back(row.name);
  const auto close = document::closest(*name, names);
  at.refuse(reason::policy_reference_unknown, "no decision can have the reason " + *name,
            close.empty() ? "see docs/reference/reasons.md" : "did you mean " + std::string(close) + "?");
  return std::nullopt;
}

std::optional<std::string> read_route(const node& at, const compiled_policy& policy) {
  auto id = at.some_text();
  if (!id || find_route(policy, *id) != nullptr) return id;
  std::vector<std::string_view> ids;
  for (const auto& each : policy.routes) ids.emplace_back(each.id);
  const auto close = document::closest(*id, ids);
  at.refuse(reason::policy_reference_unknown, "the policy has no route " + *id,
            close.empty() ? "" : "did you mean " + std::string(close) + "?");
  return std::nullopt;
}

std::optional<case_expectation> read_word(const node& at) {
  const auto word = at.some_text();
  if (!word) return std::nullopt;
  case_expectation expected;
  if (*word == "allow" || *word == "deny") {
    expected.allowed = *word == "allow";
    return expected;
  }
  expected.why = read_reason(at, true);
  if (!expected.why) return std::nullopt;
  expected.allowed = false;
  return expected;
}

}  // namespace

std::optional<case_expectation> read_expectation(const node& at, const compiled_policy& policy) {
  if (at.value().is_string()) return read_word(at);
  if (!at.is_object_of({"decision", "reason", "route"})) return std::nullopt;
  case_expectation expected;
  if (const auto decision = at.member("decision"))
    if (const auto which = decision->one_of({"allow", "deny"})) expected.allowed = *which == 0;
  if (const auto why = at.member("reason")) {
    expected.why = read_reason(*why, false);
    if (expected.why && expected.allowed.value_or(false))
      why->refuse(reason::policy_member_type, "what is allowed has no reason", "leave it out, or expect deny");
    expected.allowed = expected.allowed.value_or(false);
  }
  document::read_member(at, "route", expected.route, [&](const node& m) { return read_route(m, policy); });
  if (!expected.allowed && expected.route.empty() && at.value().empty())
    at.refuse(reason::policy_member_missing, "it expects nothing", "decision, reason or route");
  return expected;
}

}  // namespace sallyport::policy
