#include "policy/load/lint.hpp"

#include <algorithm>
#include <utility>

#include "crypto/algorithm.hpp"
#include "encoding/shown.hpp"
#include "jose/jwk_set.hpp"
#include "policy/load/linting.hpp"
#include "policy/load/load.hpp"

namespace sallyport::policy {
namespace {

/// What the rules look at.
struct subject {
  std::vector<placed_route> routes;
  std::vector<placed_rule> rules;
};

void add_rule(const node& at, std::string_view member, const condition_ptr& of, condition_use use, subject& to) {
  const auto found = at.member(member);
  if (found && of != nullptr) to.rules.push_back({*of, *found, use});
}

void add_service(const service& of, const node& at, subject& to) {
  const auto require = at.member("require");
  if (!require) return;
  const auto elements = require->elements();
  for (std::size_t i = 0; i < elements.size() && i < of.require.size(); ++i) {
    to.rules.push_back({*of.require[i], elements[i], condition_use::allows});
  }
}

/// Everything of a document that loaded: its routes stand in the policy in their order.
subject subject_of(const compiled_policy& policy, const node& document) {
  subject all;
  if (const auto routes = document.member("routes")) {
    const auto elements = routes->elements();
    for (std::size_t i = 0; i < elements.size() && i < policy.routes.size(); ++i) {
      all.routes.push_back({policy, policy.routes[i], elements[i]});
      add_rule(elements[i], "allow", policy.routes[i].allow, condition_use::allows, all);
      add_rule(elements[i], "deny", policy.routes[i].deny, condition_use::denies, all);
    }
  }
  if (const auto services = document.member("services")) {
    for (const auto& [name, at] : services->members()) {
      if (const auto* service = find_service(policy, name)) add_service(*service, at, all);
    }
  }
  return all;
}

/// The kid and algorithm for which the set has several keys, so that none of them is chosen; empty: there are none.
std::string ambiguous_key(const jose::jwk_set& set) {
  for (const auto& key : set.keys()) {
    for (const auto& row : crypto::all_algorithms()) {
      if (key.kid.empty() || !key.algorithms.contains(row.id)) continue;
      if (set.choose(row.id, key.kid).ok()) continue;
      return "kid " + encoding::shown(key.kid, 64) + ", " + std::string(row.jose_name);
    }
  }
  return {};
}

/// The set loaded without them, as a fetched one would have.
void lint_unused_keys(const compiled_policy& policy, const node& document) {
  const auto issuers = document.member("issuers");
  if (!issuers) return;
  for (const auto& each : policy.issuers) {
    if (each.keys == nullptr) continue;
    const auto at = issuers->member(each.name);
    const auto keys = at ? at->member("jwks") : std::nullopt;
    if (!keys) continue;
    const std::string& passed_over = each.keys->passed_over();
    if (!passed_over.empty()) keys->refuse(reason::ok, "passed over: " + passed_over, "drop it, or mend it");
    const std::string twice = ambiguous_key(*each.keys);
    if (twice.empty()) continue;
    keys->refuse(reason::ok, "several keys for " + twice + ": a token under it is refused, whichever signed it",
                 "give each key a kid of its own, or drop the one that signs no more");
  }
}

struct route_rule {
  std::string_view name;
  void (*look)(const placed_route& what);
};
constexpr route_rule route_rules[] = {
    {"guard-methods", lint_guard_methods}, {"no-allow", lint_no_allow}, {"literal-parameter", lint_literal_parameter}};

struct condition_rule {
  std::string_view name;
  void (*look)(const placed_rule& what);
};
constexpr condition_rule condition_rules[] = {
    {"path-test", lint_path_test}, {"header-test", lint_header_test}, {"loose-match", lint_loose_match}};

void take(document::report& from, std::string_view rule, std::vector<finding>& to) {
  for (auto& each : from.take()) {
    to.push_back({rule, std::move(each.path), each.line, each.column, std::move(each.message), std::move(each.advice)});
  }
}

}  // namespace

std::vector<finding> lint(std::string_view text, const compiled_policy& policy) {
  std::vector<finding> all;
  const auto parsed = encoding::parse_jsonc(text, document_limits);
  if (!parsed.ok()) return all;
  document::report found(text, *parsed);
  const node whole(parsed->value, found);
  const auto subject = subject_of(policy, whole);
  lint_unused_keys(policy, whole);
  take(found, "unused-key", all);
  lint_sessions(policy, whole);
  take(found, "large-session", all);
  for (const auto& rule : route_rules) {
    for (const auto& each : subject.routes) rule.look(each);
    take(found, rule.name, all);
  }
  lint_twin_routes(subject.routes);
  take(found, "twin-routes", all);
  for (const auto& rule : condition_rules) {
    for (const auto& each : subject.rules) rule.look(each);
    take(found, rule.name, all);
  }
  std::stable_sort(all.begin(), all.end(), [](const finding& a, const finding& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  return all;
}

std::string describe(const finding& what) {
  return describe(problem{reason::ok, what.path, what.line, what.column, "warning: " + what.message, what.advice});
}

}  // namespace sallyport::policy
