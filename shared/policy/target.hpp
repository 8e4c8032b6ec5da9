// What a route leads to: a service, which answers HTTP behind an agent, or a job, a one-off task.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "crypto/algorithm.hpp"
#include "policy/reading.hpp"

namespace sallyport::regex {
class pattern;
}

namespace sallyport::policy {

/// A compiled expression of the document; opaque here (policy/condition.hpp), immutable, free to share between threads.
class condition;
using condition_ptr = std::shared_ptr<const condition>;

struct label {
  std::string name, value;
};
/// Sorted by name; names are unique.
using labels = std::vector<label>;

/// How a request's body is bound to its signature.
struct body_rule {
  enum class mode : std::uint8_t {
    /// Content-Digest up to `signed_bytes`; a longer body streams and the assertion says so.
    signed_body,
    /// Never covered; the assertion says so.
    stream,
  };
  mode how = mode::signed_body;
  std::size_t signed_bytes = std::size_t{1} << 20;
};

/// One field that the agent sets for the app.
struct mapped_header {
  enum class source : std::uint8_t { subject, email, groups, kind, expression };
  /// As the document writes it; whatever comes in under this name (any case, `_` for `-`) is removed first.
  std::string name;
  source from = source::expression;
  /// The compiled expression; never null.
  condition_ptr value;
};

/// Names of fields that no client may send to the app, by any spelling that CGI-style mapping makes the same.
struct stripped_header {
  /// Lower-case, without the `*` of a family.
  std::string name;
  /// All names that start like this.
  bool is_prefix = false;
};

/// How long a request may wait for a task, and when the service goes back to zero.
struct wake_rule {
  std::uint32_t min = 1;
  seconds hold = 25;
  seconds idle_stop = 900;

  friend bool operator==(const wake_rule&, const wake_rule&) = default;
};

/// Who says that a task can be sent requests: its agent, asked over the service's own way, or ECS by its health check.
enum class readiness : std::uint8_t { agent, health };

/// An account of AWS: how much of its quotas is ours.
struct aws_account {
  /// Its key in the document.
  std::string name;
  /// 12 digits.
  std::string account;
  /// In percent.
  std::uint32_t share = 80;
  /// A second; what is absent is as AWS has it at first.
  struct quotas {
    std::optional<std::uint32_t> update_service, run_task, launches, describe_tasks, describe_services;
  };
  quotas raised;
  /// ARN of the role in whose sessions services are looked at together, or empty.
  std::string looks_role;
};

struct ecs_service {
  std::string region, cluster, service;
  /// The name of an aws_account, or empty.
  std::string account;
  /// The agent's port in the task; 0 only where `origin` says where to go.
  std::uint16_t port = 0;
  readiness ready = readiness::agent;
  /// ARN of the role to assume, or empty.
  std::string role;
  std::optional<wake_rule> wake;
  /// Who may reset its budgets; null: nobody.
  condition_ptr operators;
};

/// Requests to this service carry an AWS signature besides ours.
struct sigv4_rule {
  /// The AWS service to sign for: "execute-api", "lambda", "vpc-lattice-svcs".
  std::string service;
  std::string region;
  /// ARN of the role to assume, or empty.
  std::string role;
  /// ARN of what is called, without wildcards but behind the id of an API; empty only where the origin's host tells the
  /// id of an API, or is loopback.
  std::string resource;
};

struct service {
  /// Its key in the document.
  std::string name;
  /// `https://host[:port]` (http for loopback), no path; or empty, then `ecs` is there.
  std::string origin;
  std::optional<ecs_service> ecs;
  /// Name of the Workers VPC binding, or empty.
  std::string vpc;
  /// Name of the mTLS certificate binding, or empty.
  std::string mtls_certificate;
  /// With `upstream_auth: "sigv4"`. Then `origin` is there.
  std::optional<sigv4_rule> sigv4;
  /// es256, eddsa or hs256: how the edge signs requests to this service. A key of another algorithm is not accepted.
  crypto::algorithm signature = crypto::algorithm::es256;
  /// Whether a MAC may stand for the asymmetric signature (channel/keys.hpp). Never where `signature` is hs256.
  bool channel = true;
  /// Lower-case names in the document's order: covered by the request signature when present, visible to conditions.
  /// May hold content-type and content-length, which the profile covers anyway: never list a component twice.
  std::vector<std::string> signed_headers;
  std::vector<mapped_header> headers;
  /// What the app trusts and no client may say; never a signed header or one that frames the message.
  std::vector<stripped_header> strip;
  /// How the app reads paths.
  path_rule paths;
  /// The document has no header map of its own: `headers` is the default one, and what it sends is bounded.
  bool default_headers = false;
  /// Where an OAuth client finds out how to get a token (RFC 9728): a URL, told to callers without a good one. Or
  /// empty.
  std::string resource_metadata;
  /// Conditions that hold for all routes of the service.
  std::vector<condition_ptr> require;
  policy::labels labels;
};

struct job_input {
  std::string name;
  /// RE2 syntax, matched against the whole value; empty: anything.
  std::string pattern;
  /// Matches whole values only; null without a pattern.
  std::shared_ptr<const regex::pattern> accepts;
  bool required = true;
  std::optional<std::string> default_value;
  /// In bytes.
  std::size_t max_length = 1024;
};

struct ecs_task {
  std::string region, cluster, task_definition, container;
  std::string role;
  std::vector<std::string> subnets, security_groups;
  /// ARNs of the roles that the task definition names: RunTask has to pass them.
  std::vector<std::string> passed_roles;
  bool assign_public_ip = false;
};

struct job {
  std::string name;
  ecs_task ecs;
  std::vector<job_input> input;
  seconds timeout = 900;
  /// Who besides the caller that started it may see it; null: nobody.
  condition_ptr inspect;
  policy::labels labels;
};

}  // namespace sallyport::policy
