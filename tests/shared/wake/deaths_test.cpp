// Which ends of tasks fail a start, and what its detail says.
#include "wake/deaths.hpp"

#include <doctest/doctest.h>

#include "tests/shared/wake/walk.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

namespace {

constexpr std::string_view eni = "Timeout waiting for network interface provisioning to complete.";

walk watching() {
  walk w;
  w.raised();
  return w;
}

looked with_event(looked what, std::string event, unix_milliseconds at) {
  what.service->newest_event = std::move(event);
  what.service->newest_event_at = at;
  return what;
}

}  // namespace

TEST_CASE("each end is what its stop code and its words say") {
  const auto end = [](std::string code, std::string why, std::string container = "") {
    auto one = dead_task("t", 1, std::move(code), std::move(why));
    one.containers = {{"app", std::nullopt, std::move(container)}};
    return end_of(one);
  };
  CHECK(end("ServiceSchedulerInitiated", "Task failed container health checks") == task_end::by_check);
  CHECK(end("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group arn:x)") ==
        task_end::by_check);
  CHECK(end("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)") == task_end::harmless);
  CHECK(end("ServiceSchedulerInitiated", "Rebalancing") == task_end::harmless);
  CHECK(end("ServiceSchedulerInitiated", "") == task_end::harmless);
  for (std::string code : {"SpotInterruption", "UserInitiated", "TerminationNotice", "SomethingNew"}) {
    CHECK(end(code, "Task failed container health checks") == task_end::harmless);
  }
  CHECK(end("TaskFailedToStart", std::string(eni)) == task_end::by_aws);
  CHECK(end("TaskFailedToStart", "Capacity is unavailable at this time. Please try again later") == task_end::by_aws);
  CHECK(end("TaskFailedToStart", "ResourceInitializationError: i/o timeout") == task_end::death);
  CHECK(end("TaskFailedToStart", "CannotPullContainerError: ref acme/app: not found") == task_end::for_good);
  CHECK(end("TaskFailedToStart", "CannotPullContainerError: pull access denied, repository does not exist") ==
        task_end::for_good);
  CHECK(end("TaskFailedToStart", "CannotPullContainerError: dial tcp: i/o timeout") == task_end::death);
  CHECK(end("TaskFailedToStart",
            "ResourceInitializationError: unable to pull secrets: AccessDeniedException: not allowed") ==
        task_end::for_good);
  CHECK(end("EssentialContainerExited", "Essential container in task exited") == task_end::death);
  CHECK(end("EssentialContainerExited", "Essential container in task exited", "exec /app: exec format error") ==
        task_end::for_good);
  auto running = dead_task("t", 1, "EssentialContainerExited", "");
  running.status = task_status::running;
  CHECK(end_of(running) == task_end::none);
}

TEST_CASE("the first task that dies is waited out, the second fails the start in AWS's words") {
  for (const auto& [code, words] : {std::pair<std::string, std::string>{"TaskFailedToStart", std::string(eni)},
                                    {"EssentialContainerExited", "Essential container in task exited"},
                                    {"ServiceSchedulerInitiated", "Task failed container health checks"},
                                    {"ServiceSchedulerInitiated", "Task failed ELB health checks in (elb x)"}}) {
    const std::string& why = words;
    CAPTURE(why);
    walk w = watching();
    const auto first = dead_task("t1", w.now, code, why);
    w.look(seen(1, {first, make_task("t2", task_status::provisioning, w.now)}));
    CHECK(w.state.phase == wake_phase::starting);
    CHECK(w.effects.send == wake_call::none);
    CHECK(w.effects.answer == wake_answer::none);
    walk up = w;
    up.look(only({healthy_task("t2", up.now)}), 30'000);
    CHECK(up.state.phase == wake_phase::healthy);
    w.look(only({dead_task("t2", w.now, code, why)}), 30'000);
    CHECK(w.state.phase == wake_phase::failed);
    CHECK(w.state.why == reason::wake_failed);
    CHECK(w.state.detail == code + ": " + why);
    CHECK(w.sends_update(0));
  }
}

TEST_CASE("an end counts once, however often it is seen") {
  walk w = watching();
  const auto first = dead_task("t1", w.now, "TaskFailedToStart", std::string(eni));
  for (int i = 0; i < 5; ++i) w.look(seen(1, {first}), 30'000);
  CHECK(w.state.phase == wake_phase::starting);
  CHECK(w.state.deaths == 1);
}

TEST_CASE("a task whose checks failed, with none on its way in its place, fails the start at once") {
  walk w = watching();
  w.look(seen(1, {dead_task("t1", w.now, "ServiceSchedulerInitiated", "Task failed container health checks")}));
  CHECK(w.state.phase == wake_phase::failed);
  CHECK(w.state.detail == "ServiceSchedulerInitiated: Task failed container health checks");
}

TEST_CASE("a death that never passes fails the start at once") {
  walk w = watching();
  w.look(seen(1, {dead_task("t1", w.now, "TaskFailedToStart", "CannotPullContainerError: acme/app:1: not found"),
                  make_task("t2", task_status::provisioning, w.now)}));
  CHECK(w.state.phase == wake_phase::failed);
  CHECK(w.state.detail.find("not found") != std::string::npos);
}

TEST_CASE("scaling in, deployments, Spot and Auto Scaling fail nothing, while it starts or serves") {
  for (const auto& [code, words] :
       {std::pair<std::string, std::string>{"ServiceSchedulerInitiated",
                                            "Scaling activity initiated by (deployment x)"},
        {"ServiceSchedulerInitiated", "Deployment rollout (deployment ecs-svc/2)"},
        {"SpotInterruption", "Your Spot Task was interrupted."},
        {"UserInitiated", "Task stopped by user"},
        {"ServiceSchedulerInitiated",
         "ECS is performing maintenance on the underlying infrastructure hosting the task."}}) {
    const std::string why(words);
    CAPTURE(why);
    walk starting = watching();
    for (int i = 1; i <= 5; ++i) {
      starting.look(seen(1, {dead_task("t" + std::to_string(i), starting.now, code, why)}), 20'000);
      CHECK(starting.state.phase == wake_phase::starting);
    }
    walk serving = healthy_and_ours();
    for (int i = 2; i <= 7; ++i) {
      serving.then(endpoint_lost{"other"}, 60'000);
      serving.then(
          seen(2, {dead_task("x" + std::to_string(i), serving.now, code, why), healthy_task("t1", 1'000'000)}));
      CHECK(serving.state.phase == wake_phase::healthy);
    }
  }
}

TEST_CASE("a bad revision beside tasks that serve fails nothing; when none serves, five ends in ten minutes do") {
  walk w = healthy_and_ours();
  const auto dead = [&](int i) {
    return dead_task("x" + std::to_string(i), w.now, "EssentialContainerExited", "Essential container in task exited");
  };
  for (int i = 0; i < 4; ++i) {
    w.then(endpoint_lost{"other"}, 60'000).then(seen(1, {dead(i), healthy_task("t1", 1'000'000)}));
    CHECK(w.state.phase == wake_phase::healthy);
  }
  const auto last = dead_task("t1", 1'000'000, "EssentialContainerExited", "Essential container in task exited");
  w.then(endpoint_lost{"t1"}, 60'000).then(seen(1, {last}), 100);
  CHECK(w.state.phase == wake_phase::failed);
}

TEST_CASE("what ECS says of a service that cannot place a task ends its start early, with that as the detail") {
  const std::string event =
      "(service billing) was unable to place a task because no container instance met all of its requirements.";
  walk w = watching();
  w.look(with_event(seen(1), event, w.now));
  CHECK(w.state.phase == wake_phase::starting);
  w.look(with_event(seen(1), event, w.now), 20'000);
  CHECK(w.state.phase == wake_phase::starting);
  w.look(with_event(seen(1), event, w.now), 20'000);
  CHECK(w.state.phase == wake_phase::failed);
  CHECK(w.state.why == reason::aws_capacity);
  CHECK(w.state.detail == event);
  CHECK(w.state.starts.empty());

  walk old = watching();
  for (int i = 0; i < 4; ++i) old.look(with_event(seen(1), event, 1'000), 20'000);
  CHECK(old.state.phase == wake_phase::starting);

  walk on_its_way = watching();
  for (int i = 0; i < 4; ++i) {
    on_its_way.look(
        with_event(seen(1, {make_task("t1", task_status::provisioning, on_its_way.now)}), event, on_its_way.now),
        20'000);
  }
  CHECK(on_its_way.state.phase == wake_phase::starting);

  walk impaired = watching();
  impaired.look(
      with_event(seen(1), "(service billing) is unable to consistently start tasks successfully.", impaired.now));
  CHECK(impaired.state.phase == wake_phase::failed);
  CHECK(impaired.state.why == reason::wake_failed);
}

TEST_CASE("a timeout names what was seen last: the task that ended, the newest event, the tasks") {
  const auto timed_out = [](walk w) {
    w.then(alarm_rang{}, w.settings.start_timeout);
    CHECK(w.state.phase == wake_phase::failed);
    CHECK(w.state.why == reason::wake_timeout);
    return w.state.detail;
  };
  CHECK(timed_out(watching()) == "seen last: ECS shows no task that is on its way up");
  walk unknown = watching();
  unknown.look(seen(1, {make_task("t1", task_status::running, unknown.now)}));
  CHECK(timed_out(unknown) ==
        "seen last: a task is RUNNING, health UNKNOWN: its task definition may have no health check");
  walk all = watching();
  all.look(with_event(seen(1, {dead_task("t1", all.now, "TaskFailedToStart", std::string(eni)),
                               make_task("t2", task_status::pending, all.now)}),
                      "(service billing) has started 1 tasks", 0));
  CHECK(timed_out(all) == "TaskFailedToStart: " + std::string(eni) +
                              "; newest event: (service billing) has started 1 tasks; seen last: a task is PENDING");
  walk silent = watching();
  silent.then(alarm_rang{}, 4'000);
  silent.then(alarm_rang{}, silent.settings.start_timeout);
  CHECK(silent.state.why == reason::aws_unavailable);
  CHECK(silent.state.detail == "AWS gave no response to a look");
}

TEST_CASE("an address is needed only where requests go to one") {
  for (const bool needed : {false, true}) {
    walk w = watching();
    w.settings.needs_address = needed;
    auto bridged = healthy_task("t1", w.now);
    bridged.private_ipv4.clear();
    w.look(seen(1, {bridged}));
    CHECK(w.state.phase == (needed ? wake_phase::failed : wake_phase::healthy));
    CHECK(w.state.endpoints.size() == (needed ? 0 : 1));
    if (needed) CHECK(w.state.detail.find("address") != std::string::npos);
    if (needed) CHECK(w.state.starts.empty());
  }
  walk one_of_two = watching();
  auto without = healthy_task("t1", one_of_two.now);
  without.private_ipv4.clear();
  one_of_two.look(seen(2, {without, healthy_task("t2", one_of_two.now)}));
  CHECK(one_of_two.state.phase == wake_phase::healthy);
  CHECK(one_of_two.state.endpoints.size() == 1);
}
