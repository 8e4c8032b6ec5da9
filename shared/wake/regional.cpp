#include <algorithm>
#include <utility>

#include "wake/step.hpp"
#include "wake/tasks.hpp"

namespace sallyport::aws {

/// A look, by whom it may be.
void step::send_look() {
  auto& with = state_.admission;
  if (!settings_.governed) return look_ourselves();
  if (with.alone) {
    const bool watching = state_.phase == wake_phase::starting && state_.step == start_step::watching;
    if (watching && now_ - with.heard.watched_at >= settings_.watch_renew) watch_tasks(region::watch_kind::start);
    return look_ourselves();
  }
  if (with.own_until <= now_) return look_by_region();
  if (with.what == errand::none) queue(errand::look);
}

/// Region looks, and tells what it saw when it did.
void step::look_by_region() {
  switch (state_.phase) {
    case wake_phase::starting:
      if (state_.step == start_step::watching) return look_on();
      check();
      // Of checks that nothing comes of, this one is the last.
      if (state_.admission.own_until > now_) return send_look();
      return alarm_in(settings_.call_timeout);
    case wake_phase::healthy:
      state_.last_seen = now_;
      check();
      watch_soon();
      return alarm_by(state_.asking != idle_round::none ? state_.ask_until : std::max(idle_at(), now_ + 1));
    case wake_phase::asleep:
    case wake_phase::draining:
    case wake_phase::failed: return;
  }
}

/// The tasks of a start are watched for as long as that is asked for again and again. ECS's word on the service is wanted
/// when no task is on its way up.
void step::look_on() {
  const bool again = state_.admission.heard.watched_at > 0;
  const auto wanted = std::count_if(state_.facts.begin(), state_.facts.end(), is_wanted);
  if (again && wanted == 0) check();
  if (state_.admission.own_until > now_) return send_look();
  // Those that are missing are found only by another list.
  if (wanted < static_cast<std::ptrdiff_t>(settings_.min)) look_at_all_next();
  // What was not raised just now may be up.
  state_.raised_at == 0 ? watch_soon() : watch_tasks(region::watch_kind::start);
  alarm_in(settings_.watch_renew);
}

/// What ECS says of the service. Where nothing came of it again and again, the machine looks itself.
void step::check() {
  auto& with = state_.admission;
  constexpr std::uint32_t unanswered_most = 2;
  if (++with.unanswered > unanswered_most) {
    with.unanswered = 0;
    with.own_until = now_ + settings_.own_looks;
    return;
  }
  order_watch({region::watch_kind::check, {}});
}

/// Where nobody else may look at the service.
void step::look_once() {
  state_.admission.unanswered = 0;
  const bool wanted = state_.phase == wake_phase::healthy ||
                      (state_.phase == wake_phase::starting &&
                       (state_.step == start_step::checking || state_.step == start_step::watching));
  const bool free = state_.in_flight == wake_call::none && state_.admission.what == errand::none;
  if (wanted && free) queue(errand::look);
}

void step::watch_tasks(region::watch_kind how) {
  auto& heard = state_.admission.heard;
  heard.watched_at = now_;
  heard.as_start = how == region::watch_kind::start;
  order_watch({how, state_.known_tasks});
}

/// The tasks that are known, and those that took the place of some that served.
void step::watch_soon() {
  auto& heard = state_.admission.heard;
  heard.watched_at = now_;
  heard.as_start = true;
  watch_order order{region::watch_kind::start, {}, true};
  for (const auto& each : state_.facts) {
    if (each.status != task_status::stopped) order.tasks.push_back(each.arn);
  }
  order_watch(std::move(order));
}

void step::order_watch(watch_order order) {
  std::erase_if(effects_.watches, [&](const watch_order& each) {
    const bool is_check = each.how == region::watch_kind::check;
    return is_check == (order.how == region::watch_kind::check);
  });
  effects_.watches.push_back(std::move(order));
}

void step::watch_no_more() {
  auto& heard = state_.admission.heard;
  const bool watched = heard.watched_at > 0 && now_ - heard.watched_at < 3 * settings_.watch_renew;
  heard.watched_at = 0;
  heard.as_start = false;
  if (settings_.governed && watched) order_watch({region::watch_kind::run, {}});
}

/// While requests come, those that serve are looked at for as long as that is asked for.
void step::watch_those_that_serve(bool stale) {
  auto& with = state_.admission;
  if (with.alone || with.own_until > now_) {
    if (stale && with.alone) watch_tasks(region::watch_kind::run);
    if (stale && state_.in_flight == wake_call::none) send_look();
    return;
  }
  // Behind an origin one that is ready stands for all.
  if (stale && settings_.needs_address && state_.endpoints.size() < settings_.min) return send_look();
  if (stale) {
    state_.last_seen = now_;
    check();
  }
  if (now_ - with.heard.watched_at >= settings_.watch_renew) watch_tasks(region::watch_kind::run);
}

void step::on(const facts_told& told) {
  auto& with = state_.admission;
  region_answers();
  if (told.denied && told.of_service) return look_once();
  if (told.denied) {
    with.own_until = now_ + settings_.own_looks;
    const bool looks = state_.phase == wake_phase::starting && state_.in_flight == wake_call::none &&
                       (state_.step == start_step::checking || state_.step == start_step::watching);
    if (looks) send_look();
    return;
  }
  if (told.service) with.unanswered = 0;
  asked_at_ = now_ - std::max<unix_milliseconds>(told.asked_ms_ago, 0);
  const bool starts = state_.phase == wake_phase::starting;
  if (starts && (state_.step == start_step::queued || state_.step == start_step::updating)) return;
  if (!starts && state_.phase != wake_phase::healthy) return;
  note_facts(told);
  state_.last_seen = now_;
  if (!starts) return told_while_healthy(told);
  state_.refusals = 0;
  const looked seen{told.service, told.tasks};
  if (state_.step == start_step::watching) return told_while_watching(seen);
  // What was asked before the machine asked itself comes twice.
  if (told.service && state_.in_flight == wake_call::none) decide_after_check(seen);
}

void step::note_facts(const facts_told& told) {
  const auto& missing = told.missing;
  note_look(
      state_.facts, told.tasks, asked_at_,
      [&](const task_fact& one) { return std::find(missing.begin(), missing.end(), one.arn) != missing.end(); },
      settings_);
  count_ends(told.tasks);
  if (told.service) note_event(*told.service);
}

void step::told_while_watching(const looked& seen) {
  const bool may_call = state_.in_flight == wake_call::none;
  if (may_call && seen.service && believed_desired(*seen.service) == 0) return raise_or_give_up();
  if (become_healthy() || fails(seen)) return;
  state_.progress = progress_of(state_.facts);
  const bool left = any_left();
  remember_tasks();
  // What takes its place is not among the known ones.
  if (!left || seen.service || !may_call) return;
  look_at_all_next();
  check();
  watch_tasks(region::watch_kind::start);
}

void step::told_while_healthy(const facts_told& told) {
  const auto before = state_.endpoints.size();
  if (told.service && believed_desired(*told.service) == 0) return fall_asleep();
  if (told.service) ask_again_for_a_while();
  const bool up = take_endpoints();
  const bool left = state_.endpoints.size() < before || any_left();
  remember_tasks();
  if (!up) return restart_watch();
  if (left && !told.service) {
    look_at_all_next();
    return send_look();
  }
  const bool complete = !settings_.needs_address || state_.endpoints.size() >= settings_.min;
  if (state_.admission.heard.as_start && complete) watch_tasks(region::watch_kind::run);
}

}  // namespace sallyport::aws
