// What the origin decides about a request, in the steps in which it arrives.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/reason.hpp"
#include "core/time.hpp"
#include "gate/origin/replay_set.hpp"
#include "gate/protocol/assertion.hpp"
#include "gate/protocol/context.hpp"
#include "http/digest.hpp"
#include "http/path.hpp"
#include "http/request_head.hpp"
#include "policy/document.hpp"
#include "policy/header_map.hpp"

namespace sallyport::gate {

struct held_channel;

/// What channels have to do with a request, as its response and the metrics need it.
struct channel_response {
  /// Value of Sallyport-Channel; empty: nothing to say.
  std::string field;
  /// The field says `unknown`: the edge is to send the request once more, so its body is read to the end.
  bool unknown = false;
  /// The request's MAC verified.
  bool used = false;
  /// A grant's signature verified, which costs as much as that of a request.
  bool grant_verified = false;
};

/// The request is refused: answer with problem_body(why, request_id) and challenge(why).
struct refused {
  reason why = reason::internal;
  /// For operators; never for the caller.
  std::string detail;
  /// The edge's, when the request signature was verified; else empty, and the agent makes one of its own.
  std::string request_id;
  /// One line (audit/record.hpp), without a line feed.
  std::string audit;
  /// now - created in seconds, as far as check 4 got; positive: this clock is ahead, or the request was under way.
  std::optional<seconds> clock_difference;
  /// The keyid or the assertion's kid is not among the edge keys: worth a key_set::want(unknown_kid) and another open.
  bool unknown_key = false;
  channel_response channel;
};

/// A probe whose checks passed: the status is to be told (gate/protocol/probe.hpp).
struct accepted_probe {
  std::string id;
  /// Of the edge's policy, held here or not.
  std::string policy_digest;
  seconds clock_difference = 0;
};

/// How many responses to probes are given, by all threads together.
class status_rate {
 public:
  status_rate() = default;
  status_rate(const status_rate&) = delete;
  status_rate& operator=(const status_rate&) = delete;
  virtual ~status_rate() = default;
  /// False: not this one.
  virtual bool take(unix_milliseconds now) = 0;
};

/// A verified assertion, shared by all requests that carry it.
struct verified_assertion {
  assertion content;
  /// The JWS header's kid.
  std::string kid;
};

struct origin_snapshot;

/// Checks 1 to 6 passed. Views into the head's buffer, which must stay where it is until the request is done with.
struct opened {
  http::request_head head;
  http::target_view target;
  request_context context;
  /// What it was opened with; it is decided with that, whatever is adopted meanwhile.
  std::shared_ptr<const origin_snapshot> snapshot;
  /// The compact assertion as it came.
  std::string_view assertion_text;
  std::shared_ptr<const verified_assertion> assertion;
  replay_key nonce;
  /// Last second in which the request could pass check 4.
  unix_seconds expires = 0;
  std::string_view keyid;
  /// How it is signed, for records: "es256", "eddsa", "hmac", "channel"; empty: not known yet.
  std::string_view sig;
  /// Whose key signed it; null: not a channel's.
  std::shared_ptr<const held_channel> by;
  channel_response channel;
  /// As in `refused`; set once it is opened.
  std::optional<seconds> clock_difference;
  /// Present: the body (perhaps an empty one) must be read whole, at most origin_limits::max_signed_body_bytes (more is
  /// body_too_large), and be given to check_body before admit. Absent: there is no body, or it streams uncovered.
  std::optional<http::digest_expectation> digest;
  /// The raw Content-Digest; the app gets it once it was checked.
  std::string_view digest_text;
  bool body_checked = false;
};

/// Checks 7 to 9 passed: forward it. Views into the head's buffer, the policy and `mapped`.
struct admitted {
  std::string_view method;
  /// Path and query, canonical.
  std::string_view target;
  /// For the Host field.
  std::string_view host;
  /// All fields for the app but Host and the body's framing.
  std::vector<http::field> fields;
  std::string_view request_id;
  std::string_view route;
  std::shared_ptr<const verified_assertion> assertion;
  std::string audit;
  seconds clock_difference = 0;
  std::vector<policy::app_header> mapped;
  /// Keeps what the views point into alive.
  std::shared_ptr<const origin_snapshot> snapshot;
};

}  // namespace sallyport::gate
