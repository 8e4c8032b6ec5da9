// Invariant: what a Durable Object has stored, whoever wrote it, is read as a state that is written and read again
// unchanged, or as none; and a machine that goes on from it, when its time has come or its object was restarted, ends in such
// a state.
//
// Input: a byte (even: a service that wakes, odd: a run of a job), then the stored text.
#include "encoding/json.hpp"
#include "jobs/json.hpp"
#include "tests/fuzz/support/fuzz.hpp"
#include "wake/json.hpp"

using namespace sallyport;

namespace {

constexpr unix_milliseconds now = 1'800'000'000'000;

void hold_wake(const aws::wake_state& state) {
  const auto written = aws::to_json(state);
  const auto again = aws::wake_state_from(written);
  fuzz::hold(again.has_value(), "a state of a service that was written can be read");
  fuzz::hold(aws::to_json(*again) == written, "a state of a service is read as it was written");
}

void wake(std::string_view text) {
  const auto stored = encoding::parse_json(text);
  if (!stored.ok()) return;
  const auto state = aws::wake_state_from(*stored);
  if (!state) return;
  hold_wake(*state);
  aws::wake_settings governed;
  governed.governed = true;
  for (const std::string_view kind : {"alarm", "restarted", "reset", "down"}) {
    const auto event = aws::wake_event_from({{"kind", kind}});
    fuzz::hold(event.has_value(), "an event that the object tells can be read");
    hold_wake(aws::wake_next(*state, *event, now, aws::wake_settings(), 500).state);
    hold_wake(aws::wake_next(*state, *event, now, governed, 500).state);
  }
}

void hold_run(const jobs::run& state) {
  const std::string written = jobs::to_text(state);
  const auto again = jobs::run_from(written);
  fuzz::hold(again.ok(), "a run that was written can be read");
  fuzz::hold(jobs::to_text(*again) == written, "a run is read as it was written");
}

void job(std::string_view text) {
  const std::string pace = jobs::to_text(jobs::pace_from(text));
  fuzz::hold(jobs::to_text(jobs::pace_from(pace)) == pace, "a pace is read as it was written");
  const auto state = jobs::run_from(text);
  if (!state.ok()) return;
  hold_run(*state);
  for (const jobs::event& happened : {jobs::event(jobs::alarm_rang{}), jobs::event(jobs::restarted{})}) {
    const auto made = jobs::next(*state, happened, now, 500);
    if (made.state) hold_run(*made.state);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const bool of_a_job = in.take_byte() % 2 == 1;
  if (of_a_job) {
    job(in.rest());
  } else {
    wake(in.rest());
  }
  return 0;
}
