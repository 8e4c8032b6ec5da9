// Budgets are for starts that AWS carried out, attempts are bounded by a pause, and Retry-After is a promise.
#include "wake/budget.hpp"

#include <doctest/doctest.h>

#include <random>

#include "tests/shared/wake/walk.hpp"
#include "wake/json.hpp"
#include "wake/told.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;
using encoding::json;

namespace {

walk& die_twice(walk& w) {
  for (int i = 0; i < 2; ++i) {
    w.look(seen(1, {dead_task("t" + std::to_string(w.now), w.now, "EssentialContainerExited", "exited")}));
  }
  return w.then(updated{}, 10);
}

json told(const walk& w, std::string_view caller, std::uint32_t jitter = 0) {
  return w.effects.answer == wake_answer::refused ? told_over_budget(w.state, w.now, w.settings, {caller, jitter})
                                                  : told_of(w.state, w.now, w.settings, {caller, jitter});
}

/// As a version wrote it that booked each attempt, and had no facts.
wake_state of_older_version(json members) {
  json all = {{"version", 1}, {"phase", 4}, {"step", 2}, {"in_flight", 0}};
  all.update(members);
  return *wake_state_from(all);
}

}  // namespace

TEST_CASE("attempts that AWS refused cost no budget, and once it is right the service starts within ten seconds") {
  walk w;
  for (int i = 0; i < 20; ++i) {
    w.then(allowed_request{"alice"}, 10'000).then(refusal(error_kind::access_denied), 10);
    CHECK(w.state.phase == wake_phase::failed);
    CHECK(w.state.retry_at == w.now + 10'000);
    CHECK(w.state.starts.empty());
  }
  w.then(allowed_request{"alice"}, 10'000);
  CHECK(w.effects.answer == wake_answer::join);
  CHECK(w.effects.send == wake_call::look);
}

TEST_CASE("STS that does not take our token pauses a start for ten seconds at most, and is tried again soon") {
  for (std::string code : {"InvalidIdentityToken", "IDPCommunicationError"}) {
    walk w;
    w.then(allowed_request{"alice"});
    const call_refused no{{error_kind::transient, code, "message", "r", 400}};
    while (w.state.phase == wake_phase::starting) {
      w.then(no, 10);
      if (w.state.phase != wake_phase::starting) break;
      CHECK(w.state.alarm - w.now <= 10'000);
      w.then(alarm_rang{}, w.state.alarm - w.now);
    }
    CHECK(w.state.phase == wake_phase::failed);
    CHECK(w.state.retry_at - w.now == 10'000);
  }
}

TEST_CASE("a pause doubles with each failure from ten seconds to five minutes") {
  walk w;
  for (const auto pause : {10'000, 20'000, 40'000, 80'000, 160'000, 300'000, 300'000}) {
    w.then(allowed_request{"alice"}, 300'000).then(refusal(error_kind::not_found), 10);
    CHECK(w.state.retry_at - w.now == pause);
  }
}

TEST_CASE(
    "a start counts when AWS accepted it: given back when it fails for AWS's reasons, not when the app ends itself") {
  walk w;
  w.then(allowed_request{"alice"}).then(seen(0));
  CHECK(w.state.starts.empty());
  w.then(updated{});
  CHECK(w.state.starts.size() == 1);
  walk of_aws = w;
  for (int i = 0; i < 2; ++i) {
    of_aws.look(seen(1, {dead_task("t" + std::to_string(i), of_aws.now, "TaskFailedToStart",
                                   "Timeout waiting for network interface provisioning to complete.")}));
  }
  CHECK(of_aws.state.phase == wake_phase::failed);
  CHECK(of_aws.state.starts.empty());
  walk denied = w;
  denied.then(alarm_rang{}, 4'000).then(refusal(error_kind::access_denied));
  CHECK(denied.state.starts.empty());
  die_twice(w);
  CHECK(w.state.phase == wake_phase::failed);
  CHECK(w.state.starts.size() == 1);
}

TEST_CASE("nobody causes more starts than the budgets allow, and who is refused is told when that ends") {
  walk w;
  std::vector<unix_milliseconds> booked;
  for (std::uint32_t i = 0; i < w.settings.starts_per_caller; ++i) {
    w.then(allowed_request{"alice"}, 300'000).then(seen(0)).then(updated{});
    booked.push_back(w.now);
    die_twice(w);
  }
  w.then(allowed_request{"alice"}, 300'000);
  REQUIRE(w.effects.answer == wake_answer::refused);
  const auto wait = told(w, "alice")["retry_after_s"].get<std::int64_t>();
  CHECK(wait == (booked.front() + w.settings.budget_window - w.now + 999) / 1000);
  walk bob = w;
  bob.then(allowed_request{"bob"}, 1);
  CHECK(bob.effects.answer == wake_answer::join);
  walk early = w;
  early.then(allowed_request{"alice"}, (wait - 2) * 1000);
  CHECK(early.effects.answer == wake_answer::refused);
  w.then(allowed_request{"alice"}, wait * 1000);
  CHECK(w.effects.answer == wake_answer::join);
}

TEST_CASE("the largest of what binds is told: a failure's pause, or the caller's budget") {
  walk w;
  for (std::uint32_t i = 0; i < w.settings.starts_per_caller; ++i)
    die_twice(w.then(allowed_request{"alice"}, 300'000).then(seen(0)).then(updated{}));
  w.then(allowed_request{"alice"}, 1'000);
  CHECK(w.effects.answer == wake_answer::failed);
  CHECK(told(w, "alice")["retry_after_s"].get<std::int64_t>() > 1'000);
  CHECK(told(w, "bob")["retry_after_s"].get<std::int64_t>() <= 300);
  CHECK(told(w, "bob", 999)["retry_after_s"].get<std::int64_t>() > told(w, "bob")["retry_after_s"].get<std::int64_t>());
}

TEST_CASE("who comes back when told is not refused for the same reason") {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    walk w;
    for (int i = 0; i < 60; ++i) {
      const std::string caller(1, static_cast<char>('a' + random() % 3));
      w.then(allowed_request{caller}, random() % 400'000);
      const auto answer = w.effects.answer;
      if (answer == wake_answer::refused || answer == wake_answer::failed) {
        walk back = w;
        const auto wait =
            told(w, caller, static_cast<std::uint32_t>(random() % 1000))["retry_after_s"].get<std::int64_t>();
        CHECK(wait >= 1);
        CHECK(wait <= 3'600);
        back.then(allowed_request{caller}, wait * 1000);
        CHECK(back.effects.answer != answer);
      }
      if (w.state.phase != wake_phase::starting) continue;
      if (random() % 4 == 0) {
        w.then(refusal(random() % 2 == 0 ? error_kind::access_denied : error_kind::not_found));
      } else {
        die_twice(w.then(seen(0)).then(updated{}));
      }
    }
  }
}

TEST_CASE("what an older version booked for attempts that AWS refused is given back, and its pause ends") {
  json starts = json::array();
  for (int i = 0; i < 6; ++i) starts.push_back({{"caller", "alice"}, {"at", 900'000 + i}});
  walk w;
  w.state = of_older_version({{"why", static_cast<int>(reason::aws_access_denied)},
                              {"failed_starts", 6},
                              {"phase_since", 1'000'000},
                              {"retry_at", 1'300'000},
                              {"starts", starts}});
  CHECK(w.state.starts.empty());
  w.then(allowed_request{"alice"}, 9'999);
  CHECK(w.effects.answer == wake_answer::failed);
  CHECK(told(w, "alice")["retry_after_s"] == 1);
  w.then(allowed_request{"alice"}, 1);
  CHECK(w.effects.answer == wake_answer::join);

  const auto crashed =
      of_older_version({{"why", static_cast<int>(reason::wake_failed)}, {"failed_starts", 6}, {"starts", starts}});
  CHECK(crashed.starts.size() == 6);
}

TEST_CASE("a reset forgets budgets and the pause: the next request starts the service") {
  walk w;
  for (std::uint32_t i = 0; i < w.settings.starts_per_caller; ++i)
    book_start(w.state.starts, "alice", w.now, w.settings);
  w.then(allowed_request{"alice"});
  CHECK(w.effects.answer == wake_answer::refused);
  w.then(reset{}).then(allowed_request{"alice"});
  CHECK(w.effects.answer == wake_answer::join);
  w.then(refusal(error_kind::not_found), 10).then(allowed_request{"alice"}, 10);
  CHECK(w.effects.answer == wake_answer::failed);
  w.then(reset{}, 10);
  CHECK(w.state.phase == wake_phase::asleep);
  CHECK(w.effects.send == wake_call::none);
  w.then(allowed_request{"alice"}, 10);
  CHECK(w.effects.answer == wake_answer::join);
}

TEST_CASE("a reset takes nothing from a stop that is under way, nor from a start or a service that runs") {
  walk w;
  w.then(allowed_request{"alice"}).then(seen(0)).then(updated{});
  die_twice(w);
  w.state.ours = true;
  w.state.in_flight = wake_call::update;
  w.then(reset{});
  CHECK(w.state.phase == wake_phase::failed);
  CHECK(w.state.ours);
  CHECK(w.state.in_flight == wake_call::update);
  w.then(allowed_request{"alice"});
  CHECK(w.effects.answer == wake_answer::join);
  for (const auto phase : {wake_phase::starting, wake_phase::healthy, wake_phase::draining, wake_phase::asleep}) {
    walk other;
    other.state.phase = phase;
    other.state.alarm = 7;
    other.then(reset{});
    CHECK(other.state.phase == phase);
    CHECK(other.state.alarm == 7);
    CHECK(other.effects.send == wake_call::none);
  }
}
