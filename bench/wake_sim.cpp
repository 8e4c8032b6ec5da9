// Days of services that sleep, in the real state machines (shared/wake) and a modelled AWS: no network, no clock, the same numbers
// on every run. What is to be reached are assertions: the last line says PASS or MISSED, and the exit code with it.
//
//   wake_sim [--quick | --day] [--only SCENARIO] [--without governor|probe|batch|floor|aging]
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <future>
#include <iterator>
#include <string>
#include <vector>

#include "bench/sim/rows.hpp"

namespace {

using namespace sallyport;
using namespace sallyport::sim;
using region::bucket_name;

struct told {
  std::string lines;
  std::vector<row> rows;
  double lag = 0;
};

struct plan {
  world_options base;
  bool quick = false, day = false;
};

struct scenario {
  const char* name;
  /// Whether it is a small one, fit for a test.
  bool quick;
  std::function<told(plan)> play;
};

std::string line(const char* format, double one, double other = 0, double third = 0) {
  char out[200];
  std::snprintf(out, sizeof out, format, one, other, third);
  return out;
}

void add(std::vector<row>& to, std::vector<row> more) {
  for (auto& each : more) to.push_back(std::move(each));
}

std::string describe(world& of) {
  const auto& sums = of.sums;
  auto& update = of.aws().of(bucket_name::update_service);
  const auto& with = of.options();
  std::string out = line("  starts %.0f, cold requests %.0f, refused %.0f\n", static_cast<double>(sums.starts),
                         static_cast<double>(sums.cold), static_cast<double>(sums.refused));
  out +=
      line("  wait of cold requests p50 %.1f, p99 %.1f s\n", percentile(sums.waits, 0.5), percentile(sums.waits, 0.99));
  out += line("  in line p50 %.1f, p99 %.1f, longest %.1f s\n", percentile(sums.queue, 0.5),
              percentile(sums.queue, 0.99), percentile(sums.queue, 1));
  out += line("  UpdateService worst minute %.0f %% of its quota, throttled %.2f %%\n",
              worst_minute(update, with.begin, with.end), throttled(update));
  return out;
}

/// Runs it; what every scenario tells.
told played(world& one) {
  one.run();
  told out;
  out.lines = describe(one);
  out.rows = accounts(one);
  return out;
}

told wave(plan how, std::uint32_t share, double most) {
  how.base.share = share;
  world one(how.base);
  told out = played(one);
  auto& update = one.aws().of(bucket_name::update_service);
  add(out.rows, lags(one, 0.3, 1, 5));
  add(out.rows, reads(one));
  out.rows.push_back({"UpdateService throttled, %", throttled(update), 0, false, "governor"});
  out.rows.push_back(
      {"UpdateService, worst minute, % of quota", worst_minute(update, how.base.begin, how.base.end), most});
  out.rows.push_back({"longest wait of a stop, h", percentile(one.sums.stop_waits, 1) / 3600, 2, false, "aging"});
  out.lag = percentile(one.sums.lags, 0.99);
  out.lines += line("  task-hours %.0f\n", one.aws().task_hours());
  return out;
}

told beside_others(plan how, double others, double most) {
  how.base.aws.others = others;
  how.base.end = how.base.begin + (how.quick ? hour : 2 * hour);
  world one(how.base);
  told out = played(one);
  out.rows.push_back({"throttled, %", throttled(one.aws().of(bucket_name::update_service)), most});
  return out;
}

told behind(plan how) {
  how.base.aws.behind = 3'000;
  how.base.end = how.base.begin + (how.quick ? hour : 2 * hour);
  world one(how.base);
  told out = played(one);
  add(out.rows, lags(one, 4, 4, 8));
  return out;
}

plan morning(plan how) {
  how.base.begin = midnight + 8 * hour;
  how.base.end = midnight + 9 * hour + 40 * minute;
  how.base.also = crowd::office;
  how.base.crowd_size = how.base.aws.services * 6 / 10;
  return how;
}

told office(plan how, double times, bool reached) {
  how = morning(how);
  how.base.aws.update_times = times;
  world one(how.base);
  told out = played(one);
  const auto p50 = percentile(one.sums.crowd_waits, 0.5), p99 = percentile(one.sums.crowd_waits, 0.99);
  out.lines += line("  9:00: wait p50 %.1f, p99 %.1f s\n", p50, p99);
  if (reached) {
    out.rows.push_back({"9:00: wait p50, s", p50, 45});
    out.rows.push_back({"9:00: wait p99, s", p99, 90});
    out.rows.push_back({"9:00: longest in line, s", percentile(one.sums.queue, 1), 10});
    return out;
  }
  double right = 0;
  for (const auto each : one.sums.eta_percent) right += each >= 70 && each <= 130 ? 1 : 0;
  const auto all = static_cast<double>(one.sums.eta_percent.size());
  out.lines += line("  told a time in line: %.0f\n", all);
  out.rows.push_back(
      {"told a time in line that is right within 30 %, % of them", all > 0 ? 100 * right / all : 100, 90, true});
  out.rows.push_back({"in line for 20 s and told no place", static_cast<double>(one.sums.untold), 0});
  out.rows.push_back({"9:00: throttled, %", throttled(one.aws().of(bucket_name::update_service)), 0});
  return out;
}

double throttled_between(const quota& of, unix_milliseconds from, unix_milliseconds until) {
  double asked = 0, refused = 0;
  for (auto at = static_cast<std::size_t>(from / minute); at < of.asked.size(); ++at) {
    if (static_cast<unix_milliseconds>(at) * minute >= until) break;
    asked += of.asked[at];
    refused += of.throttled[at];
  }
  return 100 * refused / std::max(asked, 1.0);
}

told down(plan how, bool stand_in) {
  how = morning(how);
  const auto from = midnight + 9 * hour, until = from + 10 * minute;
  how.base.region_down = {{from, until}};
  how.base.stand_in = stand_in;
  world one(how.base);
  told out = played(one);
  auto& update = one.aws().of(bucket_name::update_service);
  const auto meanwhile = throttled_between(update, from, until);
  out.lines += line("  throttled while down %.1f %%, later %.2f %%\n", meanwhile,
                    throttled_between(update, until + minute, how.base.end));
  out.rows.push_back({"longest start, min", static_cast<double>(one.sums.longest_start) / 60'000, 25});
  if (stand_in) {
    out.rows.push_back({"throttled while down, %", meanwhile, 20});
    out.rows.push_back({"throttled from 60 s after, %", throttled_between(update, until + minute, how.base.end), 0});
    return out;
  }
  const auto served = static_cast<double>(update.rate) * 600;
  double took = 0;
  for (auto at = from / minute; at < until / minute; ++at) {
    const auto index = static_cast<std::size_t>(at);
    if (index < update.asked.size()) took += update.asked[index] - update.throttled[index];
  }
  out.rows.push_back({"of the quota used while down, %", 100 * took / served, how.quick ? 0 : 95.0, true});
  return out;
}

told tenant(plan how) {
  how = morning(how);
  how.base.also = crowd::none;
  world without(how.base);
  without.run();
  how.base.also = crowd::tenant;
  how.base.crowd_size = how.base.aws.services * 3 / 10;
  world with(how.base);
  told out = played(with);
  // Who came with the tenant is in crowd_waits, too.
  auto others = with.sums.waits;
  std::sort(others.begin(), others.end());
  auto crowd = with.sums.crowd_waits;
  std::sort(crowd.begin(), crowd.end());
  std::vector<unix_milliseconds> rest;
  std::set_difference(others.begin(), others.end(), crowd.begin(), crowd.end(), std::back_inserter(rest));
  out.rows.push_back({"others' p99 beside a tenant of many, s more",
                      percentile(rest, 0.99) - percentile(without.sums.waits, 0.99), 5});
  return out;
}

told burst(plan how) {
  how.base.begin = midnight + 11 * hour;
  how.base.end = midnight + 13 * hour;
  how.base.aws.burst_at = midnight + 12 * hour;
  world one(how.base);
  told out = played(one);
  const auto back = static_cast<double>(one.rate_back_after > 0 ? one.rate_back_after : hour) / 60'000;
  out.rows.push_back({"after another's burst: 95 % of the rate, min", back, 4, false, "floor"});
  return out;
}

told jobs(plan how) {
  how.base.aws.services = how.quick ? 50 : 200;
  how.base.jobs_a_second = 1.16;
  how.base.end = how.base.begin + (how.quick ? hour / 2 : 3 * hour);
  world one(how.base);
  told out = played(one);
  const auto seconds = static_cast<double>(how.base.end - how.base.begin) / 1000;
  out.rows.push_back({"job end known p99, s", percentile(one.sums.job_lags, 0.99), 16});
  out.rows.push_back({"jobs whose end is known", static_cast<double>(one.sums.job_lags.size()), seconds * 0.5, true});
  out.rows.push_back(
      {"DescribeTasks a second", static_cast<double>(one.aws().of(bucket_name::describe_tasks).calls) / seconds, 1});
  return out;
}

told faults(plan how) {
  how.base.begin = midnight + 11 * hour;
  how.base.end = midnight + 14 * hour;
  how.base.aws.broken_images = how.base.aws.services / 200;
  how.base.aws.no_interface = 0.005;
  how.base.aws.spot = 0.01;
  how.base.restart_at = midnight + 12 * hour;
  world one(how.base);
  told out = played(one);
  out.rows.push_back({"throttled, %", throttled(one.aws().of(bucket_name::update_service)), 0});
  out.rows.push_back({"longest start, min", static_cast<double>(one.sums.longest_start) / 60'000, 40});
  return out;
}

/// Many came, and then nobody.
told asleep(plan how) {
  how.base.aws.services /= 4;
  how.base.begin = midnight + 11 * hour;
  how.base.end = midnight + 16 * hour;
  how.base.quiet_from = midnight + 12 * hour;
  world one(how.base);
  one.run();
  told out;
  std::uint64_t calls = 0;
  for (std::size_t i = 0; i < region::bucket_count; ++i) {
    const auto& of = one.aws().of(static_cast<bucket_name>(i));
    for (auto at = static_cast<std::size_t>((how.base.end - hour) / minute); at < of.asked.size(); ++at)
      calls += of.asked[at];
  }
  out.lines = describe(one);
  out.rows.push_back({"calls of AWS in the last hour", static_cast<double>(calls), 0});
  return out;
}

std::vector<scenario> scenarios() {
  std::vector<scenario> out;
  out.push_back({"wave", true, [](plan how) { return wave(how, 80, 88); }});
  out.push_back({"wave, share 60", false, [](plan how) { return wave(how, 60, 65); }});
  for (const std::uint64_t seed : {2ULL, 3ULL}) {
    out.push_back({seed == 2 ? "wave, seed 2" : "wave, seed 3", false, [seed](plan how) {
                     how.base.seed = seed;
                     return wave(how, 80, 88);
                   }});
  }
  out.push_back({"others take 15 %", false, [](plan how) { return beside_others(how, 0.15, 0); }});
  out.push_back({"others take 30 %", false, [](plan how) { return beside_others(how, 0.3, 1); }});
  out.push_back({"looks 3 s behind", true, behind});
  out.push_back({"office", true, [](plan how) { return office(how, 1, false); }});
  out.push_back({"office, UpdateService x 4", true, [](plan how) { return office(how, 4, true); }});
  out.push_back({"Region down at 9:00", true, [](plan how) { return down(how, true); }});
  out.push_back({"Region and stand-in down at 9:00", true, [](plan how) { return down(how, false); }});
  out.push_back({"tenant", true, tenant});
  out.push_back({"another's burst", false, burst});
  out.push_back({"jobs", true, jobs});
  out.push_back({"faults", true, faults});
  out.push_back({"all asleep", true, asleep});
  return out;
}

bool without(world_options& base, const std::string& what) {
  if (what == "governor")
    base.governor = false;
  else if (what == "probe")
    base.probe = false;
  else if (what == "batch")
    base.batch = false;
  else if (what == "floor")
    base.floor = false;
  else if (what == "aging")
    base.aging = false;
  else
    return false;
  return true;
}

/// Returns whether all was reached.
bool print(const char* name, const told& came, const std::string& taken) {
  std::printf("%s\n%s", name, came.lines.c_str());
  bool all = true;
  for (const auto& each : came.rows) {
    const bool own = !taken.empty() && each.holds == taken;
    if (!each.met()) all = false;
    std::printf("  %-8s %s: %.2f (%s %.2f)%s\n", each.met() ? "ok" : "MISSED", each.what.c_str(), each.is,
                each.least ? "at least" : "at most", each.most, own ? "  <- what was taken away" : "");
  }
  return all;
}

}  // namespace

int main(int count, char** arguments) {
  plan how;
  how.base.aws.services = 10'000;
  std::string only, taken;
  for (int i = 1; i < count; ++i) {
    const std::string each = arguments[i];
    if (each == "--quick")
      how.quick = true;
    else if (each == "--day")
      how.day = true;
    else if (each == "--only" && i + 1 < count)
      only = arguments[++i];
    else if (each == "--without" && i + 1 < count && without(how.base, arguments[i + 1]))
      taken = arguments[++i];
    else {
      std::fprintf(stderr,
                   "wake_sim [--quick | --day] [--only SCENARIO] [--without governor|probe|batch|floor|aging]\n");
      return 2;
    }
  }
  if (!how.day) {
    how.base.begin = midnight + 9 * hour;
    how.base.end = midnight + 14 * hour;
  }
  if (how.quick) {
    how.base.aws.services = 300;
    how.base.begin = midnight + 11 * hour;
    how.base.end = midnight + 13 * hour;
  }
  std::printf(
      "assumed: %u services, Zipf popularity, %.3f requests/s a service on average, one wave a day; a start is 1 to 4 "
      "s of the\n"
      "scheduler, a log-normal time of median 35 s, and an app that takes 3 s more; a call takes 120 ms; a service "
      "goes back to\n"
      "zero after 15 min; two clusters; 2 %% of probes are lost, and the way to a task is there 3 s after it runs.\n\n",
      how.base.aws.services, how.base.rate);
  std::vector<scenario> all;
  for (auto& each : scenarios()) {
    const bool wanted = only.empty() || std::string(each.name).rfind(only, 0) == 0;
    if (wanted && (!how.quick || each.quick)) all.push_back(std::move(each));
  }
  bool reached = !all.empty();
  double lag = -1;
  // Two at a time: each has its own world.
  for (std::size_t i = 0; i < all.size(); i += 2) {
    std::future<told> second;
    if (i + 1 < all.size()) second = std::async(std::launch::async, all[i + 1].play, how);
    const auto first = all[i].play(how);
    if (lag < 0) lag = first.lag;
    reached = print(all[i].name, first, taken) && reached;
    if (second.valid()) reached = print(all[i + 1].name, second.get(), taken) && reached;
    std::fflush(stdout);
  }
  std::printf("\nlag p99 %.2f s %s\n", lag, reached ? "PASS" : "MISSED");
  return reached ? 0 : 1;
}
