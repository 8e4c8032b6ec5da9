#include "wake/region/bucket.hpp"

#include <algorithm>

namespace sallyport::region {
namespace {

/// A day fills every bucket.
constexpr unix_milliseconds elapsed_most = 86'400'000;

void add(bucket& one, const allowance& most, micro_tokens gain) {
  const micro_tokens paid = std::min(gain, one.promised);
  one.promised -= paid;
  one.tokens = std::min(most.burst, one.tokens + gain - paid);
}

std::int64_t least_rate(const allowance& most, const pacing& how) {
  return std::max<std::int64_t>(most.rate * how.least / 100, 1);
}

}  // namespace

std::string_view name_of(bucket_name which) {
  switch (which) {
    case bucket_name::update_service: return "update_service";
    case bucket_name::run_stop: return "run_stop";
    case bucket_name::launches: return "launches";
    case bucket_name::describe_tasks: return "describe_tasks";
    case bucket_name::describe_services: return "describe_services";
  }
  __builtin_trap();
}

bucket new_bucket(std::int64_t rate, const allowance& most, const pacing& how, unix_milliseconds now) {
  bucket out;
  out.rate = std::clamp(rate, std::min(least_rate(most, how), most.rate), most.rate);
  out.clean_since = out.filled_at = now;
  return out;
}

void fill(bucket& one, const allowance& most, const pacing& how, unix_milliseconds now) {
  while (one.filled_at < now) {
    const bool rises = one.rate < most.rate;
    const auto until = rises ? std::clamp(one.clean_since + how.clean, one.filled_at, now) : now;
    add(one, most, one.rate * std::min(until - one.filled_at, elapsed_most));
    one.filled_at = until;
    if (!rises || one.clean_since + how.clean > until) continue;
    one.rate = std::min(most.rate, one.rate + std::max<std::int64_t>(most.rate * how.step / 100, 1));
    one.clean_since = until;
  }
}

unix_milliseconds due_in(const bucket& one, micro_tokens need, micro_tokens left) {
  const micro_tokens lacking = need + left + one.promised - one.tokens;
  if (lacking <= 0) return 0;
  const auto rate = std::max<std::int64_t>(one.rate, 1);
  return (lacking + rate - 1) / rate;
}

void take(bucket& one, micro_tokens need) {
  const micro_tokens at_once = std::min(need, one.tokens);
  one.tokens -= at_once;
  one.promised += need - at_once;
}

void give_back(bucket& one, const allowance& most, micro_tokens unused) {
  add(one, most, unused);
}

void slow(bucket& one, const allowance& most, const pacing& how, unix_milliseconds now) {
  one.clean_since = now;
  if (one.slowed_at > 0 && now - one.slowed_at < how.slow_every) return;
  one.slowed_at = now;
  one.tokens = 0;
  one.rate = std::max(one.rate * how.left / 100, std::min(least_rate(most, how), most.rate));
}

}  // namespace sallyport::region
