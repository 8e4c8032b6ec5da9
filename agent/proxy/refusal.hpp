// What a caller is told when its request is not forwarded.
#pragma once

#include <string>
#include <string_view>

#include "agent/proxy/heads.hpp"
#include "core/reason.hpp"

namespace sallyport::agent::proxy {

/// Appends the whole answer: an RFC 9457 problem with the reason's public code and status, and nothing else about why.
/// `head_only`: to a HEAD request. `channel`: value of Sallyport-Channel, or "".
void append_refusal(std::string& to, reason why, std::string_view request_id, std::string_view channel, bool head_only,
                    connection_note note);

/// A request id for what came without a trusted one: marked as the agent's, unlike any that the edge makes.
std::string make_request_id();

}  // namespace sallyport::agent::proxy
