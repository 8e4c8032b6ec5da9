// One edge and one origin that belong together, for the targets of the gates: a policy, an issuer with one user, keys
// of their own, and a clock that stands still.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gate/edge/edge.hpp"
#include "gate/origin/origin.hpp"

namespace sallyport::fuzz {

inline constexpr unix_milliseconds exchange_time = 1'800'000'000'000;
inline constexpr std::string_view exchange_host = "app.example";

/// Everything is made once and used again, as in an isolate or an agent.
struct exchange {
  exchange();

  /// Hands the request to the edge until it has what it needs; `body` is what can be read of it.
  gate::edge_outcome handle(gate::edge_request request, bytes_view body);
  /// Hands a raw request to the origin, all nine checks; `head` must stay where it is.
  std::variant<gate::refused, gate::admitted> receive(std::string_view head, bytes_view body);
  /// What a transport would send for `to`: the head with its empty line.
  std::string write_head(std::string_view method, const gate::forward& to, std::string_view body) const;

  /// A valid access token of alice.
  std::string token;
  policy::policy_ptr policy;
  std::unique_ptr<gate::edge> edge;
  std::unique_ptr<gate::origin> origin;
  std::unique_ptr<gate::replay_set> seen;

 private:
  std::string issuer_keys_;
  std::uint64_t count_ = 0;
};

}  // namespace sallyport::fuzz
