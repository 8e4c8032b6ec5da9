#include <algorithm>

#include "wake/step.hpp"
#include "wake/tasks.hpp"

namespace sallyport::aws {

/// Before we stop what we raised, every task that can be asked is asked whether it is quiet, twice. Where health counts nobody
/// is asked: there the edge's own word has to do. Behind an origin nobody can choose whom to ask: whoever says there that he
/// is busy keeps the service, and where not all could be met, it has to do as well.
bool step::asks_before_stop() const {
  if (!asks_agents()) return false;
  return std::any_of(state_.facts.begin(), state_.facts.end(),
                     [](const task_fact& each) { return is_running(each) && !each.by_health; });
}

void step::ask_whether_idle(idle_round round) {
  state_.asking = round;
  state_.probing.quiet.clear();
  state_.probing.since = 0;
  // What was asked before this round says nothing in it; it stays under way.
  for (auto& each : state_.probing.sent) each.number = 0;
  const auto tasks = static_cast<unix_milliseconds>(
      std::count_if(state_.facts.begin(), state_.facts.end(), [](const task_fact& each) { return is_running(each); }));
  const auto draws = std::min(settings_.ask_for, 3 * (tasks + 1) * settings_.probe_first) + settings_.probe_patience;
  const auto long_enough = std::max(settings_.ask_for, 3 * tasks * settings_.probe_first);
  state_.ask_until = now_ + (settings_.needs_address ? long_enough : draws);
  alarm_at(state_.ask_until);
}

/// Behind an origin what is asked last is answered within the round.
bool step::may_be_drawn() const {
  return settings_.needs_address || now_ + settings_.probe_patience < state_.ask_until;
}

/// Whether its agent has not said in this round that it is quiet.
bool step::is_unasked(const task_fact& one) const {
  const auto& quiet = state_.probing.quiet;
  return is_running(one) && !one.by_health && std::find(quiet.begin(), quiet.end(), one.arn) == quiet.end();
}

/// An agent said how busy it is; of a task that is not known here only that counts.
void step::told_use(const task_fact* one, const probed& came) {
  if (state_.asking == idle_round::none) return;
  const auto quiet_for = std::min(settings_.idle_stop, came.up_ms);
  // One that is busy proves as much as all that are quiet.
  if (came.in_flight > 0 || came.idle_ms < quiet_for) state_.unproven_since = 0;
  if (came.in_flight > 0) return keep_serving(settings_.idle_stop / 4);
  if (came.idle_ms < quiet_for) return keep_serving(std::min(quiet_for - came.idle_ms, settings_.idle_stop / 4));
  if (one == nullptr) return;
  if (is_unasked(*one)) state_.probing.quiet.push_back(one->arn);
  const auto& facts = state_.facts;
  if (std::any_of(facts.begin(), facts.end(), [&](const task_fact& each) { return is_unasked(each); })) return;
  state_.unproven_since = 0;
  if (state_.asking == idle_round::last || settings_.governed) return stop_idle();
  ask_whether_idle(idle_round::last);
}

/// Somebody is served, or may be: asked again later.
void step::keep_serving(unix_milliseconds next) {
  state_.asking = idle_round::none;
  if (state_.admission.what == errand::stop) withdraw();
  state_.ask_again_at = now_ + next;
  alarm_at(state_.ask_again_at);
}

/// What cannot be asked is busy, but not for ever. It may be gone, too: while nobody asks for the service, no look tells.
void step::not_all_asked() {
  if (!settings_.needs_address) return stop_idle();
  if (state_.unproven_since == 0) state_.unproven_since = now_;
  if (!is_unproven_for_good()) {
    keep_serving(settings_.idle_stop / 4);
    return send_look();
  }
  effects_.notes.push_back(
      {"idle_unproven", "", "no agent could be asked for a day: stopped as idle by what the edge saw"});
  stop_idle();
}

bool step::is_unproven_for_good() const {
  return state_.unproven_since > 0 && now_ - state_.unproven_since >= settings_.unproven_most;
}

/// Governed, the first round is asked before it waits for a grant, and the last one with it.
void step::stop_idle() {
  state_.asking = idle_round::none;
  if (settings_.governed) return waits_for(errand::stop) && is_its_turn() ? send_stop() : queue(errand::stop);
  state_.unproven_since = 0;
  enter(wake_phase::draining, settings_.call_timeout);
  send_update(0);
}

unix_milliseconds step::idle_at() const {
  return std::max(state_.last_request + settings_.idle_stop, state_.ask_again_at);
}

}  // namespace sallyport::aws
