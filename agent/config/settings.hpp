// What the agent is told, as checked values: every member has its default here and nowhere else.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "agent/config/address.hpp"

namespace sallyport::agent::config {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

inline constexpr std::uint64_t kib = 1024;
inline constexpr std::uint64_t mib = 1024 * kib;
inline constexpr std::uint64_t gib = 1024 * mib;

struct limits {
  std::uint64_t max_head_bytes = 64 * kib;
  std::uint64_t max_fields = 128;
  std::uint64_t max_connections = 10000;
  std::uint64_t max_body_bytes = 1 * gib;
  /// A body that the edge signed is held in memory until its digest is checked, so that nothing of a refused one
  /// reaches the app.
  std::uint64_t max_signed_body_bytes = 1 * mib;
  /// All signed bodies in memory at one time.
  std::uint64_t max_buffered_bytes = 256 * mib;
};

struct timeouts {
  /// From the first byte of a head to its last.
  milliseconds head = 10s;
  /// A kept connection without a request.
  milliseconds idle = 2min;
  /// Without a byte moving, in either body.
  milliseconds body = 60s;
  /// Before a connection is closed, for the caller to read the end of it and close its side.
  milliseconds linger = 5s;
  /// A caller that has ended its side is still answered until nothing has moved for so long.
  milliseconds half_closed = 3s;
  /// An event stream, without an event.
  milliseconds event_stream = 15min;
  /// From SIGTERM on, new connections and requests are still served for so long.
  milliseconds drain = 3s;
  /// From SIGTERM to the end; ECS kills after its own stopTimeout (30 s unless set).
  milliseconds stop = 28s;
};

/// Which requests may go by a connection to the app that another one has gone by.
enum class reuse : std::uint8_t {
  /// None.
  never,
  /// Those of the same subject.
  same_subject,
  /// Those of others too, once the connection has rested.
  safe,
};

/// What `upstream.ready` begins with where a path is asked; else it is "connect".
inline constexpr std::string_view ready_get = "GET ";

struct upstream {
  config::address address{"127.0.0.1", 8000};
  milliseconds connect = 3s;
  /// From the last byte of the request to the first of the answer.
  milliseconds first_byte = 60s;
  /// A pooled connection without a request; shorter than the app's own keep-alive time.
  milliseconds idle = 4s;
  /// Pooled connections of one thread.
  std::uint64_t max_idle = 128;
  config::reuse reuse = config::reuse::safe;
  /// Between the end of a response and a request of another subject on its connection.
  milliseconds rest = 25ms;
  /// When probes are told that the app is there: "connect" or "GET /path".
  std::string ready = "connect";
};

struct policy_files {
  std::string file;
  /// The policy before this one, while a deployment reaches edge and agent one after the other; empty: none.
  std::string previous;
  /// How long the policy that a reload took the place of is still accepted.
  milliseconds previous_for = 10min;
};

/// Where the edge's public keys come from; both empty: OpenID discovery below the policy's edge issuer.
struct edge_keys {
  std::string jwks_url;
  std::string jwks_file;
};

/// Shared secrets for request signatures, a JWK or JWK set of kty oct.
struct hmac {
  std::string file;
  /// The document itself; only ever from the environment.
  std::string secret;
};

/// The agent's end of channels; neither a file nor a secret: each start makes a key of its own.
struct channel {
  std::string secret_file;
  /// The secret itself; only ever from the environment.
  std::string secret;
  std::uint64_t max_entries = 8192;
};

struct settings {
  /// Name of the service of the policy that this agent stands before.
  std::string service;
  config::address listen{"0.0.0.0", 8080};
  config::address admin_listen{"127.0.0.1", 9090};
  config::upstream upstream;
  policy_files policy;
  config::edge_keys edge;
  config::hmac hmac;
  config::channel channel;
  milliseconds skew = 5s;
  config::limits limits;
  config::timeouts timeouts;
  std::uint64_t replay_max_entries = std::uint64_t{1} << 20;
  /// 0: one a processor.
  std::uint64_t threads = 0;
  /// "stdout", "stderr" or a file that is appended to.
  std::string audit_output = "stdout";
  /// Whether the process may be dumped and traced.
  bool core_dumps = false;
};

}  // namespace sallyport::agent::config
