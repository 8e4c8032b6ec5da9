#include "wake/wake.hpp"

#include <algorithm>
#include <utility>

#include "wake/budget.hpp"
#include "wake/tasks.hpp"

namespace sallyport::aws {
namespace {

/// One step in the making: the handlers below change the state and say what is to be done.
class step {
 public:
  step(wake_state state, unix_milliseconds now, const wake_settings& settings, std::uint32_t jitter)
      : state_(std::move(state)), now_(now), settings_(settings), jitter_(jitter) {}

  wake_outcome take() && { return {std::move(state_), effects_}; }

  void on(const allowed_request& request) {
    switch (state_.phase) {
      case wake_phase::asleep: return begin(request);
      case wake_phase::starting: return join();
      case wake_phase::healthy: return serve();
      case wake_phase::draining: return begin_again(request);
      case wake_phase::failed:
        if (now_ < state_.retry_at) return tell(wake_answer::failed);
        return begin(request);
    }
  }

  void on(const looked& seen) {
    if (!landed(wake_call::look)) return;
    state_.last_seen = now_;
    switch (state_.phase) {
      case wake_phase::starting: return saw_while_starting(seen);
      case wake_phase::healthy: return saw_while_healthy(seen);
      case wake_phase::draining: return stop();
      case wake_phase::asleep:
      case wake_phase::failed: return;
    }
  }

  void on(const updated&) {
    if (!landed(wake_call::update)) return;
    switch (state_.phase) {
      case wake_phase::starting: return updated_while_starting();
      case wake_phase::draining: return fall_asleep();
      case wake_phase::failed: return stopped_after_failure();
      case wake_phase::asleep:
      case wake_phase::healthy: return;
    }
  }

  void on(const call_refused& refusal) {
    if (state_.in_flight == wake_call::none) return;
    state_.in_flight = wake_call::none;
    state_.detail = refusal.error.code + ": " + refusal.error.message + " (request " + refusal.error.request_id + ")";
    ++state_.refusals;
    if (refusal.error.kind == error_kind::throttled) state_.pressure = std::min(state_.pressure + 1, most_pressure);
    if (state_.phase == wake_phase::draining) return keep_running(is_retryable(refusal.error.kind));
    if (is_retryable(refusal.error.kind)) return alarm_in(pause(state_.refusals));
    switch (state_.phase) {
      case wake_phase::starting: return fail(reason_of(refusal.error.kind));
      case wake_phase::healthy: return alarm_in(settings_.refresh);
      case wake_phase::draining:
      case wake_phase::asleep:
      case wake_phase::failed: return;
    }
  }

  void on(const alarm_rang&) {
    if (state_.in_flight != wake_call::none) {
      if (now_ < state_.in_flight_until) return alarm_at(state_.in_flight_until);
      // The call never came back. What it asked for may have happened; the next look tells.
      state_.in_flight = wake_call::none;
      ++state_.refusals;
    }
    state_.alarm = 0;
    switch (state_.phase) {
      case wake_phase::asleep: return;
      case wake_phase::failed: return stop_after_failure();
      case wake_phase::starting: return go_on_starting();
      case wake_phase::healthy: return look_after();
      case wake_phase::draining: return stop();
    }
  }

  void on(const restarted&) {
    // A start need not wait for the deadline of its call.
    if (state_.phase != wake_phase::starting) return;
    on(call_refused{{error_kind::transient, "Interrupted", "the coordinator was restarted during a call", {}, 0}});
  }

  void on(const endpoint_lost& lost) {
    std::erase_if(state_.endpoints, [&](const endpoint& each) { return each.task_arn == lost.task_arn; });
    if (state_.phase != wake_phase::healthy) return;
    if (state_.endpoints.empty()) restart_watch();
    look_at_all_next();
    if (state_.in_flight != wake_call::none) return;
    // Every request that meets a dead task says so; the tasks are looked at once.
    if (now_ - state_.last_seen < settings_.poll_first) return alarm_at(state_.last_seen + settings_.poll_first);
    send_look();
  }

 private:
  // --- starting

  void begin(const allowed_request& request) {
    if (!take_start(state_.starts, request.caller, now_, settings_)) return tell(wake_answer::refused);
    enter_starting(start_step::checking);
    // What is still in flight lands first and goes on from there; its deadline is the alarm.
    if (state_.in_flight == wake_call::none) send_look();
    join();
  }

  void begin_again(const allowed_request& request) {
    if (!take_start(state_.starts, request.caller, now_, settings_)) return tell(wake_answer::refused);
    enter_starting(start_step::updating);
    if (state_.in_flight == wake_call::none) send_update(settings_.min);
    join();
  }

  void join() {
    touch();
    tell(wake_answer::join);
  }

  void enter_starting(start_step at) {
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
  }

  void restart_watch() {
    enter_starting(start_step::watching);
    alarm_in(settings_.poll_first);
  }

  void updated_while_starting() {
    if (state_.step == start_step::checking) return send_look();
    // An update to zero that a request has overtaken: now the one that raises it again.
    if (state_.wanted != settings_.min) return send_update(settings_.min);
    watch();
  }

  void watch() {
    state_.step = start_step::watching;
    state_.refusals = 0;
    // The early look only shows progress: it is the first to go when calls are short.
    alarm_in(state_.pressure > 0 ? std::max(settings_.poll_first, likely_start()) : settings_.poll_first);
  }

  /// Before this much of a start has passed, it is hardly ever over.
  unix_milliseconds likely_start() const {
    return (state_.usual_start > 0 ? state_.usual_start : settings_.expected_start) * 3 / 4;
  }

  void saw_while_starting(const looked& seen) {
    state_.refusals = 0;
    // Tasks seen before the update are on their way down.
    if (state_.step == start_step::updating) return send_update(settings_.min);
    state_.endpoints = healthy_endpoints(seen.tasks, settings_.port);
    if (!state_.endpoints.empty()) return become_healthy(seen);
    if (state_.step == start_step::checking) return decide_after_check(seen);
    if (const task* dead = task_that_died(seen.tasks, state_.phase_since)) {
      state_.detail = death_of(*dead);
      return fail(reason::wake_failed);
    }
    if (seen.service && seen.service->desired == 0) return raise_again();
    state_.progress = progress_of(seen.tasks);
    remember_tasks(seen);
    ++state_.polls;
    alarm_at(next_poll());
  }

  void remember_tasks(const looked& seen) {
    state_.known_tasks.clear();
    for (const auto& each : seen.tasks) {
      if (each.wanted) state_.known_tasks.push_back(each.arn);
    }
  }

  unix_milliseconds next_poll() const {
    const auto pace = std::min(settings_.poll_then + unix_milliseconds{500} * state_.polls, settings_.poll_most)
                      << state_.pressure;
    const auto worth_it = state_.phase_since + likely_start();
    const auto next = std::max(now_ + pace + pace * jitter_ / 4000, worth_it);
    return std::min(next, state_.phase_since + settings_.start_timeout);
  }

  void decide_after_check(const looked& seen) {
    if (seen.service && seen.service->desired > 0) {
      state_.ours = false;
      return watch();
    }
    raise_again();
  }

  /// Someone else, or an update of ours that was given up and came late, lowered it.
  void raise_again() {
    if (settings_.min == 0) return fail(reason::service_stopped);
    state_.ours = true;
    state_.step = start_step::updating;
    send_update(settings_.min);
  }

  void go_on_starting() {
    if (now_ - state_.phase_since >= settings_.start_timeout) {
      return fail(state_.refusals > 0 ? reason::aws_unavailable : reason::wake_timeout);
    }
    if (state_.step == start_step::updating) return send_update(settings_.min);
    send_look();
  }

  void become_healthy(const looked& seen) {
    state_.failed_starts = 0;
    state_.retry_at = 0;
    // A service that was up already says nothing about how long a start takes.
    if (state_.step == start_step::watching) learn(now_ - state_.phase_since);
    remember_tasks(seen);
    relax();
    state_.polls = 0;
    enter(wake_phase::healthy, settings_.idle_stop);
    tell(wake_answer::ready);
  }

  /// Calls may be there again.
  void relax() { state_.pressure /= 2; }

  void learn(unix_milliseconds took) {
    state_.usual_start = state_.usual_start == 0 ? took : (3 * state_.usual_start + took) / 4;
  }

  void fail(reason why) {
    ++state_.failed_starts;
    state_.why = why;
    state_.endpoints.clear();
    state_.phase = wake_phase::failed;
    state_.phase_since = now_;
    state_.retry_at = now_ + std::max(settings_.retry_first, pause(state_.failed_starts));
    state_.refusals = 0;
    state_.alarm = 0;
    tell(wake_answer::failed);
    stop_after_failure();
  }

  /// ECS would start the broken task again and again; what we raised we lower.
  void stop_after_failure() {
    if (!state_.ours) return;
    send_update(0);
  }

  void stopped_after_failure() {
    state_.ours = false;
    state_.refusals = 0;
    state_.alarm = 0;
  }

  // --- healthy and draining

  void saw_while_healthy(const looked& seen) {
    state_.refusals = 0;
    const auto before = state_.endpoints.size();
    state_.endpoints = healthy_endpoints(seen.tasks, settings_.port);
    ++state_.polls;
    if (seen.service) remember_tasks(seen);
    if (!seen.service && state_.endpoints.size() < before) {
      // What took their place is not among the known ones.
      look_at_all_next();
      return send_look();
    }
    if (!state_.endpoints.empty()) return alarm_at(state_.last_request + settings_.idle_stop);
    if (seen.service && seen.service->desired == 0) return fall_asleep();
    restart_watch();
  }

  void serve() {
    touch();
    tell(wake_answer::ready);
    const bool complete = state_.endpoints.size() >= settings_.min;
    const auto fresh = complete ? settings_.refresh : settings_.refresh_incomplete << state_.pressure;
    const bool stale = now_ - state_.last_seen >= std::min(fresh, settings_.refresh);
    if (stale && state_.in_flight == wake_call::none) send_look();
  }

  void look_after() {
    // A request that met a dead task wants to know sooner than the next idle check.
    const auto idle_at = state_.last_request + settings_.idle_stop;
    if (state_.refusals > 0) look_at_all_next();
    if (now_ < idle_at) return state_.refusals > 0 || state_.endpoints.empty() ? send_look() : alarm_at(idle_at);
    if (!state_.ours) return fall_asleep();
    enter(wake_phase::draining, settings_.call_timeout);
    send_update(0);
  }

  /// Whoever denied the stop for good keeps the service running: it is no longer ours to stop. When AWS is short of
  /// calls, a stop waits for another idle_stop: starts go first.
  void keep_running(bool still_ours) {
    if (state_.endpoints.empty() && !still_ours) return fall_asleep();
    if (state_.endpoints.empty()) return alarm_in(settings_.pause_most);
    state_.ours = still_ours;
    enter(wake_phase::healthy, settings_.idle_stop);
    touch();
  }

  void stop() { send_update(0); }

  void fall_asleep() {
    state_.phase = wake_phase::asleep;
    state_.phase_since = now_;
    state_.ours = false;
    state_.endpoints.clear();
    state_.alarm = 0;
  }

  // --- what they share

  /// The answer to the call that is in flight; one that was given up is not listened to any more.
  bool landed(wake_call which) {
    if (state_.in_flight != which) return false;
    state_.in_flight = wake_call::none;
    return true;
  }

  void send_look() {
    // The tasks that serve are described often; whether there are more, or fewer are wanted, is asked now and then.
    constexpr std::uint32_t looks_at_all = 3;
    const bool watching = state_.phase == wake_phase::starting && state_.step == start_step::watching;
    const bool refreshing = state_.phase == wake_phase::healthy && (state_.polls + 1) % looks_at_all != 0;
    effects_.known_tasks_only = (watching || refreshing) && !state_.known_tasks.empty();
    effects_.watching = watching;
    send(wake_call::look);
  }

  void look_at_all_next() { state_.known_tasks.clear(); }

  void send_update(std::uint32_t desired) {
    state_.wanted = desired;
    effects_.desired = desired;
    send(wake_call::update);
  }

  void send(wake_call which) {
    effects_.send = which;
    state_.in_flight = which;
    state_.in_flight_until = now_ + settings_.call_timeout;
    alarm_at(state_.in_flight_until);
  }

  void enter(wake_phase phase, unix_milliseconds next) {
    state_.phase = phase;
    state_.phase_since = now_;
    state_.refusals = 0;
    alarm_in(next);
  }

  /// Doubles with every try, up to the most.
  unix_milliseconds pause(std::uint32_t tries) const {
    const auto doublings = std::min<std::uint32_t>(tries > 0 ? tries - 1 : 0, 16);
    return std::min(settings_.pause_first << doublings, settings_.pause_most);
  }

  /// In [span, 1.25 span): late rather than early, so that a budget of calls per second holds.
  void alarm_in(unix_milliseconds span) {
    const auto time = now_ + span + span * jitter_ / 4000;
    const bool starting = state_.phase == wake_phase::starting;
    alarm_at(starting ? std::min(time, state_.phase_since + settings_.start_timeout) : time);
  }
  void alarm_at(unix_milliseconds time) { state_.alarm = time; }
  void touch() { state_.last_request = now_; }
  void tell(wake_answer what) { effects_.answer = what; }

  wake_state state_;
  wake_effects effects_;
  unix_milliseconds now_;
  const wake_settings& settings_;
  std::uint32_t jitter_;
};

}  // namespace

wake_outcome wake_next(wake_state state, const wake_event& event, unix_milliseconds now, const wake_settings& settings,
                       std::uint32_t jitter) {
  step one(std::move(state), now, settings, jitter % 1000);
  std::visit([&](const auto& what) { one.on(what); }, event);
  return std::move(one).take();
}

}  // namespace sallyport::aws
