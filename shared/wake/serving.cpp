#include <algorithm>

#include "wake/step.hpp"

namespace sallyport::aws {

void step::saw_while_healthy(const looked& seen) {
  state_.refusals = 0;
  const auto before = state_.endpoints.size();
  note(seen);
  ++state_.polls;
  if (seen.service && believed_desired(*seen.service) == 0) return fall_asleep();
  const bool up = take_endpoints();
  if (!seen.service && (state_.endpoints.size() < before || any_left())) {
    // What took their place is not among the known ones.
    if (!up) restart_watch();
    look_at_all_next();
    return send_look();
  }
  if (seen.service) {
    remember_tasks();
    ask_again_for_a_while();
  }
  if (!up) return restart_watch();
  const auto next = state_.asking != idle_round::none ? state_.ask_until : idle_at();
  alarm_at(any_missing() ? std::min(next, now_ + settings_.gone_apart) : next);
}

void step::serve() {
  touch();
  state_.asking = idle_round::none;
  state_.ask_again_at = state_.unproven_since = 0;
  if (state_.admission.what == errand::stop) withdraw();
  tell(wake_answer::ready);
  // Behind an origin one that is ready stands for all: nobody asks the others.
  const bool complete = !settings_.needs_address || state_.endpoints.size() >= settings_.min;
  const auto fresh = complete ? settings_.refresh : settings_.refresh_incomplete << state_.pressure;
  const bool stale = now_ - state_.last_seen >= std::min(fresh, settings_.refresh);
  if (settings_.governed) return watch_those_that_serve(stale);
  if (stale && state_.in_flight == wake_call::none) send_look();
}

void step::look_after() {
  // A request that met a dead task wants to know sooner than the next idle check.
  const bool look = state_.refusals > 0 || state_.endpoints.empty() || any_missing();
  if (look) look_at_all_next();
  const bool asking = state_.asking != idle_round::none;
  const auto next = asking ? state_.ask_until : idle_at();
  if (now_ < next) return look ? send_look() : alarm_at(next);
  if (asking) return not_all_asked();
  if (!state_.ours) return fall_asleep();
  if (waits_for(errand::stop)) return;
  if (asks_before_stop()) return ask_whether_idle(idle_round::first);
  stop_idle();
}

/// Whoever denied the stop for good keeps the service running: it is no longer ours to stop. When AWS is short of
/// calls, a stop waits for another idle_stop: starts go first.
void step::keep_running(bool still_ours) {
  if (state_.endpoints.empty() && !still_ours) return fall_asleep();
  if (state_.endpoints.empty()) return alarm_in(settings_.pause_most);
  state_.ours = still_ours;
  enter(wake_phase::healthy, settings_.idle_stop);
  touch();
}

void step::fall_asleep() {
  withdraw();
  watch_no_more();
  state_.phase = wake_phase::asleep;
  state_.phase_since = now_;
  state_.ours = false;
  state_.endpoints.clear();
  state_.facts.clear();
  state_.alarm = 0;
}

}  // namespace sallyport::aws
