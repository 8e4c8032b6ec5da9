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

TEST_CASE("those who wake nothing are told that it sleeps, also while it is on its way to sleep") {
  for (const auto phase : {wake_phase::asleep, wake_phase::draining}) {
    CHECK(told_without_waking(in(phase), start, settings) == json{{"answer", "asleep"}});
  }
  for (const auto phase : {wake_phase::starting, wake_phase::healthy, wake_phase::failed}) {
    CHECK(told_without_waking(in(phase), start, settings) == told_of(in(phase), start, settings));
  }
}

TEST_CASE("the state that a page polls has the same members whatever it is, null where they do not apply") {
  const auto document = [](const wake_state& state, unix_milliseconds later) {
    return state_document(told_without_waking(state, start + later, settings));
  };
  const json nothing = {{"v", 1},
                        {"state", "asleep"},
                        {"progress", nullptr},
                        {"elapsed", nullptr},
                        {"position", nullptr},
                        {"retry_after", nullptr}};
  const auto but = [&](const json& members) {
    auto all = nothing;
    all.update(members);
    return all;
  };
  CHECK(document(in(wake_phase::asleep), 0) == nothing);
  CHECK(document(in(wake_phase::healthy), 0) == but({{"state", "ready"}}));
  auto state = in(wake_phase::starting);
  CHECK(document(state, 1'999) == but({{"state", "starting"}, {"elapsed", 1}, {"retry_after", 29}}));
  state.progress = "pulling";
  CHECK(document(state, -5) ==
        but({{"state", "starting"}, {"progress", "pulling"}, {"elapsed", 0}, {"retry_after", 31}}));
  state = in(wake_phase::failed);
  state.retry_at = start + 9'000;
  state.detail = "AWS's words";
  CHECK(document(state, 0) == but({{"state", "failed"}, {"retry_after", 9}}));
}
