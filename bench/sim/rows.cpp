#include "bench/sim/rows.hpp"

namespace sallyport::sim {

double percentile(std::vector<unix_milliseconds> values, double part) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return static_cast<double>(values[static_cast<std::size_t>(at)]) / 1000;
}

double throttled(quota& of) {
  return 100 * static_cast<double>(of.refused) / static_cast<double>(std::max<std::uint64_t>(of.calls, 1));
}

double worst_minute(const quota& of, unix_milliseconds from, unix_milliseconds until) {
  std::uint32_t worst = 0;
  for (auto at = static_cast<std::size_t>(from / minute); at < of.asked.size(); ++at) {
    if (static_cast<unix_milliseconds>(at) * minute < until) worst = std::max(worst, of.asked[at]);
  }
  return 100 * worst / (of.rate * 60);
}

std::vector<row> accounts(world& of) {
  const auto& sums = of.sums;
  const auto known = sums.warm + sums.served + sums.refused + sums.still_waiting;
  const double all = static_cast<double>(std::max<std::uint64_t>(sums.requests, 1));
  return {{"requests that are not accounted for", static_cast<double>(sums.requests) - static_cast<double>(known), 0},
          {"requests served, %", 100 * static_cast<double>(sums.warm + sums.served) / all, 50, true},
          {"requests that wait at the end, %", 100 * static_cast<double>(sums.still_waiting) / all, 0.1},
          {"services stopped while in use", static_cast<double>(sums.stopped_in_use), 0}};
}

std::vector<row> reads(world& of) {
  using region::bucket_name;
  const auto& with = of.options();
  auto& tasks = of.aws().of(bucket_name::describe_tasks);
  auto& services = of.aws().of(bucket_name::describe_services);
  return {{"DescribeTasks+ListTasks, worst minute, % of quota", worst_minute(tasks, with.begin, with.end), 25, false,
           "batch"},
          {"DescribeServices, worst minute, % of quota", worst_minute(services, with.begin, with.end), 25},
          {"reads throttled, %", std::max(throttled(tasks), throttled(services)), 0}};
}

std::vector<row> lags(world& of, double p50, double p99, double p999) {
  const auto& all = of.sums.lags;
  return {{"lag p50, s", percentile(all, 0.5), p50},
          {"lag p99, s", percentile(all, 0.99), p99, false, "probe"},
          {"lag p99.9, s", percentile(all, 0.999), p999}};
}

}  // namespace sallyport::sim
