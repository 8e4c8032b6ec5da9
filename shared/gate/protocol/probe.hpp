// The probe: how the edge asks an agent whether its app can be sent requests, and what the agent says of itself (protocol,
// "Status of the agent"). Signed like a request, and never one: the kind of caller, the path and the route belong together, and
// none of them passes without the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/protocol/assertion.hpp"

namespace sallyport::gate {

/// Octet for octet, and without a query.
inline constexpr std::string_view agent_path = "/.sallyport/agent";
/// Targets that never reach an app begin like this.
inline constexpr std::string_view own_prefix = "/.sallyport/";
/// No id of a route holds a space.
inline constexpr std::string_view probe_route = "sallyport agent";
/// No kind of the identities that policies know.
inline constexpr std::string_view probe_kind = "edge";
/// Of `idp` and `sub`.
inline constexpr std::string_view probe_party = "sallyport";
/// Of assertion and signature.
inline constexpr seconds probe_lifetime = 10;
/// Every response at agent_path has it, and else only that of an agent that stops and looks at no request any more.
inline constexpr std::string_view agent_field = "Sallyport-Agent";
inline constexpr std::string_view stopping_mark = "1; stopping";
inline constexpr std::string_view status_content_type = "application/vnd.sallyport.agent+json";
inline constexpr std::size_t max_status_bytes = std::size_t{4} << 10;

/// The payload of a probe's assertion, of `what` without identity and route.
std::string write_probe_assertion(const assertion& what);
/// Reads a payload whose signature was verified. Exactly the claims of a probe. Reasons: assertion_invalid.
result<assertion> read_probe_assertion(std::string_view payload);

/// What an agent says of itself.
struct agent_status {
  /// Of the request that asked.
  std::string id;
  /// ARN of its task; empty where nobody told the agent.
  std::string task;
  /// Why it is not ready: "stopping", "policy" or "app"; empty: it is ready.
  std::string why;
  /// Requests that were let in and whose response is not all written, upgraded connections included; and those alone.
  std::uint64_t in_flight = 0;
  std::uint64_t upgraded = 0;
  /// Since in_flight was above 0 last, and since the agent started, in milliseconds.
  std::uint64_t idle_ms = 0;
  std::uint64_t up_ms = 0;
  /// Digests of the policies that it accepts.
  std::vector<std::string> policies;
  /// Its version.
  std::string agent;

  bool ready() const { return why.empty(); }
};

std::string write_status(const agent_status& what);
/// Nothing where a member is missing, of another type or beyond 2^53, or where the text is longer than max_status_bytes.
/// Members of other names are stepped over: a later version may have them.
std::optional<agent_status> read_status(std::string_view body);

}  // namespace sallyport::gate
