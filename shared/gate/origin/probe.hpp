// The agent's side of a probe. In this order; the first failure is the response:
//
//  1. framing                 as ever, by the agent. Any other target below /.sallyport/ is never the app's, signed or
//                             not (agent_path_unknown)
//  2. target, method, body    octet for octet /.sallyport/agent, no query (agent_path_unknown); GET (agent_method); no body
//                             (framing_body_unexpected)
//  3. it has keys and policy  not_ready
//  4. checks 3 to 5           of origin.hpp, but: no channel; expires - created of at most 10 s
//  5. check 6                 with exactly the claims of a probe (gate/protocol/probe.hpp); exp - iat of at most 10 s
//  6. replay                  as check 9. No policy decides: nobody is let in anywhere
//  7. rate                    20 responses a second, 40 at once (probe_rate): behind 6, so that no stranger empties it
//  8. the response            from memory; the app is not asked
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "gate/origin/origin.hpp"
#include "http/request_head.hpp"

namespace sallyport::gate {

/// Whether a target is the agent's own, and which.
enum class own_target : std::uint8_t { none, status, unknown };
own_target own_target_of(std::string_view target);

/// Check 7 for one thread.
class status_bucket final : public status_rate {
 public:
  bool take(unix_milliseconds now) override;

 private:
  static constexpr std::int64_t burst = 40;
  static constexpr std::int64_t a_second = 20;
  /// In thousandths of a response.
  std::int64_t left_ = burst * 1000;
  std::optional<unix_milliseconds> at_;
};

/// What a probe is checked with.
struct probe_means {
  const origin_snapshot_ptr& held;
  seconds skew = 0;
  crypto::port& host;
  replay_guard& seen;
  status_rate& rate;
};

/// What is known even when a check fails.
struct probe_trace {
  std::string id;
  std::optional<seconds> clock_difference;
  bool unknown_key = false;
};

/// Checks 2 to 7.
result<accepted_probe> check_probe(const http::request_head& head, const probe_means& with, unix_milliseconds now,
                                   probe_trace& trace);

/// Why an agent is not ready, or "". `digest`: of the edge's policy. Precondition: there are keys and a policy.
std::string_view why_unready(const origin_snapshot& held, std::string_view digest, bool stopping, bool app);

}  // namespace sallyport::gate
