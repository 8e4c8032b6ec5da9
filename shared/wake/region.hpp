// When calls of AWS may be sent, for one account and region, as a pure function: (state, event, now) -> (state, effects). The
// machines that wake and run jobs ask it before they call; it calls nothing in their names and can change nothing itself.
//
// | event | queue | effects |
// | --- | --- | --- |
// | admit: tokens within go_within for all before it and for it | leaves it | go, in_ms: when its turn is |
// | admit: else, fewer than waiting_most wait | entered by class, its team's turn, how long it has waited | queued: position, eta_ms, ask_ms |
// | admit: else | | full |
// | admit: an attempt that holds a grant | | go: the same grant |
// | report: throttled | | the bucket is slower |
// | report: capacity | stops go first, for a while | |
// | report: unused, within its time | | its tokens are back |
// | watch | | looks, batched; facts to the one who watches, on change |
// | answered: what a look said | | facts; throttled: the bucket is slower |
// | untold: facts did not arrive | | told again |
// | present | | in the index |
// | remove | | yes; held; no, since other policies are about, or may be |
// | alarm | who has not asked for long is dropped | looks that are due |
//
// * Each class may take what it leaves to those before it: `predicted` from a quarter of the burst on, `stop` from half.
// * Of each aged_share tokens one goes to a stop that has waited aged_after, the oldest first.
// * Who is in line keeps its tokens until its own ask is overdue.
// * A grant that nobody reported is spent.
// * What began anew has rates and index as stored (region/stored.hpp), no tokens, and nobody in line.
//
// Invariants (tests/shared/wake/region): tokens within 0 and the burst; rates within a tenth of the share and the share; whoever
// waits is served or told within ask_ms; what is kept is bounded; an attempt has one grant.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "wake/region/bucket.hpp"
#include "wake/region/index.hpp"
#include "wake/region/line.hpp"
#include "wake/region/looks.hpp"

namespace sallyport::region {

enum class operation : std::uint8_t {
  /// UpdateService: a raise by n, or with class `stop` to zero.
  update,
  /// RunTask and StopTask, n calls.
  run,
  stop,
  /// DescribeServices in the session of the one who asks.
  read,
};
enum class outcome : std::uint8_t { ok, throttled, refused, unused, capacity };

std::string_view name_of(operation what);
std::string_view name_of(urgency how);
std::string_view name_of(outcome how);

/// Of a quota of AWS: a second, and at once.
struct quota {
  std::uint32_t rate = 0, burst = 0;
};

struct region_settings {
  /// Ours of each quota, in percent: console, deployments and Auto Scaling eat from the same.
  std::uint32_t share = 80;
  /// Stands in for another one while nobody can reach that: it begins at half of the share.
  bool stand_in = false;
  /// By bucket_name.
  std::array<quota, bucket_count> quotas{{{5, 50}, {40, 100}, {20, 100}, {20, 100}, {20, 100}}};
  pacing pace;
  look_settings look;
  removal_settings removal;
  unix_milliseconds go_within = 5'000, valid = 5'000;
  unix_milliseconds ask_least = 250, ask_most = 30'000;
  std::size_t waiting_most = 20'000;
  unix_milliseconds aged_after = 3'600'000;
  std::uint32_t aged_share = 20;
  /// For how long a start that met a lack of capacity lets stops go first.
  unix_milliseconds capacity_for = 60'000;
};

struct admit {
  std::string place;
  std::string attempt;
  /// Of the service's label; empty: the place is its own.
  std::string team;
  operation what = operation::update;
  std::uint32_t n = 1;
  urgency how = urgency::waited_for;
  unix_milliseconds waited_ms = 0;
  std::string policy = {};
};
struct report {
  std::string grant;
  outcome how = outcome::ok;
  std::string policy = {};
};
/// What a place was told did not arrive.
struct untold {
  std::string place;
};
/// A service that this place has raised.
struct present {
  std::string place;
  std::string policy;
  bool ours = true;
};
/// Whether a service that no policy names any more may be stopped.
struct remove_place {
  std::string place;
  std::string policy;
};
struct alarm_rang {};
using event = std::variant<admit, report, watch, look_answer, untold, present, remove_place, alarm_rang>;

struct go {
  std::string grant;
  unix_milliseconds in_ms = 0, valid_ms = 0;
};
struct queued {
  /// How many are before it.
  std::size_t position = 0;
  unix_milliseconds eta_ms = 0, ask_ms = 0;
};
struct full {
  unix_milliseconds ask_ms = 0;
};
using answer = std::variant<std::monostate, go, queued, full, removal>;

struct region_effects {
  region::answer answer;
  std::vector<look> calls;
  std::vector<facts> told;
  /// 0: nothing is due by itself.
  unix_milliseconds alarm = 0;
  /// What is stored has changed.
  bool keep = false;
};

struct grant {
  std::string id;
  std::string attempt;
  bucket_name bucket = bucket_name::update_service;
  /// What it took.
  micro_tokens calls = 0, launches = 0;
  unix_milliseconds due = 0, until = 0;
  bool reported = false;
};

/// updates, runs and stops, reads.
inline constexpr std::size_t line_count = 3;

struct region_state {
  unix_milliseconds began = 0;
  region::buckets buckets{};
  std::array<line, line_count> lines;
  /// By place and line.
  std::map<std::pair<std::string, std::size_t>, grant> grants;
  std::uint64_t grants_given = 0;
  /// Tokens of each line since an aged stop had one.
  std::array<std::uint32_t, line_count> since_aged{};
  unix_milliseconds no_capacity_at = 0;
  region::looks looks;
  region::index index;
};

struct region_outcome {
  region_state state;
  region_effects effects;
};

region_outcome region_next(region_state state, const event& what, unix_milliseconds now, const region_settings& with);

/// With nothing stored.
region_state begin_region(unix_milliseconds now, const region_settings& with);
allowances allowances_of(const region_settings& with);
/// With which rate it begins, of what it had.
std::int64_t begin_rate(std::int64_t rate, const allowance& most, const region_settings& with);

}  // namespace sallyport::region
