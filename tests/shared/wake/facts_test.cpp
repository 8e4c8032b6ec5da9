#include "wake/facts.hpp"

#include <doctest/doctest.h>

#include "tests/shared/wake/walk.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

namespace {

struct known {
  wake_settings settings;
  std::vector<task_fact> facts;

  void look(const std::vector<task>& seen, unix_milliseconds asked_at) {
    note_look(
        facts, seen, asked_at, [](const task_fact&) { return true; }, settings);
  }
};

task at_version(std::int64_t version, task_status status, health_status health = health_status::unknown) {
  auto out = make_task("t", status, 1, health);
  out.version = version;
  return out;
}

}  // namespace

TEST_CASE("a higher version wins, a lower one is dropped; of the same the look that was asked later") {
  known k;
  k.look({at_version(3, task_status::running)}, 100);
  k.look({at_version(2, task_status::pending)}, 200);
  CHECK(k.facts.at(0).status == task_status::running);
  CHECK(k.facts.at(0).version == 3);
  k.look({at_version(3, task_status::running, health_status::healthy)}, 300);
  CHECK(k.facts.at(0).health == health_status::healthy);
  k.look({at_version(3, task_status::running, health_status::unhealthy)}, 250);
  CHECK(k.facts.at(0).health == health_status::healthy);
  k.look({at_version(4, task_status::deactivating)}, 250);
  CHECK(k.facts.at(0).status == task_status::deactivating);
}

TEST_CASE("STOPPED is final, and so is what ECS no longer wants") {
  known k;
  auto going = at_version(0, task_status::running);
  going.wanted = false;
  k.look({going}, 100);
  k.look({at_version(0, task_status::running)}, 200);
  CHECK_FALSE(is_wanted(k.facts.at(0)));
  k.look({at_version(0, task_status::stopped)}, 300);
  k.look({at_version(9, task_status::running, health_status::healthy)}, 400);
  CHECK(k.facts.at(0).status == task_status::stopped);
}

TEST_CASE(
    "absence is no fact: a task is gone by two looks ten seconds apart, and half a minute after it was first seen") {
  known k;
  k.look({at_version(3, task_status::running)}, 1'000);
  k.look({}, 2'000);
  k.look({}, 12'000);
  CHECK(k.facts.size() == 1);
  k.look({}, 31'000);
  CHECK(k.facts.empty());
  k.look({at_version(3, task_status::running)}, 100'000);
  k.look({}, 140'000);
  k.look({}, 149'999);
  CHECK(k.facts.size() == 1);
  k.look({at_version(3, task_status::running)}, 150'000);
  k.look({}, 160'000);
  CHECK(k.facts.size() == 1);
  k.look({}, 170'000);
  CHECK(k.facts.empty());
}

TEST_CASE("a task that serves stays on the list while a look misses it, and is looked for again") {
  walk w = healthy_and_ours();
  w.then(allowed_request{"alice"}, w.settings.refresh);
  REQUIRE(w.effects.known_tasks_only);
  w.then(only({}), 100);
  CHECK(w.effects.send == wake_call::look);
  CHECK(w.effects.also == std::vector<std::string>{"t1"});
  w.then(seen(1), 100);
  CHECK(w.state.phase == wake_phase::healthy);
  CHECK(w.state.endpoints.size() == 1);
  CHECK(w.state.alarm == w.now + w.settings.gone_apart);
  w.look(seen(1), w.settings.gone_apart);
  CHECK(w.state.phase == wake_phase::starting);
}
