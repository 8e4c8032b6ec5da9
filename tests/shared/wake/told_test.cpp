#include "wake/told.hpp"

#include <doctest/doctest.h>

using namespace sallyport;
using namespace sallyport::aws;
using encoding::json;

namespace {

constexpr wake_settings settings{1, 8443};
constexpr unix_milliseconds start = 1'000'000;

wake_state in(wake_phase phase) {
  wake_state state;
  state.phase = phase;
  state.phase_since = start;
  return state;
}

}  // namespace

TEST_CASE("those who ask for a healthy service are told where its tasks are") {
  auto state = in(wake_phase::healthy);
  state.endpoints = {{"arn:task/1", "10.0.0.1", 8443}};
  const json endpoints = {{{"task_arn", "arn:task/1"}, {"address", "10.0.0.1"}, {"port", 8443}}};
  CHECK(told_of(state, start, settings) == json{{"answer", "ready"}, {"endpoints", endpoints}});
}

TEST_CASE("those who wait for a start are told when to come back: when it is likely over, in 2 seconds to an hour") {
  auto state = in(wake_phase::starting);
  state.progress = "pulling";
  const auto told = told_of(state, start + 1'500, settings);
  CHECK(told == json{{"answer", "starting"},
                     {"phase", "starting"},
                     {"progress", "pulling"},
                     {"since_ms", 1500},
                     {"retry_after_s", 29}});
  CHECK(told_of(state, start + 29'999, settings)["retry_after_s"] == 2);
  CHECK(told_of(state, start + 600'000, settings)["retry_after_s"] == 2);
  state.usual_start = 120'000;
  CHECK(told_of(state, start, settings)["retry_after_s"] == 120);
  CHECK(told_of(state, start, settings, {"", 500})["retry_after_s"] == 126);
}

TEST_CASE("those who ask after a start failed are told why, and when one may be tried again: in a second to an hour") {
  auto state = in(wake_phase::failed);
  state.why = reason::wake_timeout;
  state.detail = "AWS's words";
  state.retry_at = start + 9'001;
  CHECK(told_of(state, start, settings) ==
        json{{"answer", "failed"}, {"reason", "wake_timeout"}, {"retry_after_s", 10}, {"detail", "AWS's words"}});
  CHECK(told_of(state, start + 10'000, settings)["retry_after_s"] == 1);
  state.retry_at = start + 900'000;
  CHECK(told_of(state, start, settings)["retry_after_s"] == 900);
  state.retry_at = start + 9'000'000;
  CHECK(told_of(state, start, settings, {"", 999})["retry_after_s"] == 3'600);
}

TEST_CASE("a caller over budget is told so, and when it is free again") {
  auto state = in(wake_phase::asleep);
  for (std::uint32_t i = 0; i < settings.starts_per_caller; ++i) state.starts.push_back({"alice", start + i * 1'000});
  CHECK(told_over_budget(state, start + 60'000, settings, {"alice", 0}) ==
        json{{"answer", "refused"}, {"reason", "wake_budget_exhausted"}, {"retry_after_s", 3'540}});
}
