#include "jobs/jobs.hpp"

#include <algorithm>
#include <utility>

#include "jobs/pace.hpp"

namespace sallyport::jobs {
namespace {

/// While a caller waits; after that, at the pace of the alarm.
constexpr std::uint32_t tries_in_a_row = 3;

/// One step in the making: the handlers below change the run and say what is to be done.
class step {
 public:
  step(std::optional<run> state, unix_milliseconds now, std::uint32_t jitter)
      : state_(std::move(state)), now_(now), jitter_(jitter) {
    if (state_) before_ = state_->state;
  }

  outcome take() && {
    if (state_ && before_ && state_->state != *before_) {
      then_.records.push_back(change_of(*state_, *before_, task_));
      if (is_final(state_->state)) release_all();
    }
    return {std::move(state_), std::move(then_)};
  }

  // --- what callers want

  void on(const run_wanted& wanted) {
    if (!state_ || state_->created + key_kept <= now_) return begin(wanted);
    const bool same = state_->from.key == wanted.by.from.key && state_->input_digest == wanted.input_digest;
    if (!same) return refuse({reason::job_key_reused, ""});
    await_start(wanted.by);
  }

  void on(const look_wanted& wanted) {
    if (!state_ || !is_visible(*state_, wanted.by)) return refuse({reason::job_not_found, ""});
    show(wanted.by);
  }

  void on(const stop_wanted& wanted) {
    if (!state_ || !is_visible(*state_, wanted.by)) return refuse({reason::job_not_found, ""});
    if (is_final(state_->state)) return;
    if (!state_->stop) state_->stop = stop_wish{stop_cause::caller, wanted.by.from, now_, 0, false, false};
    state_->told = true;
    carry_out_stop();
    if (state_->stop && state_->stop->sending) return wait(wait_for::stop, answer_hold);
    show(wanted.by);
  }

  void on(const waited& over) {
    if (over.refused) return refuse(*over.refused);
    if (!state_) return refuse({reason::aws_unavailable, "the run was given up"});
    if (!is_visible(*state_, over.by)) return refuse({reason::job_not_found, ""});
    if (over.what != wait_for::end) show(over.by);
  }

  // --- what is due

  void on(const alarm_rang&) {
    if (!is_live()) return;
    if (state_->task_arn.empty()) return ring_for_start();
    if (!state_->stop && state_->deadline <= now_) {
      state_->stop = stop_wish{stop_cause::timeout, state_->from, now_, 0, false, false};
    }
    if (!state_->stop || state_->stop->at > now_) return;
    state_->stop->sending = false;
    carry_out_stop();
  }

  void on(const restarted&) {
    if (!is_live()) return;
    auto& start = state_->start;
    // Whether there is a task, only ECS knows.
    if (start.sending) start = {now_, start.tries, 0, false, true};
    if (state_->stop && state_->stop->sending) {
      state_->stop->sending = false;
      state_->stop->at = now_;
    }
  }

  // --- what AWS says

  void on(const start_answered& given) {
    // The second response for one token is about the same task.
    if (!is_live() || !state_->task_arn.empty()) return;
    state_->start.sending = false;
    if (!given.answer.task) return not_started(given.answer);
    task_ = &*given.answer.task;
    take_task(*state_, *task_, now_);
    tell(wait_for::start);
    carry_out_stop();
  }

  void on(const stop_answered& given) {
    if (!is_live() || !state_->stop) return;
    auto& stop = *state_->stop;
    stop.sending = false;
    ++stop.tries;
    stop.sent = stop.sent || !given.refused;
    stop.at = given.refused ? now_ + pause_of(stop.tries, jitter_) : now_;
    state_->changed = now_;
    if (!given.refused) return tell(wait_for::stop);
    const auto refused = jobs::refusal_of(*given.refused);
    then_.records.push_back(jobs::refusal_of(*state_, "StopTask", refused, false));
    const bool denied =
        given.refused->kind == aws::error_kind::access_denied || given.refused->kind == aws::error_kind::token_refused;
    tell(wait_for::stop, denied ? std::optional(refused) : std::nullopt);
  }

  void on(const task_seen& seen) {
    if (!is_live() || state_->task_arn != seen.task.arn) return;
    task_ = &seen.task;
    observe(*state_, seen.task, now_);
  }

  void on(const task_missing&) {
    if (is_live() && !state_->task_arn.empty()) observe_missing(*state_, now_);
  }

 private:
  // --- starting

  void begin(const run_wanted& wanted) {
    run fresh;
    fresh.id = wanted.fresh_id;
    fresh.job = wanted.job;
    fresh.from = wanted.by.from;
    fresh.request_id = wanted.request_id;
    fresh.client_token = wanted.client_token;
    fresh.input_digest = wanted.input_digest;
    fresh.environment = wanted.environment;
    fresh.place = wanted.place;
    fresh.created = fresh.changed = now_;
    state_ = std::move(fresh);
    before_ = run_state::pending;
    send_start();
    await_start(wanted.by);
  }

  /// A refusal is told at once where that is possible.
  void await_start(const question& by) {
    const auto& start = state_->start;
    const bool under_way = is_live() && state_->task_arn.empty() && (start.sending || start.quick_tries > 0);
    if (under_way) return wait(wait_for::start, answer_hold);
    show(by);
  }

  void send_start() {
    auto& start = state_->start;
    if (start.quick_tries == 0) ++start.tries;
    ++start.quick_tries;
    start.sending = true;
    start.at = now_ + call_lease;
    then_.send = task_call::run_task;
  }

  void ring_for_start() {
    if (state_->start.at > now_) return;
    if (state_->start.sending) {
      state_->start.sending = false;
      return not_started(no_start_answer());
    }
    // Later, the token might outlast the key.
    if (now_ >= state_->created + search_patience) return give_up(true, {reason::aws_unavailable, ""});
    send_start();
  }

  void not_started(const start_answer& answer) {
    auto& start = state_->start;
    start.unclear = start.unclear || answer.unclear;
    then_.records.push_back(jobs::refusal_of(*state_, "RunTask", answer.refused, start.unclear));
    if (state_->stop && !start.unclear) return carry_out_stop();
    // As long as there may be a task, it has to be found, whatever AWS says meanwhile: nobody else would stop it in time.
    const auto patience = start.unclear ? search_patience : start_patience;
    const bool for_good = !answer.again && !start.unclear;
    if (for_good || now_ >= state_->created + patience) return give_up(answer.again, answer.refused);
    const bool quick = answer.again && start.quick_tries > 0 && start.quick_tries < tries_in_a_row;
    start.at = now_ + (quick ? pause_of(start.quick_tries, jitter_) / 5 : pause_of(start.tries, jitter_));
    if (quick) return;
    start.quick_tries = 0;
    tell(wait_for::start);
  }

  void give_up(bool put_off, const aws_refusal& why) {
    if (state_->start.unclear) return end(*state_, {run_state::failed, run_reason::lost, std::nullopt}, now_);
    if (!state_->told) return forget(why);
    const auto cause = put_off ? run_reason::start_failed : run_reason::start_refused;
    end(*state_, {run_state::failed, cause, std::nullopt}, now_);
  }

  void forget(const aws_refusal& why) {
    state_.reset();
    tell(wait_for::start, why);
    tell(wait_for::end);
  }

  // --- stopping

  /// Carries out the wish to stop the run, if there is one.
  void carry_out_stop() {
    if (!is_live() || !state_->stop || state_->stop->sent || state_->stop->sending) return;
    if (state_->task_arn.empty()) {
      // A start under way, or one whose response was lost, has to tell first which task there is to stop.
      if (state_->start.sending || state_->start.unclear) return;
      return end(*state_, stopped_by(state_->stop->why), now_);
    }
    state_->stop->sending = true;
    state_->stop->at = now_ + call_lease;
    then_.send = task_call::stop_task;
  }

  // --- telling

  /// At its end, for those who wait for that.
  void show(const question& by) {
    if (!is_live()) return;
    state_->told = true;
    if (by.wait > 0) wait(wait_for::end, by.wait);
  }

  void refuse(aws_refusal why) { then_.refused = std::move(why); }

  void wait(wait_for what, unix_milliseconds time) {
    then_.wait = what;
    then_.wait_time = time;
  }

  void tell(wait_for what, std::optional<aws_refusal> refused = std::nullopt) {
    then_.releases.push_back({what, std::move(refused)});
  }

  void release_all() {
    for (const auto what : {wait_for::start, wait_for::stop, wait_for::end}) tell(what);
  }

  bool is_live() const { return state_ && !is_final(state_->state); }

  std::optional<run> state_;
  std::optional<run_state> before_;
  effects then_;
  /// What ECS said, for the record.
  const aws::task* task_ = nullptr;
  unix_milliseconds now_;
  std::uint32_t jitter_;
};

}  // namespace

outcome next(std::optional<run> state, const event& happened, unix_milliseconds now, std::uint32_t jitter) {
  step one(std::move(state), now, jitter % 1000);
  std::visit([&](const auto& each) { one.on(each); }, happened);
  return std::move(one).take();
}

unix_milliseconds due_of(const run& of) {
  if (is_final(of.state)) return never;
  if (of.task_arn.empty()) return of.start.at;
  if (!of.stop) return of.deadline;
  return of.stop->sent ? never : of.stop->at;
}

bool is_visible(const run& of, const question& by) {
  return by.may_inspect || of.from.key == by.from.key;
}

}  // namespace sallyport::jobs
