#include "policy/cases/run.hpp"

#include <vector>

#include "http/characters.hpp"
#include "http/method.hpp"
#include "http/path.hpp"
#include "policy/evaluate.hpp"

namespace sallyport::policy {
namespace {

case_outcome refused(reason why, std::string detail) {
  case_outcome got;
  got.why = why;
  got.detail = std::move(detail);
  return got;
}

request_facts facts_of(const case_request& asked, const http::canonical_target& target,
                       const std::vector<http::field>& fields) {
  request_facts known;
  known.method = asked.method;
  known.host = asked.host;
  known.path = target.path();
  known.query = target.query();
  known.headers = fields;
  known.ip = asked.ip;
  known.country = asked.country;
  known.asn = asked.asn;
  known.time = asked.time;
  known.id = "case";
  return known;
}

/// What servers could read differently comes before the caller, as at both ends.
case_outcome decide_case(const result<identity>& who, const request_facts& request, const compiled_policy& policy,
                         decision_observer& watching) {
  const auto match = match_route(policy, request.method, request.host, request.path);
  if (match.why != reason::ok) return refused(match.why, describe(match));
  if (!who.ok()) return refused(who.error().why, who.error().detail);
  auto made = decide(policy, match, *who, request, {}, &watching);
  case_outcome got = refused(made.why, std::move(made.detail));
  got.route = made.route;
  got.shadow = made.shadow;
  return got;
}

}  // namespace

case_outcome run_case(const policy_case& what, const compiled_policy& policy, decision_observer& watching) {
  const auto& asked = what.request;
  if (!http::is_token(asked.method) || http::is_refused_method(asked.method))
    return refused(reason::framing_method, asked.method);
  const auto target = http::canonicalize_target(asked.target, allowed_forms(policy));
  if (!target.ok()) return refused(target.error().why, target.error().detail);
  std::vector<http::field> fields;
  for (const auto& [name, value] : asked.fields) fields.push_back({name, value});
  return decide_case(what.who, facts_of(asked, *target, fields), policy, watching);
}

case_outcome run_case(const policy_case& what, const compiled_policy& policy, coverage& reached) {
  auto got = run_case(what, policy, static_cast<decision_observer&>(reached));
  if (got.route != nullptr) reached.reach(*got.route);
  return got;
}

bool is_as_expected(const case_outcome& got, const case_expectation& expected) {
  if (expected.allowed && *expected.allowed != got.allowed()) return false;
  if (expected.why && *expected.why != got.why) return false;
  return expected.route.empty() || (got.route != nullptr && got.route->id == expected.route);
}

}  // namespace sallyport::policy
