// What is to be reached, and whether it was.
#pragma once

#include <string>
#include <vector>

#include "bench/sim/world.hpp"

namespace sallyport::sim {

struct row {
  std::string what;
  double is = 0, most = 0;
  /// At least, not at most.
  bool least = false;
  /// Of `--without`, what takes this row away; empty: nothing.
  std::string holds = {};
  bool met() const { return least ? is >= most : is <= most; }
};

double percentile(std::vector<unix_milliseconds> values, double part);
/// In percent of all calls.
double throttled(quota& of);
/// Of the worst minute, in percent of the quota's rate, from then on.
double worst_minute(const quota& of, unix_milliseconds from, unix_milliseconds until);

/// What every run has to do, so that nothing passes by doing nothing.
std::vector<row> accounts(world& of);
std::vector<row> reads(world& of);
std::vector<row> lags(world& of, double p50, double p99, double p999);

}  // namespace sallyport::sim
