// The rate at which one kind of call may be sent: tokens, and how fast they come. Whole numbers throughout, so that every
// build counts alike.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/time.hpp"

namespace sallyport::region {

/// AWS has a quota for each in an account and region; `describe_tasks` is shared with ListTasks, `run_stop` by RunTask,
/// StopTask and StartTask.
enum class bucket_name : std::uint8_t { update_service, run_stop, launches, describe_tasks, describe_services };
inline constexpr std::size_t bucket_count = 5;

std::string_view name_of(bucket_name which);

/// A millionth of a token: a rate in tokens in a thousand seconds is micro_tokens in a millisecond.
using micro_tokens = std::int64_t;
inline constexpr micro_tokens whole_token = 1'000'000;

/// What is ours of a quota.
struct allowance {
  /// Micro tokens a millisecond.
  std::int64_t rate = 0;
  micro_tokens burst = 0;
};

/// How a rate follows AWS's refusals, in percent of the allowance.
struct pacing {
  /// What a refusal leaves of the rate, at most once in slow_every; never less than `least`.
  std::int64_t left = 70, least = 10;
  unix_milliseconds slow_every = 5'000;
  /// What each clean span gives back.
  std::int64_t step = 5;
  unix_milliseconds clean = 10'000;
};

struct bucket {
  std::int64_t rate = 0;
  /// Since when no refusal came, or the rate rose last; when it fell last.
  unix_milliseconds clean_since = 0;
  unix_milliseconds slowed_at = 0;
  unix_milliseconds filled_at = 0;
  micro_tokens tokens = 0;
  /// Given to calls that are sent as soon as these tokens are there. Where there are tokens, nothing is promised.
  micro_tokens promised = 0;

  bool operator==(const bucket&) const = default;
};

using buckets = std::array<bucket, bucket_count>;
using allowances = std::array<allowance, bucket_count>;

/// Empty at `now`, at that rate, as far as the allowance goes.
bucket new_bucket(std::int64_t rate, const allowance& most, const pacing& how, unix_milliseconds now);
/// Everything below wants a bucket that was filled at this very time.
void fill(bucket& one, const allowance& most, const pacing& how, unix_milliseconds now);
/// How long until `need` can be taken with `left` to spare.
unix_milliseconds due_in(const bucket& one, micro_tokens need, micro_tokens left);
void take(bucket& one, micro_tokens need);
void give_back(bucket& one, const allowance& most, micro_tokens unused);
/// AWS refused a call for its rate.
void slow(bucket& one, const allowance& most, const pacing& how, unix_milliseconds now);

}  // namespace sallyport::region
