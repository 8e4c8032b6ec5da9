#include "jobs/pace.hpp"

#include <doctest/doctest.h>

#include "jobs/jobs.hpp"
#include "tests/shared/jobs/world.hpp"

using namespace sallyport;
using namespace sallyport::jobs;

namespace {

constexpr std::uint32_t middle = 500;
constexpr unix_milliseconds now = 10'000'000;

summary watching(std::uint32_t tasks, unix_milliseconds newest = now) {
  return {never, 0, 0, {{tasks, newest}}};
}

}  // namespace

TEST_CASE("looks come soon after a change, then ever less often, and never more than one call a second") {
  CHECK(until_next_look(0, 1, middle) == 1'000);
  CHECK(until_next_look(40'000, 1, middle) == 10'000);
  CHECK(until_next_look(4'000'000, 1, middle) == 15'000);
  CHECK(until_next_look(0, 12, middle) == 12'000);
  CHECK(until_next_look(40'000, 1, 0) == 7'500);
  CHECK(until_next_look(40'000, 1, 999) == 12'495);
}

TEST_CASE("pauses double up to a minute, a quarter more or less") {
  CHECK(pause_of(0, middle) == 1'000);
  CHECK(pause_of(1, middle) == 1'000);
  CHECK(pause_of(2, middle) == 2'000);
  CHECK(pause_of(6, middle) == 32'000);
  CHECK(pause_of(7, middle) == 60'000);
  CHECK(pause_of(1'000'000, middle) == 60'000);
  CHECK(pause_of(1, 0) == 750);
}

TEST_CASE("tasks are looked at a second after the first is there, and no look is planned without any") {
  const auto none = next_plan({}, pace_event::changed, {}, now, middle);
  CHECK(none.alarm == 0);
  const auto first = next_plan({}, pace_event::changed, watching(1), now, middle);
  CHECK(first.alarm == now + 1'000);
  const auto early = next_plan(first.state, pace_event::rang, watching(1), now + 999, middle);
  CHECK_FALSE(early.look);
  const auto rang = next_plan(first.state, pace_event::rang, watching(1), now + 1'000, middle);
  CHECK(rang.look);
  CHECK(rang.alarm == now + 61'000);
  const auto gone = next_plan(rang.state, pace_event::looked, {}, now + 1'100, middle);
  CHECK(gone.alarm == 0);
}

TEST_CASE("while a look is under way there is no second one, until it is given up") {
  const auto planned = next_plan({}, pace_event::changed, watching(1), now, middle);
  const auto looking = next_plan(planned.state, pace_event::rang, watching(1), now + 1'000, middle);
  CHECK_FALSE(next_plan(looking.state, pace_event::rang, watching(1), now + 30'000, middle).look);
  CHECK(next_plan(looking.state, pace_event::rang, watching(1), now + 61'000, middle).look);
}

TEST_CASE("a change brings the next look forward; a refused look puts it off, longer each time") {
  const auto planned = next_plan({}, pace_event::looked, watching(1, now - 400'000), now, middle);
  CHECK(planned.alarm == now + 15'000);
  const auto changed = next_plan(planned.state, pace_event::changed, watching(2, now + 1), now + 1, middle);
  CHECK(changed.alarm == now + 1'001);
  auto refused = next_plan(planned.state, pace_event::look_refused, watching(1), now, middle);
  CHECK(refused.alarm == now + 1'000);
  refused = next_plan(refused.state, pace_event::look_refused, watching(1), now, middle);
  CHECK(refused.alarm == now + 2'000);
  refused = next_plan(refused.state, pace_event::looked, watching(1), now, middle);
  refused = next_plan(refused.state, pace_event::look_refused, watching(1), now, middle);
  CHECK(refused.alarm == now + 1'000);
}

TEST_CASE("ten runs that are due are taken at a time, the rest a second later") {
  const summary many{now - 5, 11, 0, {}}, few{now - 5, 10, 0, {}};
  const auto first = next_plan({}, pace_event::rang, many, now, middle);
  CHECK(first.take == 10);
  CHECK(next_plan(first.state, pace_event::changed, many, now, middle).alarm == now + 1'000);
  CHECK(next_plan(first.state, pace_event::rang, few, now + 999, middle).take == 0);
  const auto last = next_plan(first.state, pace_event::rang, few, now + 1'000, middle);
  CHECK(last.take == 10);
  CHECK(next_plan(last.state, pace_event::changed, {now + 7, 0, 0, {}}, now, middle).alarm == now + 7);
}

TEST_CASE("what is over is forgotten after a week, and the alarm rings for it") {
  const auto plan = next_plan({}, pace_event::changed, {0, 0, now, {}}, now, middle);
  CHECK(plan.alarm == now + run_kept);
  CHECK(next_plan({}, pace_event::rang, {0, 0, now, {}}, now + run_kept, middle).forget_ended_by == now);
}

TEST_CASE("runs of the same region, cluster and role are looked at together, those without a task not at all") {
  auto begun = next(std::nullopt, make_order("1"), now, middle);
  CHECK(group_of(*begun.state).empty());
  run one = *begun.state;
  take_task(one, make_task(), now);
  CHECK(group_of(one) == R"(["us-east-1","batch","role"])");
  end(one, stopped_by(stop_cause::caller), now);
  CHECK(group_of(one).empty());
}
