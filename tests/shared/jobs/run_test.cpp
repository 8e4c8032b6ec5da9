// What a task that ECS describes makes of a run: the rules of jobs/run.hpp, case by case.
#include "jobs/run.hpp"

#include <doctest/doctest.h>

#include "jobs/json.hpp"
#include "jobs/view.hpp"
#include "tests/shared/jobs/world.hpp"

using namespace sallyport;
using namespace sallyport::jobs;
using aws::task_status;

namespace {

run started_run() {
  auto begun = *next(std::nullopt, make_order("1"), 1'000, 500).state;
  take_task(begun, make_task(), 2'000);
  return begun;
}

stop_wish wish(stop_cause why) {
  return {why, make_caller("alice"), 0, 1, false, true};
}

run ended_by(const aws::task& task, std::optional<stop_wish> stop = std::nullopt) {
  run one = started_run();
  one.stop = std::move(stop);
  observe(one, task, 9'500);
  CHECK(one.ended == 9'000);
  CHECK_FALSE(one.stop);
  return one;
}

void check(const run& one, run_state state, run_reason why, std::optional<std::int64_t> exit_code) {
  CHECK(name_of(one.state) == name_of(state));
  CHECK(name_of(one.why) == name_of(why));
  CHECK(one.exit_code == exit_code);
}

}  // namespace

TEST_CASE("a run goes from pending to running to its end, with its times") {
  run one = started_run();
  CHECK(one.state == run_state::pending);
  CHECK(one.deadline == 62'000);
  CHECK(one.task_arn == "arn:task/1");
  observe(one, make_task(task_status::running, 3'000), 4'000);
  CHECK(one.state == run_state::running);
  CHECK(one.started == 3'000);
  observe(one, ended_task("EssentialContainerExited", 0), 9'500);
  CHECK(encoding::canonical_json(view_of(one)) ==
        R"({"caller":{"issuer":"okta","subject":"alice"},"created":"1970-01-01T00:00:01.000Z",)"
        R"("ended":"1970-01-01T00:00:09.000Z","exit_code":0,"id":"export~1","job":"export","request_id":"request-1",)"
        R"("started":"1970-01-01T00:00:03.000Z","state":"succeeded"})");
}

TEST_CASE("what the task was given, and the address of its caller, are forgotten once it is there") {
  const run one = started_run();
  CHECK(one.environment.empty());
  CHECK(to_text(one).find("alice@acme.example") == std::string::npos);
}

TEST_CASE("the exit code that counts is that of the job's container") {
  const std::string alone = "EssentialContainerExited";
  check(ended_by(ended_task(alone, 0)), run_state::succeeded, run_reason::none, 0);
  check(ended_by(ended_task(alone, 3)), run_state::failed, run_reason::exit_code, 3);
  check(ended_by(ended_task(alone, std::nullopt)), run_state::failed, run_reason::no_exit_code, std::nullopt);
  check(ended_by(ended_task(alone, 0, "", "renamed")), run_state::failed, run_reason::no_exit_code, std::nullopt);
  check(ended_by(ended_task("", 0)), run_state::succeeded, run_reason::none, 0);
}

TEST_CASE("a task that did not end by itself says why") {
  check(ended_by(ended_task("TaskFailedToStart", std::nullopt)), run_state::failed, run_reason::start_failed,
        std::nullopt);
  check(ended_by(ended_task("SpotInterruption", 143)), run_state::failed, run_reason::interrupted, 143);
  check(ended_by(ended_task("TerminationNotice", 143)), run_state::failed, run_reason::interrupted, 143);
  check(ended_by(ended_task("EssentialContainerExited", 137, "OutOfMemoryError: killed")), run_state::failed,
        run_reason::out_of_memory, 137);
}

TEST_CASE("who stopped it is told apart: its caller, the timeout, or an operator in AWS") {
  const auto stopped = ended_task("UserInitiated", 143);
  check(ended_by(stopped, wish(stop_cause::caller)), run_state::stopped, run_reason::stopped_by_caller, 143);
  check(ended_by(stopped, wish(stop_cause::timeout)), run_state::timed_out, run_reason::timeout, 143);
  check(ended_by(stopped), run_state::stopped, run_reason::stopped_by_operator, 143);
  // It was done before the stop came.
  check(ended_by(ended_task("EssentialContainerExited", 0), wish(stop_cause::timeout)), run_state::succeeded,
        run_reason::none, 0);
}

TEST_CASE("a task on its way down that was never up is not called running") {
  run one = started_run();
  observe(one, make_task(task_status::stopping), 3'000);
  CHECK(one.state == run_state::pending);
  CHECK(one.started == 0);
}

TEST_CASE("a task that ECS does not know is lost only after several looks, and a new one only after a minute") {
  run fresh = started_run();
  for (int look = 0; look < 10; ++look) observe_missing(fresh, 61'999);
  CHECK(fresh.state == run_state::pending);
  observe_missing(fresh, 62'000);
  check(fresh, run_state::failed, run_reason::lost, std::nullopt);

  run seen = started_run();
  observe(seen, make_task(task_status::running, 3'000), 3'000);
  observe_missing(seen, 4'000);
  observe(seen, make_task(task_status::running, 3'000), 5'000);
  observe_missing(seen, 6'000);
  observe_missing(seen, 7'000);
  CHECK(seen.state == run_state::running);
  observe_missing(seen, 8'000);
  check(seen, run_state::failed, run_reason::lost, std::nullopt);
}

TEST_CASE("a run that was to be stopped and is gone was stopped") {
  run one = started_run();
  observe(one, make_task(task_status::running, 3'000), 3'000);
  one.stop = wish(stop_cause::caller);
  for (int look = 0; look < 3; ++look) observe_missing(one, 4'000);
  check(one, run_state::stopped, run_reason::stopped_by_caller, std::nullopt);
}

TEST_CASE("what is over has an end that is not before its beginning, and says nothing of stopping") {
  run one = started_run();
  one.stop = wish(stop_cause::caller);
  CHECK(view_of(one)["stopping"] == true);
  end(one, stopped_by(stop_cause::caller), 10);
  CHECK(is_final(one.state));
  CHECK(one.ended == one.created);
  CHECK_FALSE(view_of(one).contains("stopping"));
}
