// A day of services that sleep, in the real state machine (shared/wake) and a modelled AWS: no network, no clock,
// the same numbers on every run. The model: Zipf popularity, a diurnal wave, the API quotas as token buckets, launch
// latency log-normal. Run by bench/wake_sim; the assumptions are printed with the results.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <random>
#include <vector>

#include "wake/wake.hpp"

namespace {

using namespace sallyport;
using namespace sallyport::aws;

constexpr unix_milliseconds day = 86'400'000;
constexpr unix_milliseconds start_of_day = 1'000'000'000;
constexpr double mean_requests_per_service_and_second = 0.004;
/// An isolate tells the coordinator of a healthy service this often, not at every request.
constexpr unix_milliseconds report_interval = 10'000;
constexpr unix_milliseconds hold = 25'000;
constexpr double launch_median_ms = 35'000, launch_sigma = 0.35;
constexpr unix_milliseconds health_ms = 10'000, call_ms = 120;

/// One API quota of the account: tokens per second, and how many can be saved up.
struct quota {
  const char* name;
  double rate, burst;
  double tokens = burst;
  unix_milliseconds filled_at = start_of_day;
  std::uint64_t calls = 0, refused = 0;
  std::vector<std::uint32_t> per_second = std::vector<std::uint32_t>(day / 1000 + 1);

  bool take(unix_milliseconds now, double count) {
    tokens = std::min(burst, tokens + rate * static_cast<double>(now - filled_at) / 1000);
    filled_at = now;
    calls += static_cast<std::uint64_t>(count);
    per_second[static_cast<std::size_t>(std::min<unix_milliseconds>((now - start_of_day) / 1000, day / 1000))] +=
        static_cast<std::uint32_t>(count);
    if (tokens < count) {
      refused += static_cast<std::uint64_t>(count);
      return false;
    }
    tokens -= count;
    return true;
  }
  std::uint32_t peak() const { return *std::max_element(per_second.begin(), per_second.end()); }
};

struct simulated_service {
  wake_state state;
  double rate = 0;
  std::uint32_t desired = 0;
  /// When the one task was created, becomes healthy, and is gone; 0: there is none.
  unix_milliseconds created_at = 0, healthy_at = 0;
  unix_milliseconds running_since = 0;
  unix_milliseconds last_report = 0;
  unix_milliseconds alarm_scheduled = 0;
  std::vector<unix_milliseconds> waiting;
};

enum class happening : std::uint8_t { request, alarm, look_answer, update_answer };
struct event {
  unix_milliseconds at;
  std::uint32_t service;
  happening what;
  std::uint32_t desired;
  bool operator>(const event& other) const { return at > other.at; }
};

struct totals {
  std::uint64_t requests = 0, cold = 0, within_hold = 0, refused = 0, failed = 0, starts = 0;
  std::vector<unix_milliseconds> waits;
  double task_ms = 0;
};

class simulation {
 public:
  explicit simulation(std::uint32_t services) : services_(services) {
    double harmonic = 0;
    for (std::uint32_t i = 1; i <= services; ++i) harmonic += 1.0 / i;
    const double all = mean_requests_per_service_and_second * services;
    for (std::uint32_t i = 0; i < services; ++i) {
      services_[i].rate = all / harmonic / (i + 1);
      schedule_request(i, start_of_day);
    }
  }

  void run() {
    while (!events_.empty() && events_.top().at < start_of_day + day) {
      const event next = events_.top();
      events_.pop();
      handle(next);
    }
    for (auto& each : services_) stop_counting(each, start_of_day + day);
  }

  totals sums;
  std::array<quota, 2> quotas{quota{"Describe*/List* (20/s, burst 100)", 20, 100},
                              quota{"UpdateService   (5/s, burst 50)", 5, 50}};
  std::size_t count() const { return services_.size(); }

 private:
  double uniform() { return (static_cast<double>(random_() >> 11) + 0.5) / 9007199254740992.0; }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }

  void push(unix_milliseconds at, std::uint32_t service, happening what, std::uint32_t desired = 0) {
    events_.push({at, service, what, desired});
  }

  /// Thinning of a Poisson process at twice the mean rate, against the wave of the day.
  void schedule_request(std::uint32_t index, unix_milliseconds after) {
    auto at = static_cast<double>(after);
    for (;;) {
      at += -std::log(uniform()) / (2 * services_[index].rate) * 1000;
      if (at > static_cast<double>(start_of_day + day)) return;
      const double wave = 1 - std::cos(6.283185307179586 * (at - start_of_day) / day);
      if (uniform() * 2 < wave) return push(static_cast<unix_milliseconds>(at) + 1, index, happening::request);
    }
  }

  void handle(const event& what) {
    auto& service = services_[what.service];
    switch (what.what) {
      case happening::request: return request(what, service);
      case happening::alarm:
        if (service.state.alarm == 0 || what.at < service.state.alarm) return;
        step(what.service, alarm_rang{}, what.at);
        return;
      case happening::look_answer: return answer_look(what);
      case happening::update_answer: return answer_update(what);
    }
  }

  void request(const event& what, simulated_service& service) {
    ++sums.requests;
    schedule_request(what.service, what.at);
    const bool healthy = service.state.phase == wake_phase::healthy;
    if (healthy && what.at - service.last_report < report_interval) return;
    service.last_report = what.at;
    const auto effects = step(what.service, allowed_request{std::to_string(what.at % 50)}, what.at);
    if (effects.answer == wake_answer::refused) ++sums.refused;
    if (effects.answer == wake_answer::failed) ++sums.failed;
    if (effects.answer != wake_answer::join) return;
    ++sums.cold;
    service.waiting.push_back(what.at);
  }

  wake_effects step(std::uint32_t index, const wake_event& what, unix_milliseconds now) {
    auto& service = services_[index];
    const wake_phase before = service.state.phase;
    auto next = wake_next(std::move(service.state), what, now, settings_, static_cast<std::uint32_t>(random_() % 1000));
    service.state = std::move(next.state);
    if (before != wake_phase::starting && service.state.phase == wake_phase::starting) ++sums.starts;
    if (before == wake_phase::starting && service.state.phase != wake_phase::starting) release(service, now);
    send(index, next.effects, now);
    if (service.state.alarm > 0 && service.state.alarm != service.alarm_scheduled) {
      service.alarm_scheduled = service.state.alarm;
      push(std::max(now + 1, service.state.alarm), index, happening::alarm);
    }
    return next.effects;
  }

  void send(std::uint32_t index, const wake_effects& effects, unix_milliseconds now) {
    if (effects.send == wake_call::look)
      push(now + call_ms, index, happening::look_answer, effects.known_tasks_only ? 1 : 0);
    if (effects.send == wake_call::update) push(now + call_ms, index, happening::update_answer, effects.desired);
  }

  void release(simulated_service& service, unix_milliseconds now) {
    for (const auto since : service.waiting) {
      sums.waits.push_back(now - since);
      if (now - since <= hold) ++sums.within_hold;
    }
    service.waiting.clear();
  }

  /// A look is DescribeServices, unless that says that nothing is wanted ListTasks, and, when there are any,
  /// DescribeTasks; the latter alone when they are known.
  void answer_look(const event& what) {
    auto& service = services_[what.service];
    const bool known_only = what.desired == 1;
    const double whole = service.desired == 0 ? 1 : 2 + (service.created_at > 0 ? 1 : 0);
    if (!quotas[0].take(what.at, known_only ? 1 : whole)) return refuse(what);
    looked seen;
    if (!known_only) seen.service = service_answer{"ACTIVE", service.desired, 0, 0, ""};
    if (service.created_at > 0) {
      task one;
      one.arn = "task";
      one.private_ipv4 = "10.0.0.1";
      one.created_at = service.created_at;
      one.status = what.at >= service.healthy_at - health_ms ? task_status::running : task_status::pending;
      one.health = what.at >= service.healthy_at ? health_status::healthy : health_status::unknown;
      seen.tasks.push_back(std::move(one));
    }
    step(what.service, seen, what.at);
  }

  void answer_update(const event& what) {
    auto& service = services_[what.service];
    if (!quotas[1].take(what.at, 1)) return refuse(what);
    service.desired = what.desired;
    if (what.desired == 0) stop_counting(service, what.at);
    if (what.desired > 0 && service.created_at == 0) {
      service.created_at = service.running_since = what.at;
      const auto launch = static_cast<unix_milliseconds>(launch_median_ms * std::exp(launch_sigma * normal()));
      service.healthy_at = what.at + launch + health_ms;
    }
    step(what.service, updated{}, what.at);
  }

  void refuse(const event& what) {
    step(what.service, call_refused{{error_kind::throttled, "ThrottlingException", "Rate exceeded", "", 400}}, what.at);
  }

  void stop_counting(simulated_service& service, unix_milliseconds now) {
    if (service.created_at == 0) return;
    sums.task_ms += static_cast<double>(now - service.running_since);
    service.created_at = 0;
  }

  std::mt19937_64 random_{20260101};
  std::vector<simulated_service> services_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  wake_settings settings_{1, 8443};
};

double percentile(std::vector<unix_milliseconds>& values, double part) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return static_cast<double>(values[static_cast<std::size_t>(at)]) / 1000;
}

void report(simulation& of) {
  auto& sums = of.sums;
  const double always_on = static_cast<double>(of.count()) * 24;
  const double used = sums.task_ms / 3'600'000;
  const auto share = [&](std::uint64_t part) {
    return 100 * static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(sums.requests, 1));
  };
  std::printf("%zu services\n", of.count());
  std::printf("  requests                 %12llu\n", static_cast<unsigned long long>(sums.requests));
  std::printf("  starts                   %12llu\n", static_cast<unsigned long long>(sums.starts));
  std::printf("  cold requests            %11.3f %%   (waited for a start)\n", share(sums.cold));
  std::printf("  told over budget         %11.3f %%\n", share(sums.refused));
  std::printf("  told a start had failed  %11.3f %%\n", share(sums.failed));
  const double p50 = percentile(sums.waits, 0.5), p99 = percentile(sums.waits, 0.99);
  std::printf("  wait of cold requests    p50 %.1f s, p99 %.1f s\n", p50, p99);
  for (const auto& each : of.quotas) {
    std::printf("  %-34s mean %7.2f/s, peak %5u/s, throttled %6.2f %%\n", each.name,
                static_cast<double>(each.calls) / 86'400, each.peak(),
                100 * static_cast<double>(each.refused) / static_cast<double>(std::max<std::uint64_t>(each.calls, 1)));
  }
  std::printf("  task-hours               %12.0f of %.0f always on: %.1f %% saved\n\n", used, always_on,
              100 * (1 - used / always_on));
}

}  // namespace

int main(int count, char** arguments) {
  std::printf(
      "assumed: Zipf popularity, %.3f requests/s a service on average, one wave a day; a start takes a log-normal "
      "time\n"
      "of median %.0f s and then %.0f s to be healthy; a call takes %lld ms; a service goes back to zero after 15 "
      "min.\n\n",
      mean_requests_per_service_and_second, launch_median_ms / 1000, static_cast<double>(health_ms) / 1000,
      static_cast<long long>(call_ms));
  std::vector<std::uint32_t> scales{1'000, 3'000, 6'000, 10'000};
  if (count > 1) scales = {static_cast<std::uint32_t>(std::strtoul(arguments[1], nullptr, 10))};
  for (const auto services : scales) {
    simulation one(services);
    one.run();
    report(one);
  }
}
