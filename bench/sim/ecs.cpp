#include "bench/sim/ecs.hpp"

namespace sallyport::sim {
namespace {

constexpr std::uint32_t no_service = 0xFFFFFFFF;
constexpr unix_milliseconds burst_for = 20'000;

}  // namespace

void quota::begin(double rate_of, double burst, const ecs_options& with) {
  rate = rate_of;
  tokens_ = burst_ = burst;
  others_ = with.others;
  burst_at_ = with.burst_at;
}

bool quota::take(unix_milliseconds now) {
  const bool burst = burst_at_ > 0 && now >= burst_at_ && now < burst_at_ + burst_for;
  const double gain = burst ? 0 : rate * (1 - others_) * static_cast<double>(now - filled_at_) / 1000;
  tokens_ = burst ? 0 : std::min(burst_, tokens_ + gain);
  filled_at_ = now;
  const auto minute = static_cast<std::size_t>(now / 60'000);
  if (asked.size() <= minute) {
    asked.resize(minute + 1);
    throttled.resize(minute + 1);
  }
  ++calls;
  ++asked[minute];
  if (tokens_ < 1) {
    ++refused;
    ++throttled[minute];
    return false;
  }
  tokens_ -= 1;
  return true;
}

ecs::ecs(loop& time, const ecs_options& with) : time_(time), with_(with), services_(with.services) {
  using region::bucket_name;
  of(bucket_name::update_service).begin(5 * with.update_times, 50 * with.update_times, with);
  of(bucket_name::run_stop).begin(40, 100, with);
  of(bucket_name::launches).begin(20, 100, with);
  of(bucket_name::describe_tasks).begin(20, 100, with);
  of(bucket_name::describe_services).begin(20, 100, with);
}

void ecs::update(std::uint32_t service, std::uint32_t desired) {
  auto& one = services_[service];
  if (one.desired == desired) return;
  one.desired = desired;
  // Its scheduler raises within seconds, and lowers within a minute.
  const auto later = desired > 0 ? time_.between(1'000, 4'000) : time_.between(1'000, 60'000);
  time_.in(later, [this, service] { reconcile(service); });
}

void ecs::reconcile(std::uint32_t service) {
  auto& one = services_[service];
  std::uint32_t live = 0;
  for (const auto number : one.tasks) {
    auto& each = tasks_[number];
    if (each.unwanted > 0) continue;
    if (one.desired == 0)
      stop(each);
    else
      ++live;
  }
  std::erase_if(one.tasks, [&](std::uint32_t number) {
    return tasks_[number].gone > 0 && tasks_[number].gone + 900'000 < time_.now();
  });
  if (live < one.desired) launch(service);
}

void ecs::stop(model_task& one) {
  one.unwanted = time_.now();
  one.gone = one.unwanted + time_.between(2'000, 12'000);
}

/// Fargate takes 20 a second.
void ecs::launch(std::uint32_t service) {
  next_launch_ = std::max(next_launch_ + 50, time_.now());
  ++launched;
  model_task one;
  one.number = static_cast<std::uint32_t>(tasks_.size());
  one.service = service;
  one.created = next_launch_;
  one.running = one.created + time_.log_normal(35'000, 0.35);
  one.ready = one.running + time_.log_normal(3'000, 0.8);
  one.healthy = one.ready + time_.between(1'000, 8'000);
  one.fails = service < with_.broken_images || time_.chance(with_.no_interface);
  const auto number = one.number;
  const auto fails_at = one.running;
  const bool fails = one.fails;
  if (fails) one.running = one.ready = one.healthy = one.created + 86'400'000;
  const bool spot = time_.chance(with_.spot);
  services_[service].tasks.push_back(number);
  tasks_.push_back(one);
  const auto end = fails ? fails_at : one.ready + time_.between(60'000, 3'600'000);
  if (!fails && !spot) return;
  time_.at(end, [this, number, service] {
    if (tasks_[number].unwanted == 0) stop(tasks_[number]);
    time_.in(time_.between(1'000, 4'000), [this, service] { reconcile(service); });
  });
}

std::string ecs::run(unix_milliseconds for_ms) {
  model_task one;
  one.number = static_cast<std::uint32_t>(tasks_.size());
  one.service = no_service;
  one.created = time_.now();
  one.running = one.created + time_.log_normal(35'000, 0.35);
  one.ready = one.healthy = one.running;
  one.unwanted = one.gone = one.running + for_ms;
  tasks_.push_back(one);
  return arn_of(one.number);
}

unix_milliseconds ecs::seen_at() {
  return time_.now() - (with_.behind > 0 ? time_.between(0, with_.behind) : 0);
}

aws::service_answer ecs::describe(std::uint32_t service) {
  const auto& one = services_[service];
  aws::service_answer out{"ACTIVE", one.desired, 0, 0, "", 0};
  for (const auto number : one.tasks) {
    const auto& each = tasks_[number];
    if (each.unwanted > 0) continue;
    ++(each.running <= time_.now() ? out.running : out.pending);
  }
  return out;
}

std::vector<std::string> ecs::list(std::uint32_t service) {
  std::vector<std::string> out;
  const auto when = seen_at();
  for (const auto number : services_[service].tasks) {
    const auto& each = tasks_[number];
    if (each.created <= when && (each.unwanted == 0 || each.unwanted > when)) out.push_back(arn_of(number));
  }
  return out;
}

const model_task* ecs::find(const std::string& arn) const {
  const auto number = static_cast<std::size_t>(std::stoul(arn.substr(1)));
  return number < tasks_.size() ? &tasks_[number] : nullptr;
}

std::uint32_t ecs::service_of(const std::string& arn) const {
  return find(arn)->service;
}

std::optional<aws::task> ecs::describe_task(const std::string& arn) {
  const auto* one = find(arn);
  const auto when = seen_at();
  if (one == nullptr || one->created > when || (one->gone > 0 && one->gone + 3'600'000 < when)) return std::nullopt;
  aws::task out;
  out.arn = arn;
  out.created_at = one->created;
  const bool gone = one->gone > 0 && one->gone <= when;
  const bool unwanted = one->unwanted > 0 && one->unwanted <= when;
  const bool running = one->running <= when;
  out.status = gone       ? aws::task_status::stopped
               : unwanted ? aws::task_status::deactivating
               : running  ? aws::task_status::running
                          : aws::task_status::pending;
  out.version = gone ? 6 : unwanted ? 4 : running ? 3 : 2;
  out.wanted = !unwanted;
  out.health = running && one->healthy <= when ? aws::health_status::healthy : aws::health_status::unknown;
  if (running) out.private_ipv4 = "10.0.0.1";
  if (gone && one->fails) {
    out.stop_code = "TaskFailedToStart";
    out.stopped_why = one->service < with_.broken_images
                          ? "CannotPullContainerError: image not found"
                          : "ResourceInitializationError: network interface provisioning timed out";
  }
  return out;
}

const model_task* ecs::serving(std::uint32_t service) const {
  for (const auto number : services_[service].tasks) {
    const auto& each = tasks_[number];
    if (each.ready <= time_.now() && (each.gone == 0 || each.gone > time_.now())) return &each;
  }
  return nullptr;
}

double ecs::task_hours() const {
  double out = 0;
  for (const auto& each : tasks_) {
    if (each.service == no_service || each.created > time_.now()) continue;
    const auto end = each.gone > 0 ? std::min(each.gone, time_.now()) : time_.now();
    out += static_cast<double>(end - each.created) / 3'600'000;
  }
  return out;
}

}  // namespace sallyport::sim
