// The parts of the loader, one a section of the document. Each reports what is wrong and goes on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/session_policy.hpp"
#include "crypto/crypto.hpp"
#include "policy/document.hpp"
#include "policy/load/conditions.hpp"
#include "policy/load/node.hpp"

namespace sallyport::policy {

/// load_issuer.cpp. Nothing when too little of it is usable.
std::optional<issuer> load_issuer(const std::string& name, const node& at, crypto::port& host);
/// jwks.cpp: the public keys of an issuer.
std::optional<std::shared_ptr<const jose::jwk_set>> load_jwks(const node& at, crypto::port& host);

/// load_source.cpp: where a token stands, as `text` at `at` says it.
std::optional<credential_source> load_source(const node& at, std::string_view text);

/// A service and the conditions whose meaning depends on the routes that lead to it.
struct loaded_service {
  policy::service service;
  std::vector<placed_condition> conditions;
};
/// load_service.cpp
loaded_service load_service(const std::string& name, const node& at, const condition_compiler& compiler);
/// load_headers.cpp: the header map of `to`, which is the default one without `at`.
void load_headers(const std::optional<node>& at, const condition_compiler& compiler, loaded_service& to);
/// load_headers.cpp: lower-case names of fields that may be signed.
std::vector<std::string> load_signed_headers(const node& at);
/// Precondition: signed_headers of `to` are loaded, which strip must not take away.
void load_strip(const node& at, service& to);

/// load_sigv4.cpp: upstream_auth and sigv4 of a service whose origin and ecs were read.
void load_sigv4(const node& at, service& to);

/// load_cache.cpp: `cache` of a route whose methods were read.
void load_cache(const node& route_at, route& to);

/// load_path.cpp: `path` of a route, and `paths` of a service: how its app reads them.
void load_path(const node& at, route& to);
std::optional<path_rule> load_path_rule(const node& at);

/// load_cors.cpp
std::optional<cors_rule> load_cors(const node& at);

/// load_job.cpp
job load_job(const std::string& name, const node& at, const condition_compiler& compiler);

/// What routes refer to.
struct route_scope {
  compiled_policy& policy;
  const std::vector<loaded_service>& services;
  const condition_compiler& compiler;
};
/// load_route.cpp. Appends to policy.routes what is usable.
void load_routes(const node& at, const route_scope& scope);

/// load_common.cpp: what several sections share.
labels load_labels(const node& at);
/// account.cpp: accounts of AWS.
void load_accounts(const node& at, compiled_policy& to);
/// Reports what is wrong with the account that a service names.
void check_account(const node& service_at, const service& loaded, const compiled_policy& policy);
/// aws.cpp: a region of some partition of AWS, also one of tomorrow.
std::optional<std::string> load_region(const node& at);
/// A name or ARN of an AWS resource; only its characters are checked.
std::optional<std::string> load_aws_name(const node& at);
std::optional<std::string> load_role(const node& at);
/// Partition and account of a role; without one those of the region, and an account of the same length.
aws::role_arn role_of(std::string_view role, std::string_view region);
/// Reports at `at` a role of another partition than the region's. What was reported before is passed over.
void check_partition(const node& at, std::string_view role, std::string_view region);

}  // namespace sallyport::policy
