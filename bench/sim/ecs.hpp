// A model of ECS for one account and region: quotas as token buckets, services that start and stop tasks in their own time, and
// answers that are up to `behind` old.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "aws/ecs.hpp"
#include "bench/sim/loop.hpp"
#include "wake/region.hpp"

namespace sallyport::sim {

struct ecs_options {
  std::uint32_t services = 0;
  double update_times = 1;
  /// What console, deployments and Auto Scaling take of each quota; and all of it for 20 s at that time (0: never).
  double others = 0;
  unix_milliseconds burst_at = 0;
  unix_milliseconds behind = 0;
  std::uint32_t broken_images = 0;
  double no_interface = 0, spot = 0;
};

/// What AWS counts of one quota.
class quota {
 public:
  void begin(double rate, double burst, const ecs_options& with);
  /// False: throttled.
  bool take(unix_milliseconds now);

  std::uint64_t calls = 0, refused = 0;
  /// By minute.
  std::vector<std::uint32_t> asked, throttled;
  double rate = 0;

 private:
  double burst_ = 0, tokens_ = 0, others_ = 0;
  unix_milliseconds filled_at_ = 0, burst_at_ = 0;
};

struct model_task {
  std::uint32_t number = 0, service = 0;
  unix_milliseconds created = 0, running = 0, ready = 0, healthy = 0;
  /// When ECS wants it no more, and when it is gone; 0: not yet.
  unix_milliseconds unwanted = 0, gone = 0;
  bool fails = false;
};

class ecs {
 public:
  ecs(loop& time, const ecs_options& with);

  quota& of(region::bucket_name which) { return quotas_[static_cast<std::size_t>(which)]; }
  void update(std::uint32_t service, std::uint32_t desired);
  std::uint32_t desired(std::uint32_t service) const { return services_[service].desired; }
  aws::service_answer describe(std::uint32_t service);
  /// Those that are on their way up or up.
  std::vector<std::string> list(std::uint32_t service);
  std::optional<aws::task> describe_task(const std::string& arn);
  std::uint32_t service_of(const std::string& arn) const;
  /// Of a job.
  std::string run(unix_milliseconds for_ms);

  /// The task of that service that takes requests, if there is one.
  const model_task* serving(std::uint32_t service) const;
  const model_task* find(const std::string& arn) const;
  double task_hours() const;

  std::uint64_t launched = 0;

 private:
  struct known_service {
    std::uint32_t desired = 0;
    std::vector<std::uint32_t> tasks;
    bool scheduled = false;
  };
  void reconcile(std::uint32_t service);
  void launch(std::uint32_t service);
  void stop(model_task& one);
  unix_milliseconds seen_at();

  loop& time_;
  ecs_options with_;
  std::array<quota, region::bucket_count> quotas_;
  std::vector<known_service> services_;
  std::vector<model_task> tasks_;
  unix_milliseconds next_launch_ = 0;
};

inline std::string arn_of(std::uint32_t task) {
  return "t" + std::to_string(task);
}

}  // namespace sallyport::sim
