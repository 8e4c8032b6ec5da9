// One session of a person, as a value, and what events make of it: pure, one event at a time. The object that holds a person's
// sessions keeps the rows (a text each, which only the core reads), rings, and tells the edge what came out.
//
// | row | event | then |
// | --- | --- | --- |
// | none | open | live, with one grant |
// | none | any other | told `unknown` |
// | live | past a deadline, whatever the event | ended `idle`, `absolute` or `identity_stale`, as of now |
// | live | open (the same person again, from the browser that has it) | live: the claims of this login, one more grant |
// | live | renew of a grant that it has | live, told until when; `seen` moves when the request counts |
// | live | renew of another grant | told `no_grant`; it stays as it is |
// | live | end | ended, with the why of the event |
// | ended | any | told why, ended it stays: never back to live |
// | ended, past its absolute deadline | ring | none |
//
// | deadline | when |
// | --- | --- |
// | idle | `seen` + idle of the policy |
// | absolute | the earlier of what was said when it began and `made` + absolute of the policy: it never moves away |
// | identity | `identified` + identity age of the policy: nobody has asked the provider since |
//
// Of several that are over, the one that came first counts.
//
// Rules
// * Facts are those of a grant's own login: a grant is for one host, a host has two at most, and a new one ends the one before
//   60 s later, as responses on their way may still renew it. A session has 32 hosts; of more the oldest grant goes.
// * `seen` is worth storing every 5 min, or a twelfth of idle: that is all that a crash loses, and a row that is read back
//   (`restored`) is taken to have been seen that much later. It never ends earlier for our fault.
// * What is told is good until `hard_end`: renew of the policy from now, and no deadline is behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "encoding/json.hpp"

namespace sallyport::login {

struct session_settings {
  seconds renew = 60, idle = 3600, absolute = 43200;
  /// How old what the provider said may be.
  seconds identity_age = 4500;
};

enum class session_end : std::uint8_t {
  none,
  idle,
  absolute,
  identity_stale,
  replaced,
  evicted,
  logged_out,
  ended_by_owner,
  ended_by_admin,
  /// No row has it; a grant is not, or no longer, the session's.
  unknown,
  no_grant,
};
std::string_view name_of(session_end why);

inline constexpr std::size_t max_grants_a_host = 2;
inline constexpr std::size_t max_grant_hosts = 32;
/// How long a grant is good after the next one of its host.
inline constexpr seconds grant_overlap = 60;

struct session_grant {
  std::string id, host;
  unix_seconds made = 0;
  /// 0: as long as the session.
  unix_seconds until = 0;

  friend bool operator==(const session_grant&, const session_grant&) = default;
};

struct session_row {
  std::string id;
  /// Rises when the claims change.
  std::uint32_t generation = 1;
  std::string provider;
  unix_seconds made = 0, seen = 0, absolute = 0, identified = 0;
  /// `seen` as it was last worth storing.
  unix_seconds kept = 0;
  /// As the provider gave them.
  encoding::json claims = encoding::json::object();
  /// For the person's own list of sessions.
  std::string user_agent, country;
  std::vector<session_grant> grants;
  session_end ended = session_end::none;
  unix_seconds ended_at = 0;
};

/// Why a request with such a session goes no further; ok for none.
reason refusal_of(session_end why);

/// A login that was checked.
struct session_opened {
  std::string id, grant, host, provider;
  encoding::json claims;
  std::string user_agent, country;
};
struct session_renewed {
  std::string grant;
  /// The route's requests are activity.
  bool counts = true;
};
struct session_ended_by {
  /// replaced, evicted, logged_out, ended_by_owner or ended_by_admin.
  session_end why = session_end::logged_out;
};
/// The row was read back from storage.
struct session_restored {};
struct session_rang {};
using session_event = std::variant<session_opened, session_renewed, session_ended_by, session_restored, session_rang>;

/// What the edge is told; the times are for a live session, the rest is its row's.
struct session_told {
  session_end ended = session_end::none;
  unix_seconds granted = 0, issued = 0, hard_end = 0, absolute = 0;
};

struct session_outcome {
  /// Nothing: there is none, or not any more.
  std::optional<session_row> row;
  /// It is worth storing before anybody is told.
  bool keep = false;
  session_told told;
};

session_outcome session_step(std::optional<session_row> row, const session_event& event, unix_seconds now,
                             const session_settings& settings);

/// When `session_rang` is wanted: the first deadline of a live session, the absolute one of an ended one.
unix_seconds session_due(const session_row& row, const session_settings& settings);

/// What the object has of a row beside its text.
struct session_columns {
  std::string id;
  unix_seconds seen = 0;
  bool live = false;
};
/// Which session ends as `evicted` when one more is opened: with as many live ones as a person may have, the one longest
/// unseen; of equals the first by id.
std::optional<std::string> session_to_evict(const std::vector<session_columns>& all, std::size_t per_person);

/// Canonical JSON.
std::string write_row(const session_row& row);
/// Reasons: internal (written by another version).
result<session_row> read_row(std::string_view text);

}  // namespace sallyport::login
