#include <algorithm>

#include "wake/budget.hpp"
#include "wake/step.hpp"
#include "wake/tasks.hpp"

namespace sallyport::aws {
namespace {

/// A task of an earlier start is told from one of this start by AWS's clock, which is not ours.
constexpr unix_milliseconds clock_tolerance = 5'000;

}  // namespace

void step::count_ends(const std::vector<task>& seen) {
  for (const auto& each : seen) {
    task_fact* known = find_fact(state_.facts, each.arn);
    if (known != nullptr && !known->end_counted) count_end(each, *known);
  }
}

void step::count_end(const task& one, task_fact& known) {
  const task_end end = end_of(one);
  const auto begun = state_.raised_at > 0 ? state_.raised_at : state_.phase_since;
  if (end == task_end::none || (!known.served && one.created_at + clock_tolerance < begun)) return;
  known.end_counted = true;
  if (end == task_end::harmless) {
    if (state_.last_stop.empty()) state_.last_stop = death_of(one);
    return;
  }
  state_.last_stop = death_of(one);
  state_.app_died = state_.app_died || end != task_end::by_aws;
  std::erase_if(state_.crashes, [&](unix_milliseconds at) { return at + settings_.crash_window <= now_; });
  if (state_.crashes.size() < settings_.crashes_most) state_.crashes.push_back(now_);
  if (!known.served) ++state_.deaths;
}

/// Whether what was seen ends this start.
bool step::fails(const looked& seen) {
  if (lacks_address(state_.facts, settings_)) {
    fail(reason::no_address, "tasks run, and ECS tells no private IPv4 address of theirs; the policy has no origin");
    return true;
  }
  return fails_by_deaths(seen) || fails_by_omen(seen);
}

bool step::fails_by_deaths(const looked& seen) {
  const auto is = [&](task_end what) {
    return std::any_of(seen.tasks.begin(), seen.tasks.end(), [&](const task& each) {
      const task_fact* known = find_fact(state_.facts, each.arn);
      return known != nullptr && known->end_counted && !known->served && end_of(each) == what;
    });
  };
  const bool next_comes = any_wanted(state_.facts) || !seen.service || seen.service->pending > 0;
  const bool over = state_.deaths > std::max<std::uint32_t>(settings_.min, 1) || is(task_end::for_good) ||
                    (is(task_end::by_check) && !next_comes) || state_.crashes.size() >= settings_.crashes_most;
  if (over) fail(reason::wake_failed, state_.last_stop);
  return over;
}

/// ECS's own words on the service, where no task tells.
bool step::fails_by_omen(const looked& seen) {
  if (!seen.service) return false;
  const bool dated = seen.service->newest_event_at > 0;
  const auto omen = dated ? omen_of(state_.last_event) : service_omen::none;
  const bool stuck = (omen == service_omen::no_place || omen == service_omen::no_capacity) && !any_wanted(state_.facts);
  if (!stuck)
    state_.stuck_since = 0;
  else if (state_.stuck_since == 0)
    state_.stuck_since = now_;
  const bool over = omen == service_omen::impaired || (stuck && now_ - state_.stuck_since >= settings_.stuck_after);
  if (over) fail(omen == service_omen::no_capacity ? reason::aws_capacity : reason::wake_failed, state_.last_event);
  return over;
}

/// Never empty: a timeout without a reason helps nobody.
std::string step::cause_of_timeout() const {
  std::string cause = state_.probing.last.empty() ? "" : "last probe: " + state_.probing.last;
  const auto add = [&](const std::string& more) { cause += cause.empty() ? more : "; " + more; };
  if (!state_.last_stop.empty()) add(state_.last_stop);
  if (!state_.last_event.empty()) add("newest event: " + state_.last_event);
  add("seen last: " + seen_last(state_.facts));
  return printable(cause, 2048);
}

void step::fail(reason why, std::string detail) {
  const bool forgiven = is_not_of_app(why) || (why == reason::wake_failed && !state_.app_died);
  if (state_.booked && forgiven) give_back_start(state_.starts, state_.starter);
  withdraw();
  watch_no_more();
  state_.booked = false;
  ++state_.failed_starts;
  state_.why = why;
  state_.detail = std::move(detail);
  state_.endpoints.clear();
  state_.phase = wake_phase::failed;
  state_.phase_since = now_;
  state_.retry_at = now_ + retry_pause();
  state_.refusals = 0;
  state_.alarm = 0;
  tell(wake_answer::failed);
  stop_after_failure();
}

unix_milliseconds step::retry_pause() const {
  const bool people_mend_it = state_.why == reason::aws_access_denied || state_.why == reason::service_stopped ||
                              state_.why == reason::aws_session_too_large;
  if (state_.identity_refused || people_mend_it) return settings_.retry_first;
  const auto doublings = std::min<std::uint32_t>(state_.failed_starts - 1, 16);
  return std::max(settings_.retry_first, std::min(settings_.retry_first << doublings, settings_.pause_most));
}

/// ECS would start the broken task again and again; what we raised we lower.
void step::stop_after_failure() {
  if (state_.ours) lower();
}

}  // namespace sallyport::aws
