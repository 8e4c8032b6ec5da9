#include "wake/queueing.hpp"

#include <algorithm>
#include <utility>

#include "wake/step.hpp"

namespace sallyport::aws {
namespace {

region::outcome outcome_of(error_kind kind) {
  if (kind == error_kind::throttled) return region::outcome::throttled;
  return kind == error_kind::capacity ? region::outcome::capacity : region::outcome::refused;
}

}  // namespace

bool step::waits_for(errand what) const {
  return settings_.governed && state_.admission.what == what && !state_.admission.sent;
}

/// Joins the line, or joins it anew after a grant that led to nothing. Precondition: no call is in flight.
void step::queue(errand what) {
  auto& with = state_.admission;
  give_grant_back();
  if (what == errand::raise && with.raise_since == 0) with.raise_since = now_;
  if (what == errand::raise)
    with.since = with.raise_since;
  else if (with.what != what)
    with.since = now_;
  with.what = what;
  with.attempt = std::max(with.attempt + 1, now_);
  with.go_at = 0;
  with.heard.asked_at = with.heard.eta_at = 0;
  with.heard.position = -1;
  with.heard.ask_at = now_;
  if (what != errand::raise) return;
  state_.step = start_step::queued;
  state_.progress = "queued";
  alarm_at(deadline());
}

/// Nothing is wanted of AWS any more. A call that was sent comes back as it may.
void step::withdraw() {
  give_grant_back();
  state_.admission.what = errand::none;
  state_.admission.raise_since = state_.admission.left_at = 0;
}

void step::give_grant_back() {
  auto& with = state_.admission;
  if (with.sent) return;
  if (!with.grant.empty()) effects_.reports.push_back({with.grant, region::outcome::unused});
  with.grant.clear();
  with.go_at = 0;
}

/// The call that was sent with the grant has come back, or never will.
void step::settle(region::outcome how) {
  auto& with = state_.admission;
  if (!std::exchange(with.sent, false)) return;
  if (!with.grant.empty()) effects_.reports.push_back({with.grant, how});
  with.grant.clear();
  with.go_at = 0;
}

void step::settle_refused(error_kind kind, wake_call call) {
  auto& with = state_.admission;
  const bool had_none = with.sent && with.grant.empty();
  if (had_none && kind == error_kind::throttled) with.throttles = std::min(with.throttles + 1, 16U);
  settle(outcome_of(kind));
  const bool again = kind == error_kind::throttled && settings_.governed;
  if (call == wake_call::update && !again) with.what = errand::none;
}

/// At the end of each step: asks, or sends what its turn is for.
void step::go_on_queueing() {
  auto& with = state_.admission;
  if (!settings_.governed) return;
  if (state_.in_flight != wake_call::none) return alarm_by(state_.in_flight_until);
  if (with.what == errand::none || state_.asking != idle_round::none) return;
  if (with.go_at > 0 && now_ >= with.go_at) {
    if (is_its_turn()) return carry_out();
    queue(with.what);
  }
  if (with.grant.empty() && now_ >= with.heard.ask_at) ask();
  if (state_.phase == wake_phase::failed) alarm_at(0);
  if (state_.phase == wake_phase::starting && state_.step == start_step::queued) alarm_at(deadline());
  if (state_.phase == wake_phase::starting) alarm_by(deadline());
  if (!with.grant.empty()) return alarm_by(with.go_at);
  alarm_by(with.heard.ask_at);
  if (with.go_at > 0) alarm_by(with.go_at);
}

bool step::is_its_turn() const {
  const auto& with = state_.admission;
  if (with.go_at == 0 || now_ < with.go_at) return false;
  return with.grant.empty() || now_ < with.valid_until;
}

void step::ask() {
  auto& with = state_.admission;
  const bool raises = with.what == errand::raise;
  admit_order order;
  order.what = with.what == errand::look ? region::operation::read : region::operation::update;
  order.n = raises ? std::max<std::uint32_t>(settings_.min, 1) : 1;
  order.how = with.what == errand::stop ? region::urgency::stop : region::urgency::waited_for;
  order.waited_ms = now_ - with.since;
  order.attempt = with.attempt;
  effects_.admit = order;
  with.heard.asked_at = now_;
  with.heard.ask_at = now_ + settings_.admit_patience;
}

void step::carry_out() {
  auto& with = state_.admission;
  switch (with.what) {
    case errand::none: return;
    case errand::raise:
      with.left_at = now_;
      state_.progress = "provisioning";
      spend();
      return send_raise();
    case errand::stop:
      if (state_.phase == wake_phase::healthy && asks_before_stop() && !is_unproven_for_good())
        return ask_whether_idle(idle_round::last);
      return send_stop();
    case errand::look:
      spend();
      with.what = errand::none;
      return look_ourselves();
  }
}

void step::spend() {
  state_.admission.sent = true;
  state_.admission.spent = state_.admission.attempt;
}

void step::send_stop() {
  spend();
  state_.unproven_since = 0;
  if (state_.phase == wake_phase::healthy) enter(wake_phase::draining, settings_.call_timeout);
  send_update(0);
}

/// What keeps AWS from lowering what we raised is over, or may be.
void step::lower() {
  if (!settings_.governed) return send_update(0);
  if (state_.admission.what != errand::stop) queue(errand::stop);
}

/// AWS throttled an update: it was not carried out, and Region knows when the next one may be sent.
void step::queue_again() {
  const bool stops = state_.wanted == 0;
  switch (state_.phase) {
    case wake_phase::starting:
      if (!stops) return queue(errand::raise);
      state_.admission.what = errand::none;
      state_.step = start_step::checking;
      return send_look();
    case wake_phase::draining:
      if (!state_.endpoints.empty()) enter(wake_phase::healthy, settings_.idle_stop);
      return queue(errand::stop);
    case wake_phase::failed: return queue(errand::stop);
    case wake_phase::asleep:
    case wake_phase::healthy: state_.admission.what = errand::none; return;
  }
}

/// Nothing is sent without a grant any more.
void step::region_answers() {
  auto& with = state_.admission;
  with.alone = false;
  with.throttles = 0;
  if (with.sent || !with.grant.empty() || with.go_at == 0) return;
  with.go_at = 0;
  with.heard.ask_at = now_;
}

void step::on(const granted& told) {
  auto& with = state_.admission;
  region_answers();
  const bool known = told.attempt <= with.spent || told.grant == with.grant;
  if (known) return;
  const bool wanted = with.what != errand::none && !with.sent && with.grant.empty() && told.attempt == with.attempt;
  if (!wanted) {
    effects_.reports.push_back({told.grant, region::outcome::unused});
    return;
  }
  const auto in = std::clamp<unix_milliseconds>(told.in_ms, 0, settings_.start_timeout);
  with.grant = told.grant;
  with.go_at = now_ + in;
  // Counted from when it was asked for: no later than Region counts.
  with.valid_until =
      with.heard.asked_at + in + std::clamp<unix_milliseconds>(told.valid_ms, 0, settings_.start_timeout);
  with.heard.position = 0;
  with.heard.eta_at = with.go_at;
}

void step::on(const put_in_line& told) {
  auto& with = state_.admission;
  region_answers();
  if (with.what == errand::none || !with.grant.empty() || with.sent || told.attempt != with.attempt) return;
  const auto most = settings_.start_timeout;
  with.heard.position = told.position;
  with.heard.eta_at = told.position < 0 ? 0 : now_ + std::clamp<unix_milliseconds>(told.eta_ms, 0, 86'400'000);
  with.heard.ask_at = now_ + std::clamp(told.ask_ms, settings_.ask_least, most);
}

void step::on(const region_down& told) {
  auto& with = state_.admission;
  if (!std::exchange(with.alone, true)) {
    state_.pressure = std::max(state_.pressure, alone_pressure);
    // Thousands hear of it at once.
    const bool looks = state_.phase == wake_phase::starting &&
                       (state_.step == start_step::checking || state_.step == start_step::watching);
    if (looks && state_.in_flight == wake_call::none)
      alarm_by(now_ + 1 + (settings_.poll_most << state_.pressure) * jitter_ / 1000);
  }
  const bool asks = with.what != errand::none && with.grant.empty() && !with.sent && told.attempt == with.attempt;
  if (!asks) return;
  with.heard.position = -1;
  with.heard.eta_at = 0;
  const bool stops = with.what == errand::stop;
  with.heard.ask_at = now_ + (stops ? settings_.alone_stop_asks : settings_.alone_asks);
  if (with.go_at > 0) return;
  const auto wait = with.throttles > 0 ? alone_pause() : settings_.alone_wait * jitter_ / 1000;
  if (with.what == errand::look)
    with.go_at = now_;
  else
    with.go_at = stops ? std::max(now_ + wait, with.since + settings_.alone_stop) : now_ + wait;
}

/// From half of it to all of it.
unix_milliseconds step::alone_pause() const {
  const auto all = std::min(settings_.alone_pause << (state_.admission.throttles - 1), settings_.pause_most);
  return all / 2 + all / 2 * jitter_ / 1000;
}

}  // namespace sallyport::aws
