// The table of jobs/jobs.hpp, row by row.
#include "jobs/jobs.hpp"

#include <doctest/doctest.h>

#include "tests/shared/jobs/world.hpp"

using namespace sallyport;
using namespace sallyport::jobs;
using aws::error_kind;

namespace {

constexpr unix_milliseconds begin_at = 1'000'000'000;

/// One run through events, and the effects of the last one.
struct walk {
  std::optional<run> state;
  effects then;
  unix_milliseconds now = begin_at;

  walk& on(const event& happened, unix_milliseconds later = 100) {
    now += later;
    auto made = next(std::move(state), happened, now, 500);
    state = std::move(made.state);
    then = std::move(made.then);
    return *this;
  }
  walk& rings() { return on(alarm_rang{}, std::max<unix_milliseconds>(due_of(*state) - now, 0)); }

  bool asking() const { return then.send == task_call::run_task; }
  bool stopping() const { return then.send == task_call::stop_task; }
  bool released(wait_for what) const {
    return std::any_of(then.releases.begin(), then.releases.end(),
                       [&](const release& one) { return one.what == what; });
  }
};

question asked_by(const std::string& name, bool may_inspect = false, unix_milliseconds wait = 0) {
  return {make_caller(name), may_inspect, wait};
}

start_answered a_task() {
  return {{make_task(), {}, false, false}};
}
start_answered refusal(error_kind kind) {
  return {read_refused_start(make_error(kind))};
}

/// Told to its caller, as a run is whose start was put off.
walk told() {
  walk w;
  w.on(make_order("1")).on(waited{asked_by("alice"), wait_for::start, std::nullopt});
  return w;
}
walk with_task() {
  walk w = told();
  w.on(a_task());
  return w;
}

}  // namespace

TEST_CASE("a run that is wanted is asked for at once, and its caller hears the first response") {
  walk w;
  w.on(make_order("1", "alice", 30'000));
  CHECK(w.asking());
  CHECK(w.then.wait == wait_for::start);
  CHECK(w.then.wait_time == answer_hold);
  CHECK(due_of(*w.state) == w.now + call_lease);
  w.on(a_task());
  CHECK(w.released(wait_for::start));
  CHECK(w.state->task_arn == "arn:task/1");
  w.on(waited{asked_by("alice", false, 30'000), wait_for::start, std::nullopt});
  CHECK(w.then.wait == wait_for::end);
  CHECK(w.then.wait_time == 30'000);
  w.on(task_seen{ended_task("EssentialContainerExited", 0)});
  CHECK(w.released(wait_for::end));
  w.on(waited{asked_by("alice", false, 30'000), wait_for::end, std::nullopt});
  CHECK(w.then.wait == wait_for::nothing);
  CHECK_FALSE(w.then.refused);
}

TEST_CASE("one key is one run: for its caller and input, and for nobody and nothing else") {
  walk w = with_task();
  auto again = make_order("2");
  w.on(again);
  CHECK(w.state->id == "1");
  CHECK(w.then.send == task_call::none);
  CHECK(w.then.wait == wait_for::nothing);
  again.input_digest = "other";
  w.on(again);
  CHECK(w.then.refused->why == reason::job_key_reused);
  w.on(make_order("2", "bob"));
  CHECK(w.then.refused->why == reason::job_key_reused);
  CHECK(w.state->id == "1");
  w.on(make_order("2"), begin_at + 100 + key_kept - 1 - w.now);
  CHECK(w.state->id == "1");
  w.on(make_order("2"), 1);
  CHECK(w.state->id == "2");
  CHECK(w.asking());
}

TEST_CASE("nobody sees or stops a run but its caller, and those whom inspect lets in") {
  for (const bool there : {true, false}) {
    walk w = there ? with_task() : walk();
    w.on(look_wanted{asked_by("bob")});
    CHECK(w.then.refused->why == reason::job_not_found);
    w.on(stop_wanted{asked_by("bob")});
    CHECK(w.then.refused->why == reason::job_not_found);
    CHECK(w.then.send == task_call::none);
  }
  walk w = with_task();
  w.on(waited{asked_by("bob"), wait_for::end, std::nullopt});
  CHECK(w.then.refused->why == reason::job_not_found);
  w.on(look_wanted{asked_by("carol", true)});
  CHECK_FALSE(w.then.refused);
  w.on(stop_wanted{asked_by("carol", true)});
  CHECK(w.stopping());
  CHECK(w.state->stop->by.subject == "carol");
}

TEST_CASE("a start that is put off is tried three times in a row, then in growing pauses") {
  walk w = told();
  std::vector<unix_milliseconds> pauses;
  for (int tries = 0; tries < 7; ++tries) {
    w.on(refusal(error_kind::throttled), 0);
    CHECK(w.released(wait_for::start) == (tries % 3 == 2));
    pauses.push_back(due_of(*w.state) - w.now);
    w.rings();
    CHECK(w.asking());
  }
  CHECK(pauses == std::vector<unix_milliseconds>{200, 400, 1'000, 200, 400, 2'000, 200});
}

TEST_CASE("a start that is put off for ten minutes has failed, and the key may try again if nobody was told its id") {
  for (const bool known : {true, false}) {
    walk w;
    w.on(make_order("1"));
    if (known) w.on(waited{asked_by("alice"), wait_for::start, std::nullopt});
    w.on(refusal(error_kind::throttled), start_patience - 1'000).rings();
    CHECK(w.asking());
    w.on(refusal(error_kind::throttled), 1'000);
    CHECK(w.state.has_value() == known);
    if (known) CHECK(name_of(w.state->why) == "start_failed");
  }
}

TEST_CASE("what is refused for good before anybody was told is forgotten and refused; after that it has failed") {
  for (const auto kind : {error_kind::access_denied, error_kind::token_refused, error_kind::not_found,
                          error_kind::conflict, error_kind::capacity, error_kind::invalid_request}) {
    walk w;
    w.on(make_order("1")).on(refusal(kind));
    CHECK_FALSE(w.state);
    REQUIRE(w.released(wait_for::start));
    CHECK(w.then.releases[0].refused->why == aws::reason_of(kind));
    w.on(waited{asked_by("alice"), wait_for::start, w.then.releases[0].refused});
    CHECK(w.then.refused->why == aws::reason_of(kind));
    walk late = told();
    late.on(refusal(kind));
    CHECK(name_of(late.state->why) == "start_refused");
  }
}

TEST_CASE("a lost response leaves a doubt that no refusal ends, only a task, or the end of the search") {
  for (const auto kind : {error_kind::transient, error_kind::unreadable}) {
    walk w = told();
    w.on(refusal(kind));
    CHECK(w.state->start.unclear);
    w.rings().on(refusal(error_kind::access_denied));
    CHECK(w.state->state == run_state::pending);
    CHECK(w.then.records[0].members["detail"] == "Code (400, request r-1): message; a task may have been started");
    w.on(alarm_rang{}, start_patience * 2);
    CHECK(w.asking());
    w.on(refusal(error_kind::access_denied), search_patience);
    CHECK(name_of(w.state->why) == "lost");
  }
}

TEST_CASE("RunTask is not repeated so late that ECS would remember its token longer than the key stands") {
  static_assert(search_patience + 24 * 3'600'000LL < key_kept);
  walk w = told();
  w.on(restarted{}, search_patience).rings();
  CHECK(w.then.send == task_call::none);
  CHECK(name_of(w.state->why) == "lost");
  walk clear = told();
  clear.on(refusal(error_kind::throttled)).on(alarm_rang{}, search_patience);
  CHECK(clear.then.send == task_call::none);
  CHECK(name_of(clear.state->why) == "start_failed");
}

TEST_CASE("without credentials there is no doubt that nothing was started") {
  walk w = told();
  w.on(start_answered{read_refused_credentials(make_error(error_kind::transient))});
  CHECK_FALSE(w.state->start.unclear);
  w.on(stop_wanted{asked_by("alice")});
  CHECK(name_of(w.state->state) == "stopped");
}

TEST_CASE("entries of failures are refusals; neither task nor failure is a doubt") {
  const auto capacity = read_start({{}, {{"arn:1", "RESOURCE:MEMORY", ""}}});
  CHECK_FALSE(capacity.again);
  CHECK(capacity.refused.why == reason::aws_capacity);
  CHECK(capacity.refused.words == "RESOURCE:MEMORY arn:1");
  const auto agent = read_start({{}, {{"arn:1", "OTHER", "gone"}}});
  CHECK(agent.again);
  CHECK_FALSE(agent.unclear);
  const auto neither = read_start({});
  CHECK(neither.again);
  CHECK(neither.unclear);
  CHECK(neither.refused.why == reason::aws_response_invalid);
}

TEST_CASE("a call that the object did not outlive is a doubt, and is made again at once") {
  walk w = told();
  w.on(restarted{});
  CHECK(w.state->start.unclear);
  CHECK(due_of(*w.state) == w.now);
  w.rings();
  CHECK(w.asking());
  w.rings();
  CHECK(w.then.records.size() == 1);
  w.rings();
  CHECK(w.asking());
}

TEST_CASE("an alarm that rings too early, or again, changes nothing") {
  walk w = told();
  for (const int more : {0, 1}) {
    w.on(alarm_rang{}, more);
    CHECK(w.then.send == task_call::none);
  }
  w.on(a_task()).on(alarm_rang{});
  CHECK_FALSE(w.state->stop);
  w.rings();
  CHECK(w.stopping());
  w.on(alarm_rang{}, 0);
  CHECK_FALSE(w.stopping());
}

TEST_CASE("a stop waits for a start that is under way, or may have been, and then stops its task") {
  walk w = told();
  w.on(stop_wanted{asked_by("alice", false, 5'000)});
  CHECK(w.then.send == task_call::none);
  CHECK(w.then.wait == wait_for::end);
  w.on(refusal(error_kind::transient)).rings().on(a_task());
  CHECK(w.stopping());
  walk clear = told();
  clear.on(stop_wanted{asked_by("alice")}).on(refusal(error_kind::throttled));
  CHECK(name_of(clear.state->why) == "stopped_by_caller");
  CHECK(clear.released(wait_for::end));
}

TEST_CASE("a stop is sent until ECS has taken it, and a denial is told to those who wait for it") {
  walk w = with_task();
  w.on(stop_wanted{asked_by("alice")});
  CHECK(w.then.wait == wait_for::stop);
  w.on(stop_answered{make_error(error_kind::throttled)});
  CHECK(w.released(wait_for::stop));
  CHECK_FALSE(w.then.releases[0].refused);
  w.rings();
  CHECK(w.stopping());
  w.on(stop_answered{make_error(error_kind::access_denied)});
  CHECK(w.then.releases[0].refused->why == reason::aws_access_denied);
  CHECK(w.state->stop);
  w.rings().on(restarted{}).rings();
  CHECK(w.stopping());
  w.on(stop_answered{}).on(alarm_rang{}, 1'000'000);
  CHECK_FALSE(w.stopping());
  CHECK(w.state->stop->sent);
  CHECK(due_of(*w.state) == never);
}

TEST_CASE("a run over its timeout is stopped, unless its caller did that") {
  walk w = with_task();
  CHECK(due_of(*w.state) == w.now + 60'000);
  w.rings();
  CHECK(w.stopping());
  w.on(task_seen{ended_task("UserInitiated", 143)});
  CHECK(name_of(w.state->state) == "timed_out");
  walk mine = with_task();
  mine.on(stop_wanted{asked_by("alice")}).on(stop_answered{}).on(alarm_rang{}, 100'000);
  CHECK(mine.state->stop->why == stop_cause::caller);
}

TEST_CASE("what is over stays as it ended, whatever is said of it later") {
  walk w = with_task();
  w.on(task_seen{ended_task("EssentialContainerExited", 3)});
  const run over = *w.state;
  for (const event& late :
       std::vector<event>{a_task(), refusal(error_kind::transient), stop_answered{}, alarm_rang{}, restarted{},
                          task_missing{}, stop_wanted{asked_by("alice")}, task_seen{ended_task("UserInitiated", 0)}}) {
    w.on(late, 1'000'000);
    CHECK(w.then.send == task_call::none);
    CHECK(w.state->ended == over.ended);
    CHECK(w.state->exit_code == 3);
  }
}

TEST_CASE("each change of state is a record with AWS's words; a run has none before") {
  walk w;
  w.on(make_order("1"));
  CHECK(w.then.records.empty());
  w.on(a_task());
  CHECK(w.then.records.empty());
  auto gone = ended_task("TaskFailedToStart", std::nullopt, "why");
  gone.stopped_why = "CannotPullContainerError";
  w.on(task_seen{gone});
  REQUIRE(w.then.records.size() == 1);
  CHECK(
      encoding::canonical_json(w.then.records[0].members) ==
      R"({"cause":"request-1","containers":[{"exit_code":0,"name":"sidecar","why":""},{"name":"export","why":"why"}],)"
      R"("exit_code":null,"from":"pending","issuer":"okta","reason":"start_failed","run":"export~1",)"
      R"("stop_code":"TaskFailedToStart","stopped_why":"CannotPullContainerError","subject":"alice",)"
      R"("task":"arn:task/1","to":"failed"})");
}
