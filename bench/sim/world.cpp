#include "bench/sim/world.hpp"

namespace sallyport::sim {
namespace {

constexpr unix_milliseconds call_ms = 120;
/// An isolate tells a machine of a healthy service this often, not at every request.
constexpr unix_milliseconds report_every = 10'000;

}  // namespace

world::world(const world_options& with) : with_(with), time_(with.seed), aws_(time_, with.aws) {
  time_.run_until(with_.begin);
  settings_.min = 1;
  settings_.port = 8443;
  settings_.governed = with_.governor;
  settings_.ready_by_agent = with_.probe;
  for (auto* each : {&region_, &stand_in_}) {
    auto& to = each->settings;
    to.share = each == &region_ ? with_.share : with_.share / 2;
    to.quotas[0] = {static_cast<std::uint32_t>(5 * with_.aws.update_times),
                    static_cast<std::uint32_t>(50 * with_.aws.update_times)};
    if (!with_.batch) to.look.tasks_a_call = to.look.services_a_call = 1;
    if (!with_.aging) to.aged_after = 30 * 24 * hour;
    // As it was before a refusal slowed at most once in a while: each one does, and little comes back.
    if (!with_.floor) to.pace = {70, 0, 0, 2, 10'000};
    each->state = region::begin_region(with_.begin, to);
  }
  begin_services();
  if (with_.also != crowd::none) begin_crowd();
  for (const auto& [from, until] : with_.region_down) region_falls(from, until);
  if (with_.jobs_a_second > 0) plan_job();
  if (with_.aws.burst_at > 0) time_.at(with_.aws.burst_at, [this] { watch_rate(); });
}

void world::begin_services() {
  const auto count = with_.aws.services;
  services_.resize(count);
  double harmonic = 0;
  for (std::uint32_t i = 1; i <= count; ++i) harmonic += 1.0 / i;
  for (std::uint32_t i = 0; i < count; ++i) {
    services_[i].rate = with_.rate * count / harmonic / (i + 1);
    plan_request(i);
    if (with_.restart_at == 0) continue;
    time_.at(with_.restart_at + time_.between(0, 300'000), [this, i] { step(i, aws::restarted{}); });
  }
}

/// Those that are used least otherwise.
void world::begin_crowd() {
  const auto count = with_.aws.services;
  for (std::uint32_t n = 0; n < with_.crowd_size; ++n) {
    const std::uint32_t index = count - 1 - n;
    auto at = with_.crowd_at;
    if (with_.also == crowd::office) at += time_.between(-with_.crowd_spread, with_.crowd_spread);
    if (with_.also == crowd::monitor) at += time_.between(0, minute);
    services_[index].of_crowd = with_.also != crowd::monitor;
    const auto every = with_.also == crowd::monitor ? minute : 5 * minute;
    time_.at(at, [this, index, every] { repeat(index, every); });
  }
}

void world::repeat(std::uint32_t index, unix_milliseconds every) {
  request(index);
  time_.in(every, [this, index, every] { repeat(index, every); });
}

/// Thinning of a Poisson process at twice the mean rate, against the wave of the day.
void world::plan_request(std::uint32_t index) {
  auto at = static_cast<double>(time_.now());
  for (;;) {
    at += -std::log(time_.uniform()) / (2 * services_[index].rate) * 1000;
    if (at > static_cast<double>(std::min(with_.end, with_.quiet_from))) return;
    const double wave = 1 - std::cos(6.283185307179586 * at / static_cast<double>(24 * hour));
    if (time_.uniform() * 2 >= wave) continue;
    return time_.at(static_cast<unix_milliseconds>(at) + 1, [this, index] {
      request(index);
      plan_request(index);
    });
  }
}

void world::request(std::uint32_t index) {
  auto& one = services_[index];
  ++sums.requests;
  one.requested_at = time_.now();
  const bool healthy = one.state.phase == aws::wake_phase::healthy;
  if (healthy && time_.now() - one.reported_at < report_every) {
    ++sums.warm;
    return;
  }
  one.reported_at = time_.now();
  step(index, aws::allowed_request{std::to_string(time_.below(50))});
}

void world::step(std::uint32_t index, const aws::wake_event& what) {
  auto& one = services_[index];
  const auto before_phase = one.state.phase;
  const auto before_step = one.state.step;
  aws::wake_state before;
  before.phase = before_phase;
  before.step = before_step;
  before.admission.since = one.state.admission.since;
  before.admission.raise_since = one.state.admission.raise_since;
  auto next = aws::wake_next(std::move(one.state), what, time_.now(), settings_, time_.below(1000));
  one.state = std::move(next.state);
  if (std::holds_alternative<aws::allowed_request>(what)) {
    if (next.effects.answer == aws::wake_answer::ready) ++sums.warm;
    if (next.effects.answer == aws::wake_answer::refused || next.effects.answer == aws::wake_answer::failed)
      ++sums.refused;
    if (next.effects.answer == aws::wake_answer::join) {
      ++sums.cold;
      one.waiting.push_back(time_.now());
    }
  }
  noticed(index, before, next.effects);
  send(index, next.effects);
  if (one.state.alarm > 0 && one.state.alarm != one.alarm_at) {
    const auto at = one.alarm_at = one.state.alarm;
    time_.at(std::max(at, time_.now() + 1), [this, index, at] {
      if (services_[index].state.alarm != at) return;
      services_[index].alarm_at = 0;
      step(index, aws::alarm_rang{});
    });
  }
  if (one.state.probing.at > 0 && one.state.probing.at != one.probe_at) {
    const auto at = one.probe_at = one.state.probing.at;
    time_.at(std::max(at, time_.now() + 1), [this, index, at] {
      if (services_[index].state.probing.at != at) return;
      services_[index].probe_at = 0;
      step(index, aws::probe_due{});
    });
  }
}

void world::noticed(std::uint32_t index, const aws::wake_state& before, const aws::wake_effects& effects) {
  auto& one = services_[index];
  const auto now = time_.now();
  const bool starts = one.state.phase == aws::wake_phase::starting;
  if (before.phase != aws::wake_phase::starting && starts) {
    ++sums.starts;
    one.started_at = now;
    one.told_at = 0;
  }
  const bool was_in_line = before.phase == aws::wake_phase::starting && before.step == aws::start_step::queued;
  if (starts && one.state.step == aws::start_step::queued && one.told_at == 0 && one.state.admission.heard.eta_at > 0) {
    one.told_at = now;
    one.told_eta_at = one.state.admission.heard.eta_at;
  }
  if (effects.send == aws::wake_call::update && effects.desired > 0 && was_in_line) {
    sums.queue.push_back(now - before.admission.raise_since);
    if (now - before.admission.raise_since > 20'000 && one.told_at == 0) ++sums.untold;
    if (one.told_at > 0 && now - one.told_at > 10'000)
      sums.eta_percent.push_back(100 * (one.told_eta_at - one.told_at) / (now - one.told_at));
  }
  if (effects.send == aws::wake_call::update && effects.desired == 0) {
    ++sums.stops;
    if (settings_.governed) sums.stop_waits.push_back(now - one.state.admission.since);
  }
  if (before.phase != aws::wake_phase::starting || starts) return;
  sums.longest_start = std::max(sums.longest_start, now - one.started_at);
  release(one, one.state.phase == aws::wake_phase::healthy);
  const auto* task = aws_.serving(index);
  if (one.state.phase != aws::wake_phase::healthy || task == nullptr || task->ready < one.started_at) return;
  sums.lags.push_back(now - std::max(task->ready, task->running + with_.tunnel_late));
}

void world::release(service& one, bool ready) {
  for (const auto since : one.waiting) {
    sums.waits.push_back(time_.now() - since);
    if (one.of_crowd && since >= with_.crowd_at - 12 * minute && since <= with_.crowd_at + 12 * minute)
      sums.crowd_waits.push_back(time_.now() - since);
    ++(ready ? sums.served : sums.refused);
  }
  one.waiting.clear();
}

void world::send(std::uint32_t index, const aws::wake_effects& effects) {
  if (effects.send != aws::wake_call::none) {
    const auto which = effects.send;
    const auto desired = effects.desired;
    const bool known = effects.known_tasks_only;
    time_.in(call_ms, [this, index, which, desired, known] { call(index, which, desired, known); });
  }
  for (const auto& each : effects.reports) {
    if (auto* to = host()) tell_region(*to, region::report{each.grant, each.how});
  }
  if (effects.admit) admit(index, *effects.admit);
  for (const auto& each : effects.watches) watch(index, each);
  for (const auto& each : effects.probes) probe(index, each);
}

/// What a machine calls itself.
void world::call(std::uint32_t index, aws::wake_call which, std::uint32_t desired, bool known_only) {
  const auto now = time_.now();
  using region::bucket_name;
  if (which == aws::wake_call::update) {
    if (!aws_.of(bucket_name::update_service).take(now)) return refuse(index);
    const bool used = now - services_[index].requested_at < settings_.idle_stop - report_every - call_ms - 1'000;
    if (desired == 0 && used && services_[index].state.phase == aws::wake_phase::draining) ++sums.stopped_in_use;
    aws_.update(index, desired);
    return step(index, aws::updated{});
  }
  aws::looked out;
  if (!known_only) {
    if (!aws_.of(bucket_name::describe_services).take(now)) return refuse(index);
    out.service = aws_.describe(index);
    if (out.service->desired > 0 && !aws_.of(bucket_name::describe_tasks).take(now)) return refuse(index);
  }
  const auto names = known_only ? services_[index].state.known_tasks : aws_.list(index);
  if (!names.empty() && !aws_.of(bucket_name::describe_tasks).take(now)) return refuse(index);
  for (const auto& arn : names) {
    if (auto one = aws_.describe_task(arn)) out.tasks.push_back(std::move(*one));
  }
  step(index, out);
}

void world::refuse(std::uint32_t index) {
  step(index, aws::call_refused{{aws::error_kind::throttled, "ThrottlingException", "Rate exceeded", "", 400}});
}

void world::probe(std::uint32_t index, const aws::probe_order& order) {
  const auto number = order.number;
  const bool lost = time_.chance(with_.probes_lost);
  // The way to a task is there a while after it runs.
  time_.in(20, [this, index, number, lost, patience = order.patience] {
    const auto* task = aws_.serving(index);
    const bool there = !lost && task != nullptr && time_.now() >= task->running + with_.tunnel_late;
    auto came = there ? answer_of(index, number) : aws::probed{};
    came.number = number;
    time_.in(there ? 20 : patience, [this, index, came] { step(index, came); });
  });
}

aws::probed world::answer_of(std::uint32_t index, std::uint32_t number) {
  const auto* task = aws_.serving(index);
  aws::probed out;
  out.number = number;
  out.said = aws::probe_result::ready;
  out.heard = true;
  out.task_arn = arn_of(task->number);
  out.up_ms = time_.now() - task->running;
  out.idle_ms = std::min(out.up_ms, time_.now() - services_[index].requested_at);
  return out;
}

void world::run() {
  time_.run_until(with_.end);
  for (auto& each : services_) {
    sums.still_waiting += each.waiting.size();
    for (const auto since : each.waiting) sums.waits.push_back(with_.end - since);
    const auto& with = each.state.admission;
    if (with.what == aws::errand::stop && settings_.governed) sums.stop_waits.push_back(with_.end - with.since);
  }
}

}  // namespace sallyport::sim
