// Services that sleep, their callers and agents, and the Regions that govern them: the shipped machines, wake_next and
// region_next, against the model of ECS. They know what they ask for, and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bench/sim/ecs.hpp"
#include "bench/sim/loop.hpp"
#include "wake/region.hpp"
#include "wake/wake.hpp"

namespace sallyport::sim {

/// The day begins a day after zero, which the machines read as never.
constexpr unix_milliseconds midnight = 86'400'000, hour = 3'600'000, minute = 60'000;
constexpr std::uint32_t cluster_count = 2;

enum class crowd : std::uint8_t { none, office, tenant, monitor };

struct world_options {
  ecs_options aws;
  std::uint64_t seed = 1;
  /// Nobody asks any more from then on.
  unix_milliseconds quiet_from = 100 * 24 * hour;
  unix_milliseconds begin = midnight, end = midnight + 24 * hour;
  /// Requests of a service and second, by the day's wave.
  double rate = 0.004;
  crowd also = crowd::none;
  std::uint32_t crowd_size = 0;
  unix_milliseconds crowd_at = midnight + 9 * hour, crowd_spread = 3 * minute;
  std::uint32_t share = 80;
  double probes_lost = 0.02;
  unix_milliseconds tunnel_late = 3'000;
  std::vector<std::pair<unix_milliseconds, unix_milliseconds>> region_down;
  bool stand_in = true;
  /// All machines begin anew within 5 min from then; 0: never.
  unix_milliseconds restart_at = 0;
  double jobs_a_second = 0;
  /// What `--without` takes away.
  bool governor = true, probe = true, batch = true, floor = true, aging = true;
};

/// What came of it. Times in milliseconds.
struct tally {
  std::uint64_t requests = 0, warm = 0, served = 0, refused = 0, cold = 0, starts = 0, stopped_in_use = 0, stops = 0;
  std::vector<unix_milliseconds> waits, crowd_waits, lags, queue, stop_waits, job_lags;
  /// Of the first time told, what came of it, in percent.
  std::vector<std::int64_t> eta_percent;
  std::uint64_t untold = 0;
  std::uint64_t still_waiting = 0;
  unix_milliseconds longest_start = 0;
};

class world {
 public:
  explicit world(const world_options& with);
  void run();

  tally sums;
  ecs& aws() { return aws_; }
  const world_options& options() const { return with_; }
  /// When the bucket of UpdateService was back at 95 % of its rate, after it was slowed last; 0: it never was.
  unix_milliseconds rate_back_after = 0;

 private:
  struct service {
    aws::wake_state state;
    double rate = 0;
    bool of_crowd = false;
    unix_milliseconds alarm_at = 0, probe_at = 0, reported_at = 0, requested_at = 0, started_at = 0;
    unix_milliseconds told_eta_at = 0, told_at = 0;
    std::vector<unix_milliseconds> waiting;
  };
  struct region_host {
    region::region_state state;
    region::region_settings settings;
    bool up = true;
    unix_milliseconds alarm_at = 0;
  };
  struct job {
    std::string arn, grant;
    bool over = false;
  };

  void begin_services();
  void begin_crowd();
  void plan_request(std::uint32_t index);
  void request(std::uint32_t index);
  void repeat(std::uint32_t index, unix_milliseconds every);
  void step(std::uint32_t index, const aws::wake_event& what);
  void noticed(std::uint32_t index, const aws::wake_state& before, const aws::wake_effects& effects);
  void release(service& one, bool ready);
  void send(std::uint32_t index, const aws::wake_effects& effects);
  void call(std::uint32_t index, aws::wake_call which, std::uint32_t desired, bool known_only);
  void refuse(std::uint32_t index);
  void probe(std::uint32_t index, const aws::probe_order& order);
  aws::probed answer_of(std::uint32_t index, std::uint32_t number);

  region_host* host();
  void tell_region(region_host& to, const region::event& what);
  void ring(region_host& to, unix_milliseconds at);
  void admit(std::uint32_t index, const aws::admit_order& order);
  void watch(std::uint32_t index, const aws::watch_order& order);
  void look(region_host& by, const region::look& what);
  region::look_answer seen(const region::look& what);
  void told(const region::facts& what);
  void region_falls(unix_milliseconds from, unix_milliseconds until);
  void watch_rate();

  void plan_job();
  void admit_job(std::uint32_t index, unix_milliseconds asked_at);
  void watch_job(std::uint32_t index);

  world_options with_;
  loop time_;
  ecs aws_;
  aws::wake_settings settings_;
  std::vector<service> services_;
  std::vector<job> jobs_;
  region_host region_, stand_in_;
  unix_milliseconds found_down_at_ = 0, slowed_at_ = 0;
  std::uint64_t listed_ = 0;
};

}  // namespace sallyport::sim
