// What is looked at, and in how many calls.
#include <doctest/doctest.h>

#include "tests/shared/wake/region.hpp"
#include "tests/shared/wake/walk.hpp"

using namespace sallyport;
using namespace sallyport::region;
using sallyport::testing::make_task;
using sallyport::testing::region_walk;

namespace {

std::string name(const char* what, int i) {
  return std::string(what) + std::to_string(i);
}

watch starting(int i, std::vector<std::string> tasks = {}) {
  return {name("place ", i), "prod", name("svc", i), std::move(tasks), watch_kind::start};
}

}  // namespace

TEST_CASE("checks wait for company, and go ten services a call") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 25; ++i) w.then(watch{name("place ", i), "prod", name("svc", i), {}, watch_kind::check});
  CHECK(w.effects.calls.empty());
  CHECK(w.effects.alarm == w.now + 100);
  w.then(alarm_rang{}, 100);
  REQUIRE(w.effects.calls.size() == 3);
  CHECK(w.effects.calls[0].names.size() == 10);
  CHECK(w.effects.calls[2].names.size() == 5);
}

TEST_CASE("a call is for one cluster, and is never empty") {
  region_walk w;
  w.filled();
  w.then(watch{"a", "one", "svc", {}, watch_kind::check}).then(watch{"b", "two", "svc", {}, watch_kind::check});
  w.then(alarm_rang{}, 100);
  REQUIRE(w.effects.calls.size() == 2);
  CHECK(w.effects.calls[0].cluster == "one");
  CHECK(w.effects.calls[1].cluster == "two");
  w.then(alarm_rang{}, 100);
  CHECK(w.effects.calls.empty());
}

TEST_CASE("a hundred tasks of many starts are one call a second") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 150; ++i) w.then(starting(i, {name("task", i)}));
  int calls = 0;
  for (int beat = 0; beat < 10; ++beat) {
    w.then(alarm_rang{}, 1'000);
    const auto asked = w.effects.calls;
    for (const auto& each : asked) {
      ++calls;
      CHECK(each.kind == look_kind::tasks);
      look_answer all{each.id, look_refusal::none, {}, {}, {}, ""};
      for (const auto& arn : each.names) all.tasks.push_back({"", make_task(arn, aws::task_status::pending, 1)});
      w.then(all);
    }
  }
  CHECK(calls == 20);
}

TEST_CASE("who watches is told what has changed, and nothing else") {
  region_walk w;
  w.filled().then(starting(1, {"task1"}));
  const auto see = [&](aws::task_status status) {
    w.then(alarm_rang{}, 1'000);
    REQUIRE(w.effects.calls.size() == 1);
    const auto id = w.effects.calls[0].id;
    w.then(look_answer{id, look_refusal::none, {}, {{"svc1", make_task("task1", status, 1)}}, {}, ""}, 120);
    w.now -= 120;
    return w.effects.told;
  };
  REQUIRE(see(aws::task_status::pending).size() == 1);
  CHECK(see(aws::task_status::pending).empty());
  const auto told = see(aws::task_status::running);
  REQUIRE(told.size() == 1);
  CHECK(told[0].place == "place 1");
  CHECK(told[0].asked_ms_ago == 120);
}

TEST_CASE("who asks again for a start to be watched is told all again, in case it did not hear it") {
  region_walk w;
  w.filled().then(starting(1, {"task1"}));
  for (int i = 0; i < 2; ++i) {
    w.then(alarm_rang{}, 1'000);
    REQUIRE(w.effects.calls.size() == 1);
    w.then(look_answer{w.effects.calls[0].id,
                       look_refusal::none,
                       {},
                       {{"svc1", make_task("task1", aws::task_status::pending, 1)}},
                       {},
                       ""});
    CHECK(w.effects.told.size() == 1);
    w.then(starting(1, {"task1"}));
  }
}

TEST_CASE("a start that is watched without tasks again is listed again, and those that are known stay") {
  region_walk w;
  w.filled().then(starting(1, {"task1"})).then(starting(1)).then(alarm_rang{}, 1'000);
  const look* list = nullptr;
  for (const auto& each : w.effects.calls) {
    if (each.kind == look_kind::list_service) list = &each;
  }
  REQUIRE(list != nullptr);
  w.then(look_answer{list->id, look_refusal::none, {}, {}, {"task2"}, ""}).then(alarm_rang{}, 1'000);
  REQUIRE(w.effects.calls.size() == 1);
  CHECK(w.effects.calls[0].names == std::vector<std::string>{"task1", "task2"});
}

TEST_CASE("a start whose task is not known is listed by its service, once it may be there") {
  region_walk w;
  w.filled().then(starting(1)).then(alarm_rang{}, 4'000);
  CHECK(w.effects.calls.empty());
  w.then(alarm_rang{}, 1'000);
  REQUIRE(w.effects.calls.size() == 1);
  CHECK(w.effects.calls[0].kind == look_kind::list_service);
  CHECK(w.effects.calls[0].names == std::vector<std::string>{"svc1"});
  w.then(look_answer{w.effects.calls[0].id, look_refusal::none, {}, {}, {"task1"}, ""});
  REQUIRE(w.effects.calls.size() == 1);
  CHECK(w.effects.calls[0].kind == look_kind::tasks);
}

TEST_CASE("where many miss their tasks the cluster is listed, and strangers are told from ours") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 5; ++i) w.then(starting(i));
  w.then(alarm_rang{}, 5'000);
  REQUIRE(w.effects.calls.size() == 1);
  CHECK(w.effects.calls[0].kind == look_kind::list_cluster);
  w.then(look_answer{w.effects.calls[0].id, look_refusal::none, {}, {}, {"a", "b", "c"}, "more"});
  REQUIRE(w.effects.calls.size() == 2);
  CHECK(w.effects.calls[0].names.size() == 3);
  CHECK(w.effects.calls[1].page == "more");
  std::vector<task_of> seen{{"svc1", make_task("a", aws::task_status::pending, 1)},
                            {"of others", make_task("b", aws::task_status::running, 1)},
                            {"", make_task("c", aws::task_status::running, 1)}};
  w.then(look_answer{w.effects.calls[0].id, look_refusal::none, {}, seen, {}, ""});
  REQUIRE(w.effects.told.size() == 1);
  CHECK(w.effects.told[0].place == "place 1");
}

TEST_CASE("one name that is denied is found by halves, and its watcher is told") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 64; ++i) w.then(starting(i, {name("task", i)}));
  w.then(alarm_rang{}, 1'000);
  std::vector<std::string> denied;
  auto open = w.effects.calls;
  for (int calls = 0; !open.empty(); ++calls) {
    REQUIRE(calls < 40);
    const auto one = open.back();
    open.pop_back();
    bool culprit = false;
    for (const auto& each : one.names) culprit = culprit || each == "task13";
    w.then(look_answer{one.id, culprit ? look_refusal::denied : look_refusal::none, {}, {}, {}, ""}, 1);
    for (const auto& each : w.effects.told) {
      if (each.denied) denied.push_back(each.place);
    }
    open.insert(open.end(), w.effects.calls.begin(), w.effects.calls.end());
  }
  CHECK(denied == std::vector<std::string>{"place 13"});
}

TEST_CASE("a watch that nobody renews is gone") {
  region_walk w;
  w.filled().then(starting(1, {"task1"}));
  w.then(starting(1, {"task1"}), 60'000).then(alarm_rang{}, 60'000);
  CHECK(w.state.looks.size() == 1);
  w.then(alarm_rang{}, 31'000);
  CHECK(w.state.looks.size() == 0);
  CHECK(w.effects.calls.empty());
}

TEST_CASE("calls without a token wait, and a refusal slows their bucket alone") {
  region_walk w;
  for (int i = 0; i < 30; ++i) w.then(watch{name("place ", i), name("cluster", i), "svc", {}, watch_kind::check});
  w.then(alarm_rang{}, 100);
  CHECK(w.effects.calls.size() == 1);
  w.then(look_answer{w.effects.calls[0].id, look_refusal::throttled, {}, {}, {}, ""});
  CHECK(w.state.buckets[4].rate == 16'000 * 7 / 10);
  CHECK(w.state.buckets[3].rate == 16'000);
  CHECK(w.effects.alarm <= w.now + 100);
}

TEST_CASE("no more calls are under way than connections, and one that never comes back is given up") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 30; ++i) w.then(watch{name("place ", i), name("cluster", i), "svc", {}, watch_kind::check});
  w.then(alarm_rang{}, 100);
  CHECK(w.effects.calls.size() == 6);
  w.then(alarm_rang{}, 1'000);
  CHECK(w.effects.calls.empty());
  w.then(alarm_rang{}, 15'000);
  CHECK(w.effects.calls.size() == 6);
}

TEST_CASE("a look names a service that watches in its cluster, in whose session it can be sent") {
  region_walk w;
  w.filled();
  w.then(starting(2, {"t2"})).then(starting(1, {"t1"}));
  w.then(alarm_rang{}, 1'000);
  REQUIRE(w.effects.calls.size() == 1);
  CHECK(w.effects.calls[0].lender == "svc1");
}

TEST_CASE("with borrowed sessions a service looks for itself, and tasks are looked at together") {
  region_walk w;
  w.settings.look.borrowed = true;
  w.filled();
  w.then(watch{"place 1", "prod", "svc1", {}, watch_kind::check});
  REQUIRE(w.effects.told.size() == 1);
  CHECK(w.effects.told[0].denied);
  CHECK(w.state.looks.size() == 0);
  w.then(starting(1, {"t1"})).then(alarm_rang{}, 1'000);
  CHECK(w.effects.calls.size() == 1);
}

TEST_CASE("without a session for a call all whom it was for look for themselves, and nothing is halved") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 3; ++i) w.then(starting(i, {name("task", i)}));
  w.then(alarm_rang{}, 1'000);
  REQUIRE(w.effects.calls.size() == 1);
  w.then(look_answer{w.effects.calls[0].id, look_refusal::no_session, {}, {}, {}, ""});
  CHECK(w.effects.told.size() == 3);
  for (const auto& each : w.effects.told) CHECK(each.denied);
  CHECK(w.effects.calls.empty());
  CHECK(w.state.looks.size() == 0);
}

TEST_CASE("a cluster that may not be listed is told to all who miss their tasks") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 5; ++i) w.then(starting(i));
  w.then(alarm_rang{}, 5'000);
  REQUIRE(w.effects.calls.size() == 1);
  REQUIRE(w.effects.calls[0].kind == look_kind::list_cluster);
  w.then(look_answer{w.effects.calls[0].id, look_refusal::denied, {}, {}, {}, ""});
  CHECK(w.effects.told.size() == 5);
}

TEST_CASE("a service that is not there is told to look for itself") {
  region_walk w;
  w.filled();
  w.then(watch{"place 1", "prod", "svc1", {}, watch_kind::check}).then(alarm_rang{}, 100);
  REQUIRE(w.effects.calls.size() == 1);
  w.then(look_answer{w.effects.calls[0].id, look_refusal::none, {}, {}, {}, ""});
  REQUIRE(w.effects.told.size() == 1);
  CHECK(w.effects.told[0].denied);
}

TEST_CASE("facts that did not arrive are told again at the next look") {
  region_walk w;
  w.filled();
  w.then(starting(1, {"t1"}));
  const auto look_once = [&] {
    w.then(alarm_rang{}, 1'000);
    REQUIRE(w.effects.calls.size() == 1);
    look_answer all{w.effects.calls[0].id, look_refusal::none, {}, {}, {}, ""};
    all.tasks.push_back({"", make_task("t1", aws::task_status::pending, 1)});
    w.then(all);
    return w.effects.told.size();
  };
  CHECK(look_once() == 1);
  CHECK(look_once() == 0);
  w.then(untold{"place 1"});
  CHECK(look_once() == 1);
}

TEST_CASE("checks that come apart within the wait for company are one call") {
  region_walk w;
  w.filled();
  for (int i = 0; i < 9; ++i) w.then(watch{name("place ", i), "prod", name("svc", i), {}, watch_kind::check}, 10);
  w.then(alarm_rang{}, 10);
  REQUIRE(w.effects.calls.size() == 1);
  CHECK(w.effects.calls[0].names.size() == 9);
}
