#include <algorithm>
#include <utility>

#include "wake/budget.hpp"
#include "wake/step.hpp"
#include "wake/tasks.hpp"

namespace sallyport::aws {

void step::begin(const allowed_request& request) {
  if (is_over_budget(request)) return tell(wake_answer::refused);
  state_.facts.clear();
  state_.crashes.clear();
  new_start(request, start_step::checking);
  // What is still in flight lands first and goes on from there; its deadline is the alarm.
  if (state_.in_flight == wake_call::none) send_look();
  join(request);
}

void step::begin_again(const allowed_request& request) {
  if (is_over_budget(request)) return tell(wake_answer::refused);
  new_start(request, start_step::updating);
  if (state_.in_flight == wake_call::none) raise();
  join(request);
}

bool step::is_over_budget(const allowed_request& request) {
  return budget_free_in(state_.starts, request.caller, now_, settings_) > 0;
}

void step::new_start(const allowed_request& request, start_step at) {
  enter_starting(at);
  // It is asked again, though it was down when it was asked last.
  state_.admission.alone = false;
  state_.starter = request.caller;
}

void step::enter_starting(start_step at) {
  withdraw();
  state_.asking = idle_round::none;
  state_.ask_again_at = state_.unproven_since = 0;
  state_.phase = wake_phase::starting;
  state_.step = at;
  state_.phase_since = now_;
  state_.polls = 0;
  state_.refusals = 0;
  state_.why = reason::ok;
  state_.detail.clear();
  state_.progress = "provisioning";
  state_.endpoints.clear();
  state_.known_tasks.clear();
  state_.starter.clear();
  state_.unasked = false;
  state_.booked = false;
  state_.raised_at = 0;
  state_.deaths = 0;
  state_.app_died = false;
  state_.last_stop.clear();
  state_.last_event.clear();
  state_.stuck_since = 0;
  state_.identity_refused = false;
  state_.probing.last.clear();
  // Those that were given up may be all that is left.
  for (auto& each : state_.probing.tasks) each.since = now_;
}

void step::join(const allowed_request& request) {
  if (std::exchange(state_.unasked, false)) state_.starter = request.caller;
  touch();
  tell(wake_answer::join);
}

/// The tasks that served are gone; ECS is about to replace them.
void step::restart_watch() {
  enter_starting(start_step::watching);
  state_.unasked = true;
  alarm_in(settings_.poll_first);
  if (settings_.governed && state_.in_flight == wake_call::none) send_look();
}

void step::updated_while_starting() {
  if (state_.step == start_step::checking) return send_look();
  // An update to zero that a request has overtaken: now the one that raises it again.
  if (state_.wanted == 0) return raise_or_give_up();
  watch();
}

void step::watch() {
  state_.step = start_step::watching;
  state_.refusals = 0;
  state_.admission.heard.watched_at = 0;
  if (settings_.governed && !state_.admission.alone) return send_look();
  const bool leftovers = any_wanted(state_.facts);
  if (leftovers && state_.accepted_at == now_) return alarm_in(settings_.leftovers_settle);
  // The early look only shows progress: it is the first to go when calls are short.
  alarm_in(state_.pressure > 0 ? std::max(settings_.poll_first, likely_start()) : settings_.poll_first);
}

/// Before this much of a start has passed, it is hardly ever over.
unix_milliseconds step::likely_start() const {
  return (state_.usual_start > 0 ? state_.usual_start : settings_.expected_start) * 3 / 4;
}

unix_milliseconds step::deadline() const {
  const auto& with = state_.admission;
  if (state_.step == start_step::queued) return with.raise_since + settings_.queue_most;
  return std::max({state_.raised_at, state_.phase_since, with.left_at}) + settings_.start_timeout;
}

void step::saw_while_starting(const looked& seen) {
  state_.refusals = 0;
  if (state_.step == start_step::queued) return;
  if (state_.step == start_step::updating) return raise_or_give_up();
  note(seen);
  if (state_.step == start_step::checking) return decide_after_check(seen);
  saw_while_watching(seen);
}

void step::decide_after_check(const looked& seen) {
  if (!seen.service) return send_look();
  const auto desired = believed_desired(*seen.service);
  if (desired == 0) return raise_or_give_up();
  if (state_.ours && state_.wanted == desired) book(state_.phase_since);
  if (become_healthy() || fails(seen)) return;
  remember_tasks();
  watch();
}

void step::saw_while_watching(const looked& seen) {
  if (seen.service && believed_desired(*seen.service) == 0) return raise_or_give_up();
  if (become_healthy() || fails(seen)) return;
  state_.progress = progress_of(state_.facts);
  ++state_.polls;
  const bool look_for_next = !seen.service && any_left();
  remember_tasks();
  if (!look_for_next) return alarm_at(next_poll());
  // What takes its place is not among the known ones.
  look_at_all_next();
  send_look();
}

unix_milliseconds step::next_poll() const {
  const auto pace = std::min(settings_.poll_then + unix_milliseconds{500} * state_.polls, settings_.poll_most)
                    << state_.pressure;
  const auto worth_it = state_.phase_since + likely_start();
  const auto next = std::max(now_ + pace + pace * jitter_ / 4000, worth_it);
  return std::min(next, deadline());
}

/// Nothing is wanted: someone else lowered it, or nobody has raised it yet.
void step::raise_or_give_up() {
  if (state_.unasked) return fall_asleep();
  if (settings_.min == 0)
    return fail(reason::service_stopped, "the desired count is 0, and the policy does not say wake");
  raise();
}

void step::raise() {
  if (settings_.governed) return queue(errand::raise);
  send_raise();
}

void step::send_raise() {
  state_.owned_before = state_.ours;
  state_.ours = true;
  state_.step = start_step::updating;
  send_update(settings_.min);
}

void step::go_on_starting() {
  if (state_.step == start_step::queued) return go_on_in_line();
  if (now_ >= deadline()) {
    if (state_.refusals == 0 || state_.detail.empty()) return fail(reason::wake_timeout, cause_of_timeout());
    return fail(reason::aws_unavailable, state_.detail);
  }
  if (state_.step == start_step::updating) return raise_or_give_up();
  send_look();
}

void step::go_on_in_line() {
  // A machine that no Region governs any more need not wait.
  if (!settings_.governed) return raise_or_give_up();
  if (now_ >= deadline()) return fail(reason::wake_queued, "no call of UpdateService was free for it in time");
  alarm_at(deadline());
}

bool step::become_healthy() {
  if (!take_endpoints()) return false;
  withdraw();
  state_.failed_starts = 0;
  state_.retry_at = 0;
  learn();
  remember_tasks();
  // Calls may be there again.
  state_.pressure /= 2;
  state_.polls = 0;
  enter(wake_phase::healthy, settings_.idle_stop);
  // A look may be under way while an agent says that it is ready.
  if (state_.in_flight != wake_call::none) alarm_at(std::min(state_.alarm, state_.in_flight_until));
  if (settings_.governed && state_.admission.heard.watched_at > 0) watch_tasks(region::watch_kind::run);
  tell(wake_answer::ready);
  return true;
}

/// What ran before says nothing about how long a start takes.
void step::learn() {
  const auto is_new = [&](const endpoint& each) {
    return find_fact(state_.facts, each.task_arn)->created_at + settings_.update_settles >= state_.raised_at;
  };
  if (state_.raised_at == 0 || !std::all_of(state_.endpoints.begin(), state_.endpoints.end(), is_new)) return;
  const auto took = now_ - state_.phase_since;
  state_.usual_start = state_.usual_start == 0 ? took : (3 * state_.usual_start + took) / 4;
}

}  // namespace sallyport::aws
