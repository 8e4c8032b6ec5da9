#include "wake/wake.hpp"

#include <algorithm>
#include <utility>

#include "wake/budget.hpp"
#include "wake/step.hpp"

namespace sallyport::aws {

wake_outcome step::take() && {
  go_on_queueing();
  go_on_probing();
  return {std::move(state_), std::move(effects_)};
}

void step::on(const allowed_request& request) {
  switch (state_.phase) {
    case wake_phase::asleep: return begin(request);
    case wake_phase::starting: return join(request);
    case wake_phase::healthy: return serve();
    case wake_phase::draining: return begin_again(request);
    case wake_phase::failed:
      if (now_ < retry_time(state_, settings_)) return tell(wake_answer::failed);
      return begin(request);
  }
}

void step::on(const looked& seen) {
  if (!landed(wake_call::look)) return;
  state_.last_seen = now_;
  switch (state_.phase) {
    case wake_phase::starting: return saw_while_starting(seen);
    case wake_phase::healthy: return saw_while_healthy(seen);
    case wake_phase::draining: return lower();
    case wake_phase::asleep:
    case wake_phase::failed: return;
  }
}

void step::on(const updated&) {
  if (!landed(wake_call::update)) return;
  accept();
  switch (state_.phase) {
    case wake_phase::starting: return updated_while_starting();
    case wake_phase::draining: return fall_asleep();
    case wake_phase::failed:
      state_.refusals = 0;
      state_.alarm = 0;
      return;
    case wake_phase::asleep:
    case wake_phase::healthy: return;
  }
}

void step::on(const call_refused& refusal) {
  const auto& error = refusal.error;
  if (state_.in_flight == wake_call::none) return;
  const wake_call call = std::exchange(state_.in_flight, wake_call::none);
  state_.detail = error.code + ": " + error.message + " (request " + error.request_id + ")";
  state_.identity_refused = is_about_identity(error);
  ++state_.refusals;
  if (error.kind == error_kind::throttled) state_.pressure = std::min(state_.pressure + 1, most_pressure);
  settle_refused(error.kind, call);
  const bool queues = settings_.governed && call == wake_call::update && error.kind == error_kind::throttled;
  if (queues) refused_update(error.kind);
  if (queues) return queue_again();
  if (state_.phase == wake_phase::draining) return keep_running(is_retryable(error.kind));
  if (call == wake_call::update) refused_update(error.kind);
  switch (state_.phase) {
    case wake_phase::starting: return refused_while_starting(error, call);
    case wake_phase::healthy: return alarm_in(is_retryable(error.kind) ? pause(state_.refusals) : settings_.refresh);
    case wake_phase::failed:
      if (is_retryable(error.kind)) alarm_in(pause(state_.refusals));
      return;
    case wake_phase::draining:
    case wake_phase::asleep: return;
  }
}

void step::on(const alarm_rang&) {
  if (state_.in_flight != wake_call::none) {
    if (now_ < state_.in_flight_until) return alarm_at(state_.in_flight_until);
    // The call never came back. What it asked for may have happened; the next look tells.
    const wake_call lost = std::exchange(state_.in_flight, wake_call::none);
    state_.detail = "AWS gave no response to " + std::string(lost == wake_call::look ? "a look" : "UpdateService");
    ++state_.refusals;
    settle_refused(error_kind::transient, lost);
    if (state_.phase == wake_phase::starting && lost == wake_call::update) state_.step = start_step::checking;
  }
  state_.alarm = 0;
  switch (state_.phase) {
    case wake_phase::asleep: return;
    case wake_phase::failed: return stop_after_failure();
    case wake_phase::starting: return go_on_starting();
    case wake_phase::healthy: return look_after();
    case wake_phase::draining: return lower();
  }
}

void step::on(const restarted&) {
  state_.probing.sent.clear();
  // Whoever heard of its place in the line is gone.
  state_.admission.heard.ask_at = std::min(state_.admission.heard.ask_at, now_);
  // Requests since the last row are forgotten with the old host. Restarts do not add up: a host that ends between any two
  // alarms would never stop its service.
  if (state_.phase == wake_phase::healthy) {
    const auto last = std::min(now_, state_.last_request + settings_.idle_stop / 4);
    state_.ask_again_at = std::max(state_.ask_again_at, last + settings_.idle_stop);
  }
  // A start need not wait for the deadline of its call.
  if (state_.phase != wake_phase::starting) return;
  on(call_refused{{error_kind::transient, "Interrupted", "the coordinator was restarted during a call", {}, 0}});
}

void step::on(const endpoint_lost& lost) {
  if (task_fact* known = find_fact(state_.facts, lost.task_arn)) {
    known->lost_at = now_;
    ask_anew(*known);
  }
  std::erase_if(state_.endpoints, [&](const endpoint& each) { return each.task_arn == lost.task_arn; });
  if (state_.phase != wake_phase::healthy) return;
  if (state_.endpoints.empty()) restart_watch();
  look_soon();
}

void step::on(const reset&) {
  state_.starts.clear();
  state_.failed_starts = 0;
  state_.retry_at = 0;
  const bool over = state_.in_flight == wake_call::none && !state_.ours;
  if (state_.phase == wake_phase::failed && over) fall_asleep();
}

wake_outcome wake_next(wake_state state, const wake_event& event, unix_milliseconds now, const wake_settings& settings,
                       std::uint32_t jitter) {
  step one(std::move(state), now, settings, jitter % 1000);
  std::visit([&](const auto& what) { one.on(what); }, event);
  return std::move(one).take();
}

}  // namespace sallyport::aws
