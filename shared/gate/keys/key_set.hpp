// The keys of one issuer, kept fresh: a state machine whose clock and whose fetches are outside (protocol, "Keys").
//
// Rules
// * `want` says what to fetch, if anything; the host fetches it (one GET, no redirects, the limits as named in the
//   request) and gives the answer to `supply`. Then it asks the same question again.
// * One fetch in flight per issuer: while one is, `want` repeats it with `joined` set, so that a host can wait for the
//   one that runs. A fetch that never comes back is given up after in_flight_timeout.
// * An unknown kid causes a refetch, at most one per refetch_interval, and none within retry_interval of another fetch.
//   A failure is tried again after retry_interval.
// * A set is soft until max-age (within soft_min and soft_max): then it is refreshed while it still serves. It serves
//   up to hard_age after it was fetched, never longer. A failed fetch changes nothing about the set that is held.
// * A set is replaced whole: a key that the issuer no longer publishes verifies nothing any more. The generation counts
//   replacements by a different set, so that whatever was verified with the old one can be forgotten.
// * https only, http for loopback; the discovery document must name the issuer it was fetched for (OpenID Connect
//   Discovery 1.0 section 4.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/crypto.hpp"
#include "jose/jwk_set.hpp"

namespace sallyport::gate {

struct key_set_limits {
  seconds soft_min = 60;
  seconds soft_max = 3600;
  /// Soft age of an answer without max-age.
  seconds soft_default = 600;
  seconds hard_age = seconds{24} * 3600;
  seconds refetch_interval = 30;
  seconds retry_interval = 5;
  seconds in_flight_timeout = 15;
  /// For the host's fetch: whole time, and size of the answer.
  seconds fetch_timeout = 5;
  std::size_t max_bytes = std::size_t{256} << 10;
  std::size_t max_keys = 100;
  /// jose::jwk_set_limits::reserved_kids.
  std::string_view reserved_kids = {};
};

/// Where keys come from.
struct key_source {
  /// A short name for people and metrics: the issuer's name in the policy, "edge" at the agent.
  std::string name;
  /// The issuer URL, as in `iss`.
  std::string issuer;
  /// Empty: OpenID discovery below `issuer`.
  std::string jwks_uri;
};

enum class key_step : std::uint8_t { discovery, jwks };
std::string_view name_of(key_step step);

/// One GET that the host must make: follow no redirect, stop after `timeout` and after `max_bytes`.
struct key_request {
  /// key_source::name.
  std::string source;
  key_step step = key_step::jwks;
  std::string url;
  std::size_t max_bytes = 0;
  seconds timeout = 0;
  /// The same fetch is already under way for someone else.
  bool joined = false;
};

/// What came back.
struct key_response {
  /// HTTP status, or 0 when there was no answer (the host's error in `problem`). With a status, a `problem` says that
  /// the host did not read on, because the body is longer than was asked for.
  int status = 0;
  std::string_view body;
  /// Cache-Control of the answer, raw; empty when there was none.
  std::string_view cache_control;
  std::string_view problem;
  /// When the answer left the issuer, if it comes from a cache; 0: just now.
  unix_milliseconds fetched_at = 0;
};

/// Why someone asks for keys.
enum class key_need : std::uint8_t {
  /// There may be none, or they may be old.
  fresh,
  /// There are some, and a token names a kid that is not among them.
  unknown_kid,
};

struct key_set_health {
  /// A set that may still be used is held.
  bool usable = false;
  /// Age of the set in seconds; -1 when none was ever held.
  seconds age = -1;
  std::size_t keys = 0;
  std::uint64_t failures_in_a_row = 0;
  /// Why the last fetch failed; ok after a success.
  reason last_failure = reason::ok;
  std::string last_detail;
  /// What of the set is not used, and why (jose::jwk_set::passed_over).
  std::string passed_over;
};

/// Not thread-safe: a host with threads guards it and publishes `current`.
class key_set {
 public:
  explicit key_set(key_source source, const key_set_limits& limits = {});
  /// Keys that the policy has: they do not age, and none is ever fetched. Precondition: not null.
  key_set(key_source source, std::shared_ptr<const jose::jwk_set> fixed);

  const key_source& source() const { return source_; }
  /// The set, or null when there is none or it is older than the hard age.
  std::shared_ptr<const jose::jwk_set> current(unix_milliseconds now) const;
  /// Grows with every set that differs from the one before.
  std::uint64_t generation() const { return generation_; }

  /// What to fetch now, if anything. Marks it as in flight.
  std::optional<key_request> want(key_need need, unix_milliseconds now);
  /// Whether a fetch of this kind would be asked for, without asking for it: soft age over, or nothing held.
  bool stale(unix_milliseconds now) const;

  /// Takes the answer to a request of `want`. Reasons (also kept for health): keys_fetch_failed, discovery_invalid,
  /// those of jose::parse_jwks; internal for keys that are fixed.
  result<void> supply(key_step step, const key_response& answer, unix_milliseconds now, crypto::port& host);

  key_set_health health(unix_milliseconds now) const;

 private:
  bool due(key_need need, unix_milliseconds now) const;
  key_request begin(key_need need, unix_milliseconds now);
  key_request describe_fetch(key_step step) const;
  result<void> take(key_step step, const key_response& answer, unix_milliseconds now, crypto::port& host);
  result<void> take_discovery(std::string_view body, unix_milliseconds now);
  result<void> take_keys(const key_response& answer, unix_milliseconds now, crypto::port& host);

  key_source source_;
  key_set_limits limits_;
  /// Found by discovery; empty: not found yet, or to be looked for again.
  std::string discovered_uri_;
  unix_milliseconds discovered_at_ = 0;
  std::shared_ptr<const jose::jwk_set> keys_;
  /// What keys_ was parsed from, to tell a new set from the same one again.
  std::string text_;
  std::uint64_t generation_ = 0;
  unix_milliseconds fetched_at_ = 0;
  seconds soft_age_ = 0;
  std::optional<unix_milliseconds> last_attempt_;
  std::optional<unix_milliseconds> last_unknown_kid_;
  /// The fetch that is under way.
  std::optional<key_step> in_flight_;
  /// Discovery answered and the keys themselves are to be fetched now.
  bool keys_next_ = false;
  bool is_fixed_ = false;
  std::uint64_t failures_ = 0;
  reason last_failure_ = reason::ok;
  std::string last_detail_;
};

/// Whether keys may be fetched from `url`: https, or http to localhost, 127.0.0.0/8 or [::1]; no user name, no
/// fragment.
bool is_key_url(std::string_view url);

}  // namespace sallyport::gate
