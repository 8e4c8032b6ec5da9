// One step of the machine in the making: the handlers change the state and say what is to be done. By phase: starting.cpp,
// failing.cpp, serving.cpp, probing.cpp; of calls and looks that a Region grants: queueing.cpp, regional.cpp; what they share:
// step.cpp.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "wake/deaths.hpp"
#include "wake/wake.hpp"

namespace sallyport::aws {

class step {
 public:
  step(wake_state state, unix_milliseconds now, const wake_settings& settings, std::uint32_t jitter)
      : state_(std::move(state)), now_(now), settings_(settings), jitter_(jitter) {}

  wake_outcome take() &&;

  void on(const allowed_request& request);
  void on(const looked& seen);
  void on(const updated& answer);
  void on(const call_refused& refusal);
  void on(const alarm_rang& alarm);
  void on(const restarted& again);
  void on(const endpoint_lost& lost);
  void on(const probe_due& due);
  void on(const probed& came);
  void on(const reset& again);
  void on(const granted& told);
  void on(const put_in_line& told);
  void on(const region_down& told);
  void on(const facts_told& told);

 private:
  // Starting
  void begin(const allowed_request& request);
  void begin_again(const allowed_request& request);
  bool is_over_budget(const allowed_request& request);
  void new_start(const allowed_request& request, start_step at);
  void enter_starting(start_step at);
  void join(const allowed_request& request);
  void restart_watch();
  void updated_while_starting();
  void watch();
  unix_milliseconds likely_start() const;
  unix_milliseconds deadline() const;
  void saw_while_starting(const looked& seen);
  void decide_after_check(const looked& seen);
  void saw_while_watching(const looked& seen);
  void raise_or_give_up();
  void raise();
  void send_raise();
  void go_on_starting();
  void go_on_in_line();
  bool become_healthy();
  void learn();
  unix_milliseconds next_poll() const;

  // Failing
  void count_ends(const std::vector<task>& seen);
  void count_end(const task& one, task_fact& known);
  bool fails(const looked& seen);
  bool fails_by_deaths(const looked& seen);
  bool fails_by_omen(const looked& seen);
  std::string cause_of_timeout() const;
  void fail(reason why, std::string detail);
  void stop_after_failure();

  // Serving and draining
  void saw_while_healthy(const looked& seen);
  void serve();
  void look_after();
  void keep_running(bool still_ours);
  void fall_asleep();

  // Asking agents (probing.cpp)
  bool asks_agents() const;
  unix_milliseconds counts_from() const;
  void ask_anew(task_fact& one);
  void ask_again_for_a_while();
  bool is_to_be_asked(const task_fact& one);
  std::vector<const task_fact*> to_be_asked();
  unix_milliseconds held_until() const;
  void go_on_probing();
  void send_probe(const task_fact& to, bool silent);
  task_fact* teller(const probed& came, const std::string& about);
  void told_by_agent(const probed& came, const std::string& about);
  void unready(task_fact& one, asked_task& known, const probed& came);
  bool change(task_fact& one, asked_task& known, bool ready);
  void agent_is_too_old(const std::string& about);
  void way_is_broken(const std::string& about);
  void cannot_ask(const std::string& detail);
  void count_ready();
  bool others_may_follow();
  void list_anew();
  void look_soon();

  // Asking agents whether they are idle (idle.cpp)
  bool asks_before_stop() const;
  void ask_whether_idle(idle_round round);
  bool is_unasked(const task_fact& one) const;
  bool may_be_drawn() const;
  void told_use(const task_fact* one, const probed& came);
  void keep_serving(unix_milliseconds next);
  void not_all_asked();
  void stop_idle();
  bool is_unproven_for_good() const;
  unix_milliseconds idle_at() const;

  // Waiting for grants (queueing.cpp)
  bool waits_for(errand what) const;
  void queue(errand what);
  void queue_again();
  void withdraw();
  void give_grant_back();
  void settle(region::outcome how);
  void settle_refused(error_kind kind, wake_call call);
  void go_on_queueing();
  bool is_its_turn() const;
  void region_answers();
  void ask();
  void carry_out();
  void spend();
  void send_stop();
  void lower();
  unix_milliseconds alone_pause() const;

  // Looks of the Region (regional.cpp)
  void look_by_region();
  void look_on();
  void check();
  void look_once();
  void watch_tasks(region::watch_kind how);
  void watch_soon();
  void order_watch(watch_order order);
  void watch_no_more();
  void watch_those_that_serve(bool stale);
  void note_facts(const facts_told& told);
  void told_while_watching(const looked& seen);
  void told_while_healthy(const facts_told& told);

  // What they share
  bool landed(wake_call which);
  void accept();
  void book(unix_milliseconds raised_at);
  void refused_update(error_kind kind);
  void refused_while_starting(const service_error& error, wake_call call);
  void note(const looked& seen);
  void note_event(const service_answer& seen);
  std::uint32_t believed_desired(const service_answer& seen) const;
  bool take_endpoints();
  bool any_left() const;
  bool any_missing() const;
  void remember_tasks();
  void look_at_all_next() { state_.known_tasks.clear(); }
  void send_look();
  void look_ourselves();
  void send_update(std::uint32_t desired);
  void send(wake_call which);
  void enter(wake_phase phase, unix_milliseconds next);
  unix_milliseconds pause(std::uint32_t tries) const;
  unix_milliseconds retry_pause() const;
  void alarm_in(unix_milliseconds span);
  void alarm_at(unix_milliseconds time) { state_.alarm = time; }
  void alarm_by(unix_milliseconds time) { state_.alarm = state_.alarm == 0 ? time : std::min(state_.alarm, time); }
  void touch() { state_.last_request = now_; }
  void tell(wake_answer what) { effects_.answer = what; }

  wake_state state_;
  wake_effects effects_;
  unix_milliseconds now_;
  const wake_settings& settings_;
  std::uint32_t jitter_;
  /// When the look that landed was asked.
  unix_milliseconds asked_at_ = 0;
};

}  // namespace sallyport::aws
