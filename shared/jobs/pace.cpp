#include "jobs/pace.hpp"

#include <algorithm>

#include "encoding/json.hpp"
#include "jobs/jobs.hpp"

namespace sallyport::jobs {
namespace {

constexpr unix_milliseconds look_first = 1'000, look_most = 15'000;
constexpr unix_milliseconds pause_first = 1'000, pause_most = 60'000;
constexpr std::uint32_t most_due = 10;
constexpr unix_milliseconds between_rounds = 1'000;

/// 0.75 to 1.25 of it.
unix_milliseconds jittered(unix_milliseconds span, std::uint32_t jitter) {
  return span * (1500 + std::min<std::uint32_t>(jitter, 999)) / 2000;
}

std::uint32_t calls_of(const summary& runs) {
  std::uint32_t calls = 0;
  for (const auto& each : runs.groups) {
    calls += static_cast<std::uint32_t>((each.tasks + most_tasks_a_call - 1) / most_tasks_a_call);
  }
  return calls;
}

unix_milliseconds newest_of(const summary& runs) {
  unix_milliseconds newest = 0;
  for (const auto& each : runs.groups) newest = std::max(newest, each.newest);
  return newest;
}

/// The earlier of two times of which 0 is none.
unix_milliseconds earlier(unix_milliseconds one, unix_milliseconds other) {
  if (one == 0 || other == 0) return std::max(one, other);
  return std::min(one, other);
}

void plan_look(pace& state, const summary& runs, unix_milliseconds now) {
  if (calls_of(runs) == 0) {
    state.look_at = state.looking_until = 0;
    return;
  }
  const auto newest = newest_of(runs);
  if (state.look_at == 0 || newest > state.newest) state.look_at = earlier(state.look_at, now + look_first);
  state.newest = newest;
}

void end_look(pace& state, bool refused, const summary& runs, unix_milliseconds now, std::uint32_t jitter) {
  state.looking_until = 0;
  state.failed_looks = refused ? state.failed_looks + 1 : 0;
  state.newest = newest_of(runs);
  const auto span =
      refused ? pause_of(state.failed_looks, jitter) : until_next_look(now - state.newest, calls_of(runs), jitter);
  state.look_at = now + span;
}

/// Whether a look begins.
bool begin_look(pace& state, const summary& runs, unix_milliseconds now) {
  const auto due = state.looking_until != 0 ? state.looking_until : state.look_at;
  if (calls_of(runs) == 0 || due == 0 || due > now) return false;
  state.looking_until = now + call_lease * calls_of(runs);
  return true;
}

unix_milliseconds alarm_of(const pace& state, const summary& runs) {
  const auto due = runs.first_due == never || runs.first_due == 0 ? 0 : std::max(runs.first_due, state.next_round);
  const auto look = state.looking_until != 0 ? state.looking_until : state.look_at;
  const auto forget = runs.first_ended == 0 ? 0 : runs.first_ended + run_kept;
  return earlier(earlier(due, look), forget);
}

}  // namespace

unix_milliseconds pause_of(std::uint32_t tries, std::uint32_t jitter) {
  const auto doublings = std::min<std::uint32_t>(tries > 0 ? tries - 1 : 0, 16);
  return jittered(std::min(pause_first << doublings, pause_most), jitter);
}

unix_milliseconds until_next_look(unix_milliseconds since_change, std::uint32_t calls, std::uint32_t jitter) {
  return jittered(std::max(std::min(since_change / 4, look_most), calls * look_first), jitter);
}

plan next_plan(pace state, pace_event happened, const summary& runs, unix_milliseconds now, std::uint32_t jitter) {
  plan out;
  if (happened == pace_event::looked || happened == pace_event::look_refused)
    end_look(state, happened == pace_event::look_refused, runs, now, jitter);
  plan_look(state, runs, now);
  if (happened == pace_event::rang && state.next_round <= now) {
    out.take = most_due;
    state.next_round = runs.due > most_due ? now + between_rounds : 0;
  }
  if (happened == pace_event::rang) out.look = begin_look(state, runs, now);
  out.forget_ended_by = std::max<unix_milliseconds>(now - run_kept, 0);
  out.alarm = alarm_of(state, runs);
  out.state = state;
  return out;
}

std::string group_of(const run& of) {
  if (is_final(of.state) || of.task_arn.empty()) return {};
  const auto& [where, definition, container, role, subnets, groups, roles, ip, timeout] = of.place;
  return encoding::canonical_json(encoding::json::array({where.region, where.cluster, role}));
}

}  // namespace sallyport::jobs
