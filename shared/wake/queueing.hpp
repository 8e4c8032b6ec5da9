// What a machine asks of its Region (wake/region.hpp), and what it is told. With `governed` it calls AWS only with a grant, and
// what it looks at is looked at for it, together with what others look at.
//
// | told | about | what follows |
// | --- | --- | --- |
// | go | the attempt that waits | its call, when its turn is and before the grant ends; later the grant is given back, and another asked for |
// | go | another attempt | given back, unless that one's call was sent |
// | queued, full | the attempt that waits | it asks again after ask_ms |
// | nothing | | it asks again after admit_patience |
// | down | a raise | its call without a grant, after a random part of alone_wait; where AWS throttled one, after a growing pause |
// | down | a stop | it asks again every alone_stop_asks; its call without a grant once it has waited for alone_stop |
// | down | looks | the machine looks itself, as one that is not governed, and asks to be told again every watch_renew |
// | facts | | as if it had looked; a task that is not told of is as it was |
// | facts: denied, of the service | | it looks itself, once, with a grant; its tasks are looked at for it |
// | facts: denied | | for own_looks it looks itself, each time with a grant |
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aws/ecs.hpp"
#include "core/time.hpp"
#include "wake/region.hpp"

namespace sallyport::aws {

/// What a grant is wanted for.
enum class errand : std::uint8_t { none, look, raise, stop };

/// What was heard last of an attempt; not worth a row alone: after a restart it asks again.
struct heard_in_line {
  /// When it asked last, and when it asks again.
  unix_milliseconds asked_at = 0, ask_at = 0;
  /// How many are before it; -1: not told. When its turn is likely to be.
  std::int64_t position = -1;
  unix_milliseconds eta_at = 0;
  /// When a service's tasks were last asked to be watched; 0: they are not. And whether as those of a start.
  unix_milliseconds watched_at = 0;
  bool as_start = false;

  bool operator==(const heard_in_line&) const = default;
};

struct admission {
  errand what = errand::none;
  /// Each is another, also than those of a state that was lost. `spent`: the last one whose call was sent.
  std::int64_t attempt = 0, spent = 0;
  /// Since when this errand waits, and since when this start has waited for its raise.
  unix_milliseconds since = 0, raise_since = 0;
  /// When this start last left the line.
  unix_milliseconds left_at = 0;
  /// Held from when it is given until its call has come back. Empty, with a go_at: a call without one, since Region is down.
  std::string grant;
  unix_milliseconds go_at = 0, valid_until = 0;
  bool sent = false;
  /// Region was down when it was last spoken to. `throttles`: of calls without a grant, in a row.
  bool alone = false;
  std::uint32_t throttles = 0;
  /// Until then the machine looks itself, since Region may not; and checks in a row of which nothing came.
  unix_milliseconds own_until = 0;
  std::uint32_t unanswered = 0;
  heard_in_line heard;

  bool operator==(const admission&) const = default;
};

/// Of what Region is asked: to admit a call, to hear what came of it, to watch.
struct admit_order {
  region::operation what = region::operation::update;
  std::uint32_t n = 1;
  region::urgency how = region::urgency::waited_for;
  unix_milliseconds waited_ms = 0;
  std::int64_t attempt = 0;
};
struct grant_report {
  std::string grant;
  region::outcome how = region::outcome::ok;
};
/// `how` run without tasks: not any more.
struct watch_order {
  region::watch_kind how = region::watch_kind::check;
  std::vector<std::string> tasks;
  /// Those that take the place of tasks that served may be there already.
  bool soon = false;
};

struct granted {
  std::int64_t attempt = 0;
  std::string grant;
  unix_milliseconds in_ms = 0, valid_ms = 0;
};
struct put_in_line {
  std::int64_t attempt = 0;
  /// -1: the line is full, and it is not in it.
  std::int64_t position = -1;
  unix_milliseconds eta_ms = 0, ask_ms = 0;
};
/// Region did not answer, nor did its stand-in. `attempt`: 0 when it was not asked to admit a call.
struct region_down {
  std::int64_t attempt = 0;
};
/// What looks of the Region say, of what has changed.
struct facts_told {
  std::optional<service_answer> service;
  std::vector<task> tasks;
  std::vector<std::string> missing;
  unix_milliseconds asked_ms_ago = 0;
  bool denied = false;
  bool of_service = false;
};

}  // namespace sallyport::aws
