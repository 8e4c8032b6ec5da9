// What the edge host tells the core about a request, and what the core tells it to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/reason.hpp"
#include "core/text_arena.hpp"
#include "core/time.hpp"
#include "encoding/json.hpp"
#include "gate/edge/cache_plan.hpp"
#include "gate/edge/signature_order.hpp"
#include "gate/keys/key_set.hpp"
#include "gate/protocol/assertion.hpp"
#include "http/field.hpp"

namespace sallyport::gate {

/// What the host knows of the body.
struct edge_body {
  enum class state : std::uint8_t {
    none,
    /// There is one (perhaps empty); nothing of it was read.
    unread,
    /// All of it is in `content`.
    read,
    /// The host tried to read it for need::body and it is longer than was asked for.
    too_large,
  };
  state is = state::none;
  bytes_view content;
};

/// Views that the host keeps until it is done with the outcome.
struct edge_request {
  std::string_view method;
  /// "https" or "http": what the client used.
  std::string_view scheme;
  /// Host field (or :authority), with its port when it has one.
  std::string_view host;
  /// Path and query as received, not decoded.
  std::string_view target;
  /// In the order received; names in any case, names may repeat.
  std::span<const http::field> fields;
  /// Textual address, country code and AS number as the platform knows them; "" and 0 when it does not.
  std::string_view ip;
  std::string_view country;
  std::uint32_t asn = 0;
  edge_body body;
};

/// Send this request on.
struct forward {
  /// Its name in the policy; a view into the policy of the edge.
  std::string_view service;
  /// `https://host[:port]`; a view into the policy. Empty: the host finds a task of the service (ecs) and puts its
  /// address there. After waiting for one, and before a second try, it calls handle again: a signature is good for one
  /// sending.
  std::string_view origin;
  /// Path and query, canonical: append it to `origin` as it is.
  std::string_view target;
  /// All fields to send, no others: none may be added, dropped or changed. Host and, with a body, Content-Length or
  /// Transfer-Encoding are the transport's. Views into the request, the policy and `storage`.
  std::vector<http::field> fields;
  enum class body_plan : std::uint8_t {
    /// Send none.
    none,
    /// Send the bytes that were read, with their Content-Length.
    bytes,
    /// Stream it through.
    stream,
  };
  body_plan body = body_plan::none;
  /// What Content-Length must say, because it is signed; nothing: no length is signed (chunked).
  std::optional<std::uint64_t> content_length;
  /// Whether another task may be asked where one gave no response: an idempotent method, and a body that is at hand.
  bool repeatable = false;
  /// Whether it wakes a service that sleeps, and is use of one that does not (gate/edge/visit.hpp).
  bool wakes = true;
  /// It is not signed yet: what to, where its place is known (request_signer::sign).
  signature_order to_sign;
  std::string_view request_id;
  /// How long the service has until the head of its answer.
  seconds timeout = 60;
  /// Of a service that may have to be woken or called with AWS credentials: describe_caller, canonical. Else empty.
  std::string caller;
  /// What the cache of the edge may do for it; nothing: stay out of it.
  std::optional<cache_plan> cache;
  /// caller_tag: a short text that tells callers apart, to count by.
  std::string caller_tag;
  /// For refusals of this request that the host makes (gate/edge/cors.hpp); views into the policy.
  std::vector<http::field> refusal_fields;
  text_arena storage;
};

/// Carry this out with AWS (gate/edge/job_order.hpp).
struct job_order {
  enum class action : std::uint8_t { run, get, stop, list };
  action what = action::list;
  /// Its name in the policy; a view into the policy of the edge. Empty for list.
  std::string_view job;
  /// `<job>~<run>` for get and stop.
  std::string id;
  /// The rest is for run, but for wait. Names and values for the task, checked.
  std::vector<std::pair<std::string, std::string>> environment;
  /// base64url SHA-256 of the environment.
  std::string input_digest;
  /// 43 characters; the same for the same job, caller and idempotency key, and for nothing else.
  std::string client_token;
  /// The caller gave a key.
  bool idempotent = false;
  /// How long the caller would rather wait, at most 90.
  seconds wait = 0;
  /// For get and stop: the job's `inspect` lets this caller see everybody's runs.
  bool may_inspect = false;
  std::string request_id;
  /// describe_caller
  encoding::json caller;
  /// As those of forward.
  std::vector<http::field> refusal_fields;
};

/// Tell, or reset, the state of a service that wakes (gate/edge/service_order.hpp).
struct service_order {
  enum class action : std::uint8_t { look, reset };
  action what = action::look;
  /// Its name in the policy; a view into the policy of the edge.
  std::string_view service;
  std::string request_id;
  /// describe_caller
  encoding::json caller;
  /// As those of forward; those of the state as well.
  std::vector<http::field> refusal_fields;
};

/// Answer with problem_body(why, request_id) and challenge(why, resource_metadata) and the
/// fields.
struct refuse {
  reason why = reason::internal;
  /// For operators; never for the caller.
  std::string detail;
  std::string request_id;
  /// Of the service that the request was for; a view into the policy. Empty: none.
  std::string_view resource_metadata;
  /// Views into the policy.
  std::vector<http::field> fields;
};

/// What the decision lacks: bring it, and call handle again with the same request.
struct need {
  /// Fetch, and give the response to edge::supply_keys.
  struct keys {
    key_request request;
  };
  /// Read the body up to this many bytes: its state is read then, or too_large when it is longer.
  struct body {
    std::size_t max_bytes = 0;
    /// As those of forward.
    std::vector<http::field> refusal_fields;
  };
  std::variant<keys, body> what;
};

/// Answer with this, and no other field (the body is left out for HEAD).
struct answer {
  int status = 200;
  /// Views that live as long as the edge.
  std::vector<http::field> fields;
  std::string body;
};

struct edge_outcome {
  std::variant<refuse, forward, need, answer, job_order, service_order> what;
  /// One line for forward, refuse and the orders (audit/record.hpp), without a line feed; empty for the others.
  std::string audit;
  /// Keys to fetch in the background, while the outcome is carried out.
  std::vector<key_request> refresh;
};

}  // namespace sallyport::gate
