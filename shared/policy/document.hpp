// The policy document as typed, checked, immutable values. Whatever stands here was checked by the loader.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/path.hpp"
#include "policy/cache_rule.hpp"
#include "policy/cors_rule.hpp"
#include "policy/issuer.hpp"
#include "policy/target.hpp"
#include "policy/used_facts.hpp"

namespace sallyport::policy {

struct route {
  std::string id;
  /// Lower-case; `*.suffix` for a wildcard.
  std::string host;
  /// The pattern as written.
  std::string path;
  /// What a path may hold (http/path.hpp).
  http::path_forms path_forms = http::no_forms;
  /// As written; empty: any method. Case-sensitive; GET stands for HEAD, too (policy/match.hpp).
  std::vector<std::string> methods;
  /// Exactly one of the two is set; both point into the same compiled_policy.
  const policy::service* service = nullptr;
  const policy::job* job = nullptr;
  /// Null where the document has none: without `allow` nothing is allowed.
  condition_ptr allow, deny;
  condition_ptr shadow_allow, shadow_deny;
  /// Callers without a credential reach the conditions.
  bool anonymous = false;
  /// Its requests wake the service where that sleeps, and are use of it.
  bool wakes = true;
  body_rule body;
  policy::labels labels;
  /// Lifetime of assertions for this route, 1 to 300.
  seconds assertion_ttl = 30;
  /// How long the service has until the head of its answer, 1 to 100.
  seconds timeout = 60;
  /// Nothing: its answers have no part in the cache of the edge.
  std::optional<cache_rule> cache;
  /// Nothing: no page of another origin may read its refusals.
  std::optional<cors_rule> cors;
  /// What deny, require, allow, shadow and the header map of the service read: nothing else goes into the assertion.
  used_facts used;
};

struct edge_settings {
  /// Issuer URL of the assertions; https (http for loopback), without a trailing slash.
  std::string issuer;
  seconds assertion_ttl = 30;
};

class matcher;

/// A policy that loaded: the document, its digest and everything compiled. Immutable and free to share between threads.
class compiled_policy {
 public:
  compiled_policy();
  compiled_policy(const compiled_policy&) = delete;
  compiled_policy& operator=(const compiled_policy&) = delete;
  ~compiled_policy();

  std::string name;
  edge_settings edge;
  std::vector<issuer> issuers;
  std::vector<aws_account> accounts;
  std::vector<service> services;
  std::vector<job> jobs;
  std::vector<route> routes;
  /// RFC 8785 form of the document, comments gone, `$schema` included when present.
  std::string canonical;
  /// base64url of the SHA-256 over `canonical`.
  std::string digest;
  std::unique_ptr<const policy::matcher> matcher;
};
using policy_ptr = std::shared_ptr<const compiled_policy>;

/// The entry, or nullptr. Views into the policy.
const issuer* find_issuer(const compiled_policy& policy, std::string_view name);
/// By any of its values of iss.
const issuer* find_issuer_by_url(const compiled_policy& policy, std::string_view iss);
const aws_account* find_account(const compiled_policy& policy, std::string_view name);
/// By its 12 digits.
const aws_account* find_account_by_id(const compiled_policy& policy, std::string_view account);
const service* find_service(const compiled_policy& policy, std::string_view name);
const job* find_job(const compiled_policy& policy, std::string_view name);
const route* find_route(const compiled_policy& policy, std::string_view id);

}  // namespace sallyport::policy
