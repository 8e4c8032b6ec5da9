// What a caller is told when its request is not forwarded.
#pragma once

#include <string>
#include <string_view>

#include "agent/proxy/heads.hpp"
#include "core/reason.hpp"
#include "gate/protocol/probe.hpp"

namespace sallyport::agent::proxy {

/// What is refused, and how its response is to look.
struct refusal {
  reason why = reason::internal;
  std::string_view request_id;
  /// Value of Sallyport-Channel, or "".
  std::string_view channel;
  /// To a HEAD request.
  bool head_only = false;
  /// At the path of the agent's status.
  bool own_path = false;
  /// This agent stops, and nothing of the request was looked at.
  bool elsewhere = false;
};

/// Appends the whole response: an RFC 9457 problem with the reason's public code and status, and nothing else about why.
void append_refusal(std::string& to, const refusal& what, connection_note note);

/// Appends the whole response to a probe.
void append_status(std::string& to, const gate::agent_status& says, connection_note note);

/// A request id for what came without a trusted one: marked as the agent's, unlike any that the edge makes.
std::string make_request_id();

}  // namespace sallyport::agent::proxy
