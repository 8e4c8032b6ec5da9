// The Regions of a world, and its jobs.
#include "bench/sim/world.hpp"

namespace sallyport::sim {
namespace {

constexpr unix_milliseconds way_ms = 5;
constexpr unix_milliseconds call_ms = 120;
/// Two tries of 2 s, the first time; then it is known to be down.
constexpr unix_milliseconds found_down_ms = 4'000;

std::string service_name(std::uint32_t index) {
  return std::to_string(index);
}

std::string cluster_of(std::uint32_t index) {
  return "c" + std::to_string(index % cluster_count);
}

std::string place_of(std::uint32_t index) {
  return "p" + std::to_string(index);
}

std::uint32_t number_of(const std::string& text, std::size_t from) {
  return static_cast<std::uint32_t>(std::stoul(text.substr(from)));
}

}  // namespace

/// Whom a machine reaches.
world::region_host* world::host() {
  if (region_.up) return &region_;
  return with_.stand_in ? &stand_in_ : nullptr;
}

void world::tell_region(region_host& to, const region::event& what) {
  auto next = region::region_next(std::move(to.state), what, time_.now(), to.settings);
  to.state = std::move(next.state);
  for (const auto& each : next.effects.calls) look(to, each);
  for (const auto& each : next.effects.told) told(each);
  ring(to, next.effects.alarm);
}

void world::ring(region_host& to, unix_milliseconds at) {
  if (at == 0 || (to.alarm_at > time_.now() && to.alarm_at <= at)) return;
  to.alarm_at = at;
  time_.at(std::max(at, time_.now() + 1), [this, &to, at] {
    if (to.alarm_at != at || !to.up) return;
    to.alarm_at = 0;
    tell_region(to, region::alarm_rang{});
  });
}

void world::admit(std::uint32_t index, const aws::admit_order& order) {
  time_.in(way_ms, [this, index, order] {
    auto* to = host();
    const bool fresh = !region_.up && time_.now() - found_down_at_ < found_down_ms;
    const auto later = way_ms + (fresh ? found_down_ms : 0);
    if (to == nullptr) return time_.in(later, [this, index, order] { step(index, aws::region_down{order.attempt}); });
    const auto& one = services_[index];
    const region::admit asked{place_of(index),
                              std::to_string(order.attempt),
                              one.of_crowd && with_.also == crowd::tenant ? "tenant" : "",
                              order.what,
                              order.n,
                              order.how,
                              order.waited_ms};
    auto next = region::region_next(std::move(to->state), asked, time_.now(), to->settings);
    to->state = std::move(next.state);
    ring(*to, next.effects.alarm);
    const auto answer = next.effects.answer;
    time_.in(later, [this, index, attempt = order.attempt, answer] {
      if (const auto* go = std::get_if<region::go>(&answer))
        step(index, aws::granted{attempt, go->grant, go->in_ms, go->valid_ms});
      if (const auto* line = std::get_if<region::queued>(&answer))
        step(index, aws::put_in_line{attempt, static_cast<std::int64_t>(line->position), line->eta_ms, line->ask_ms});
      if (const auto* full = std::get_if<region::full>(&answer))
        step(index, aws::put_in_line{attempt, -1, 0, full->ask_ms});
    });
  });
}

void world::watch(std::uint32_t index, const aws::watch_order& order) {
  time_.in(way_ms, [this, index, order] {
    auto* to = host();
    if (to == nullptr) return time_.in(way_ms, [this, index] { step(index, aws::region_down{0}); });
    tell_region(
        *to,
        region::watch{place_of(index), cluster_of(index), service_name(index), order.tasks, order.how, {}, order.soon});
  });
}

void world::look(region_host& by, const region::look& what) {
  time_.in(call_ms, [this, &by, what] {
    if (!by.up) return;
    tell_region(by, seen(what));
  });
}

region::look_answer world::seen(const region::look& what) {
  const bool services = what.kind == region::look_kind::services;
  const auto bucket = services ? region::bucket_name::describe_services : region::bucket_name::describe_tasks;
  region::look_answer out;
  out.id = what.id;
  if (!aws_.of(bucket).take(time_.now())) {
    out.refused = region::look_refusal::throttled;
    return out;
  }
  switch (what.kind) {
    case region::look_kind::services:
      for (const auto& each : what.names) out.services.push_back({each, aws_.describe(number_of(each, 0))});
      break;
    case region::look_kind::tasks:
      for (const auto& each : what.names) {
        auto one = aws_.describe_task(each);
        const auto of = one ? aws_.service_of(each) : 0;
        if (one) out.tasks.push_back({of < services_.size() ? service_name(of) : "", std::move(*one)});
      }
      break;
    case region::look_kind::list_service: out.listed = aws_.list(number_of(what.names.front(), 0)); break;
    case region::look_kind::list_cluster: {
      // A hundred a page, by number of the service.
      auto index = what.page.empty() ? number_of(what.cluster, 1) : number_of(what.page, 0);
      for (; index < services_.size() && out.listed.size() < 100; index += cluster_count) {
        for (auto& each : aws_.list(index)) out.listed.push_back(std::move(each));
      }
      if (index < services_.size()) out.next_page = std::to_string(index);
      break;
    }
  }
  return out;
}

void world::told(const region::facts& what) {
  time_.in(way_ms, [this, what] {
    const auto index = number_of(what.place, 1);
    if (what.place.front() == 'j') {
      for (const auto& each : what.tasks) {
        if (each.status != aws::task_status::stopped || jobs_[index].over) continue;
        jobs_[index].over = true;
        sums.job_lags.push_back(time_.now() - aws_.find(each.arn)->gone);
      }
      return;
    }
    step(index, aws::facts_told{what.service, what.tasks, what.missing, what.asked_ms_ago + way_ms, what.denied});
  });
}

/// It begins anew, with its rates, no tokens, and nobody in line.
void world::region_falls(unix_milliseconds from, unix_milliseconds until) {
  time_.at(from, [this] {
    region_.up = false;
    found_down_at_ = time_.now();
    stand_in_.state = region::begin_region(time_.now(), stand_in_.settings);
    stand_in_.alarm_at = 0;
  });
  time_.at(until, [this] {
    region_.state = region::begin_region(time_.now(), region_.settings);
    region_.alarm_at = 0;
    region_.up = true;
  });
}

/// How long a refusal slows, after all of a quota was taken by others for a while.
void world::watch_rate() {
  const auto most = region::allowances_of(region_.settings)[0].rate;
  const auto rate = region_.state.buckets[0].rate;
  if (rate < most * 95 / 100) slowed_at_ = time_.now();
  const bool back = slowed_at_ > 0 && rate >= most * 95 / 100;
  if (back && rate_back_after == 0) rate_back_after = time_.now() - with_.aws.burst_at - 20'000;
  if (!back) time_.in(1'000, [this] { watch_rate(); });
}

void world::plan_job() {
  time_.in(static_cast<unix_milliseconds>(-std::log(time_.uniform()) / with_.jobs_a_second * 1000) + 1, [this] {
    jobs_.emplace_back();
    admit_job(static_cast<std::uint32_t>(jobs_.size() - 1), time_.now());
    plan_job();
  });
}

void world::admit_job(std::uint32_t index, unix_milliseconds asked_at) {
  const auto place = "j" + std::to_string(index);
  if (!region_.up) return time_.in(1'000, [this, index, asked_at] { admit_job(index, asked_at); });
  const region::admit asked{
      place, "1", "", region::operation::run, 1, region::urgency::waited_for, time_.now() - asked_at};
  auto next = region::region_next(std::move(region_.state), asked, time_.now(), region_.settings);
  region_.state = std::move(next.state);
  ring(region_, next.effects.alarm);
  const auto* go = std::get_if<region::go>(&next.effects.answer);
  const auto* line = std::get_if<region::queued>(&next.effects.answer);
  if (go == nullptr)
    return time_.in(line != nullptr ? line->ask_ms : 30'000, [this, index, asked_at] { admit_job(index, asked_at); });
  jobs_[index].grant = go->grant;
  time_.in(go->in_ms + call_ms, [this, index] {
    const bool took = aws_.of(region::bucket_name::run_stop).take(time_.now());
    tell_region(region_, region::report{jobs_[index].grant, took ? region::outcome::ok : region::outcome::throttled});
    if (!took) return;
    jobs_[index].arn = aws_.run(static_cast<unix_milliseconds>(-std::log(time_.uniform()) * 265'000) + 1'000);
    watch_job(index);
  });
}

void world::watch_job(std::uint32_t index) {
  if (jobs_[index].over) return;
  if (auto* to = host())
    tell_region(
        *to,
        region::watch{"j" + std::to_string(index), cluster_of(index), "", {jobs_[index].arn}, region::watch_kind::job});
  time_.in(30'000, [this, index] { watch_job(index); });
}

}  // namespace sallyport::sim
