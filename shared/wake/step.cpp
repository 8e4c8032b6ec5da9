#include "wake/step.hpp"

#include <algorithm>
#include <utility>

#include "wake/budget.hpp"
#include "wake/tasks.hpp"

namespace sallyport::aws {

/// The answer to the call that is in flight; one that was given up is not listened to any more.
bool step::landed(wake_call which) {
  if (state_.in_flight != which) return false;
  state_.in_flight = wake_call::none;
  asked_at_ = state_.sent_at > 0 ? state_.sent_at : state_.in_flight_until - settings_.call_timeout;
  settle(region::outcome::ok);
  return true;
}

/// AWS took the update.
void step::accept() {
  state_.accepted = state_.wanted;
  state_.accepted_at = now_;
  state_.admission.what = errand::none;
  state_.admission.throttles = 0;
  if (state_.wanted == 0) {
    state_.ours = false;
    return;
  }
  if (state_.phase != wake_phase::starting) return;
  book(asked_at_);
}

/// A raise of this start was carried out, as AWS said, or as a look shows where that answer was lost.
void step::book(unix_milliseconds raised_at) {
  if (state_.raised_at == 0) state_.raised_at = raised_at;
  if (!std::exchange(state_.booked, true)) book_start(state_.starts, state_.starter, now_, settings_);
}

/// What was not carried out changes nothing; what may have been is ours until a look says otherwise.
void step::refused_update(error_kind kind) {
  const bool unclear = kind == error_kind::transient || kind == error_kind::unreadable;
  if (unclear) return;
  if (state_.wanted > 0)
    state_.ours = state_.owned_before;
  else if (!is_retryable(kind))
    state_.ours = false;
}

void step::refused_while_starting(const service_error& error, wake_call call) {
  const bool overtaken = call == wake_call::update && state_.wanted == 0;
  const bool unclear = error.kind == error_kind::transient || error.kind == error_kind::unreadable;
  if (call == wake_call::update && (overtaken || unclear)) state_.step = start_step::checking;
  if (is_retryable(error.kind)) {
    const auto wait = pause(state_.refusals);
    return alarm_in(state_.identity_refused ? std::min(wait, settings_.retry_first) : wait);
  }
  if (overtaken) return send_look();
  fail(reason_of(error.kind), state_.detail);
}

void step::note(const looked& seen) {
  const auto& known = state_.known_tasks;
  // Where nothing is wanted and nothing runs, the tasks were not listed.
  const bool listed = seen.service && (seen.service->desired > 0 || seen.service->running > 0 || !seen.tasks.empty());
  const auto is_told = [&](const task_fact& one) {
    return listed || (!seen.service && std::find(known.begin(), known.end(), one.arn) != known.end());
  };
  note_look(state_.facts, seen.tasks, asked_at_, is_told, settings_);
  count_ends(seen.tasks);
  if (seen.service) note_event(*seen.service);
}

void step::note_event(const service_answer& seen) {
  if (seen.newest_event.empty()) return;
  const bool older = seen.newest_event_at > 0 &&
                     seen.newest_event_at + settings_.update_settles < std::max(state_.raised_at, state_.phase_since);
  state_.last_event = older ? "" : seen.newest_event;
}

/// What our last update said stands until ECS has had the time to tell of it.
std::uint32_t step::believed_desired(const service_answer& seen) const {
  const bool fresh = state_.accepted_at > 0 && asked_at_ < state_.accepted_at + settings_.update_settles;
  return fresh ? state_.accepted : seen.desired;
}

bool step::take_endpoints() {
  state_.endpoints = ready_endpoints(state_.facts, settings_, counts_from(), asks_agents());
  for (const auto& each : state_.endpoints) {
    task_fact* known = find_fact(state_.facts, each.task_arn);
    known->served = known->probed = true;
  }
  return !state_.endpoints.empty();
}

/// Whether a task that was described because it was known is not wanted any more, or missing.
bool step::any_left() const {
  return std::any_of(state_.known_tasks.begin(), state_.known_tasks.end(), [&](const std::string& arn) {
    const auto& facts = state_.facts;
    const auto found = std::find_if(facts.begin(), facts.end(), [&](const task_fact& each) { return each.arn == arn; });
    return found == facts.end() || !is_wanted(*found) || found->missing_since == asked_at_;
  });
}

bool step::any_missing() const {
  return std::any_of(state_.facts.begin(), state_.facts.end(),
                     [](const task_fact& each) { return each.missing_since > 0; });
}

void step::remember_tasks() {
  state_.known_tasks.clear();
  for (const auto& each : state_.facts) {
    if (is_wanted(each)) state_.known_tasks.push_back(each.arn);
  }
}

void step::look_ourselves() {
  // The tasks that serve are described often; whether there are more, or fewer are wanted, is asked now and then.
  constexpr std::uint32_t serving_looks_at_all = 3, starting_looks_at_all = 6;
  const bool watching = state_.phase == wake_phase::starting && state_.step == start_step::watching;
  const std::uint32_t every = watching ? starting_looks_at_all : serving_looks_at_all;
  const bool known_will_do = (watching || state_.phase == wake_phase::healthy) && (state_.polls + 1) % every != 0;
  if (!known_will_do) look_at_all_next();
  effects_.known_tasks_only = known_will_do && !state_.known_tasks.empty();
  effects_.watching = watching;
  if (!effects_.known_tasks_only) {
    for (const auto& each : state_.facts) {
      if (each.status != task_status::stopped) effects_.also.push_back(each.arn);
    }
  }
  send(wake_call::look);
}

void step::send_update(std::uint32_t desired) {
  state_.wanted = desired;
  effects_.desired = desired;
  send(wake_call::update);
}

void step::send(wake_call which) {
  effects_.send = which;
  state_.in_flight = which;
  state_.sent_at = now_;
  state_.in_flight_until = now_ + settings_.call_timeout;
  alarm_at(state_.in_flight_until);
}

void step::enter(wake_phase phase, unix_milliseconds next) {
  state_.phase = phase;
  state_.asking = idle_round::none;
  state_.ask_again_at = 0;
  state_.phase_since = now_;
  state_.refusals = 0;
  alarm_in(next);
}

/// Doubles with every try, up to the most.
unix_milliseconds step::pause(std::uint32_t tries) const {
  const auto doublings = std::min<std::uint32_t>(tries > 0 ? tries - 1 : 0, 16);
  return std::min(settings_.pause_first << doublings, settings_.pause_most);
}

/// In [span, 1.25 span): late rather than early, so that a budget of calls per second holds.
void step::alarm_in(unix_milliseconds span) {
  const auto time = now_ + span + span * jitter_ / 4000;
  alarm_at(state_.phase == wake_phase::starting ? std::min(time, deadline()) : time);
}

}  // namespace sallyport::aws
