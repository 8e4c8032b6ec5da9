#include "login/session.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

namespace sallyport::login {
namespace {

/// What a crash may lose of `seen`.
seconds seen_slack(const session_settings& settings) {
  return std::min<seconds>(300, settings.idle / 12);
}

struct session_deadline {
  unix_seconds at;
  session_end why;
};

unix_seconds absolute_of(const session_row& row, const session_settings& settings) {
  return std::min(row.absolute, row.made + settings.absolute);
}

session_deadline first_deadline(const session_row& row, const session_settings& settings) {
  const session_deadline all[] = {{absolute_of(row, settings), session_end::absolute},
                                  {row.seen + settings.idle, session_end::idle},
                                  {row.identified + settings.identity_age, session_end::identity_stale}};
  return *std::min_element(std::begin(all), std::end(all), [](const auto& a, const auto& b) { return a.at < b.at; });
}

bool is_good(const session_grant& grant, unix_seconds now) {
  return grant.until == 0 || now < grant.until;
}

/// One event of one row.
class session_turn {
 public:
  session_turn(std::optional<session_row> row, unix_seconds now, const session_settings& settings)
      : settings_(settings), now_(now) {
    out_.row = std::move(row);
  }

  session_outcome run(const session_event& event) {
    // A restored row is moved before its deadlines are looked at: it may have been seen since it was stored.
    if (std::holds_alternative<session_restored>(event)) restore();
    if (out_.row && out_.row->ended == session_end::none) pass_deadlines();
    std::visit([&](const auto& each) { on(each); }, event);
    if (out_.row) out_.told.ended = out_.told.ended == session_end::none ? out_.row->ended : out_.told.ended;
    return std::move(out_);
  }

 private:
  bool is_live() const { return out_.row && out_.row->ended == session_end::none; }

  void restore() {
    if (!is_live()) return;
    auto& row = *out_.row;
    row.seen = std::max(row.seen, std::min(now_, row.kept + seen_slack(settings_)));
  }

  void pass_deadlines() {
    const auto first = first_deadline(*out_.row, settings_);
    if (now_ >= first.at) end(first.why);
  }

  void end(session_end why) {
    out_.row->ended = why;
    out_.row->ended_at = now_;
    out_.row->grants.clear();
    keep();
  }

  void keep() {
    out_.keep = true;
    if (out_.row) out_.row->kept = out_.row->seen;
  }

  void on(const session_opened& login) {
    if (out_.row && !is_live()) return;
    if (!out_.row) begin(login);
    auto& row = *out_.row;
    if (!(row.claims == login.claims)) row.generation += 1;
    row.claims = login.claims;
    row.provider = login.provider;
    row.identified = row.seen = now_;
    add_grant(login);
    keep();
    tell(row.grants.back());
  }

  void begin(const session_opened& login) {
    session_row row;
    row.id = login.id;
    row.made = now_;
    row.absolute = now_ + settings_.absolute;
    row.claims = login.claims;
    row.user_agent = login.user_agent;
    row.country = login.country;
    out_.row = std::move(row);
  }

  void add_grant(const session_opened& login) {
    auto& grants = out_.row->grants;
    std::erase_if(grants, [&](const session_grant& each) { return !is_good(each, now_); });
    for (auto& each : grants) {
      if (each.host == login.host && each.until == 0) each.until = now_ + grant_overlap;
    }
    drop_oldest(max_grants_a_host, [&](const session_grant& each) { return each.host == login.host; });
    grants.push_back({login.grant, login.host, now_, 0});
    std::set<std::string_view> hosts;
    for (const auto& each : grants) hosts.insert(each.host);
    if (hosts.size() > max_grant_hosts) {
      const std::string oldest = grants.front().host;
      std::erase_if(grants, [&](const session_grant& each) { return each.host == oldest; });
    }
  }

  /// So that one more makes `most` of those that `counts` is true of. They stand in the order in which they were made.
  template <class Counts>
  void drop_oldest(std::size_t most, Counts counts) {
    auto& grants = out_.row->grants;
    while (static_cast<std::size_t>(std::count_if(grants.begin(), grants.end(), counts)) >= most) {
      grants.erase(std::find_if(grants.begin(), grants.end(), counts));
    }
  }

  void on(const session_renewed& asked) {
    if (!out_.row) out_.told.ended = session_end::unknown;
    if (!is_live()) return;
    auto& row = *out_.row;
    const auto found = std::find_if(row.grants.begin(), row.grants.end(), [&](const session_grant& each) {
      return each.id == asked.grant && is_good(each, now_);
    });
    if (found == row.grants.end()) {
      out_.told.ended = session_end::no_grant;
      return;
    }
    if (asked.counts) row.seen = std::max(row.seen, now_);
    if (row.seen - row.kept >= seen_slack(settings_)) keep();
    tell(*found);
  }

  void on(const session_ended_by& event) {
    if (!out_.row) out_.told.ended = session_end::unknown;
    if (is_live()) end(event.why);
  }

  void on(const session_restored&) {}

  void on(const session_rang&) {
    if (!out_.row || is_live() || now_ < absolute_of(*out_.row, settings_)) return;
    out_.told.ended = out_.row->ended;
    out_.row.reset();
    out_.keep = true;
  }

  void tell(const session_grant& grant) {
    auto& told = out_.told;
    told.granted = grant.made;
    told.issued = now_;
    told.absolute = absolute_of(*out_.row, settings_);
    told.hard_end = std::min(now_ + settings_.renew, first_deadline(*out_.row, settings_).at);
    if (grant.until != 0) told.hard_end = std::min(told.hard_end, grant.until);
  }

  const session_settings& settings_;
  unix_seconds now_;
  session_outcome out_;
};

}  // namespace

std::string_view name_of(session_end why) {
  switch (why) {
    case session_end::none: return "none";
    case session_end::idle: return "idle";
    case session_end::absolute: return "absolute";
    case session_end::identity_stale: return "identity_stale";
    case session_end::replaced: return "replaced";
    case session_end::evicted: return "evicted";
    case session_end::logged_out: return "logged_out";
    case session_end::ended_by_owner: return "ended_by_owner";
    case session_end::ended_by_admin: return "ended_by_admin";
    case session_end::unknown: return "unknown";
    case session_end::no_grant: return "no_grant";
  }
  __builtin_trap();
}

reason refusal_of(session_end why) {
  return why == session_end::none ? reason::ok : reason::session_ended;
}

session_outcome session_step(std::optional<session_row> row, const session_event& event, unix_seconds now,
                             const session_settings& settings) {
  return session_turn(std::move(row), now, settings).run(event);
}

unix_seconds session_due(const session_row& row, const session_settings& settings) {
  return row.ended == session_end::none ? first_deadline(row, settings).at : absolute_of(row, settings);
}

std::optional<std::string> session_to_evict(const std::vector<session_columns>& all, std::size_t per_person) {
  const session_columns* oldest = nullptr;
  std::size_t live = 0;
  for (const auto& each : all) {
    if (!each.live) continue;
    live += 1;
    if (oldest == nullptr || std::tie(each.seen, each.id) < std::tie(oldest->seen, oldest->id)) oldest = &each;
  }
  return live >= per_person && oldest != nullptr ? std::optional(oldest->id) : std::nullopt;
}

}  // namespace sallyport::login
