// Random walks of a governed machine, whose Region answers at random, late, twice or never, as does AWS: it keeps its promises.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/shared/wake/walk.hpp"
#include "wake/json.hpp"

using namespace sallyport;
using namespace sallyport::aws;
using namespace sallyport::testing;

namespace {

class governed_world {
 public:
  explicit governed_world(std::uint32_t seed) : random_(seed) {
    settings_.governed = true;
    settings_.ready_by_agent = seed % 2 == 0;
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      now_ += draw(4) == 0 ? draw(200'000) : draw(2'000);
      if (state_.alarm > 0 && draw(3) > 0) now_ = std::min(now_, std::max(state_.alarm, now_ - 200'000));
      apply(any_event());
    }
    settle_down();
  }

 private:
  std::uint32_t draw(std::uint32_t below) { return static_cast<std::uint32_t>(random_()) % below; }

  wake_event any_event() {
    // What Region said comes once more, or late.
    if (!said_.empty() && draw(8) == 0) return said_[draw(static_cast<std::uint32_t>(said_.size()))];
    switch (draw(11)) {
      case 0: return allowed_request{std::string(1, static_cast<char>('a' + draw(5)))};
      case 1:
      case 2:
        if (state_.alarm > 0) now_ = std::max(now_, state_.alarm);
        return alarm_rang{};
      case 3:
      case 4:
      case 5: return region_word();
      case 6: return any_facts();
      case 7: return draw(2) == 0 ? wake_event(updated{}) : wake_event(looked{seen(draw(2), any_tasks())});
      case 8:
        return refusal(draw(4) == 0   ? error_kind::access_denied
                       : draw(3) == 0 ? error_kind::transient
                                      : error_kind::throttled);
      case 9:
        if (draw(4) == 0) return restarted{};
        return draw(2) == 0 ? wake_event(endpoint_lost{"t1"}) : wake_event(reset{});
      default: return any_probe();
    }
  }

  wake_event region_word() {
    const auto attempt = asked_.empty() || draw(9) == 0 ? 0 : asked_[asked_.size() - 1 - draw(2) % asked_.size()];
    const auto kind = draw(4);
    if (kind == 0) return keep(region_down{draw(3) == 0 ? 0 : attempt});
    if (kind == 1)
      return keep(put_in_line{attempt, static_cast<std::int64_t>(draw(50)) - 1, draw(100'000), draw(60'000)});
    return keep(granted{attempt, "g" + std::to_string(attempt), draw(2) * draw(5'000), 5'000});
  }

  template <class E>
  E keep(E event) {
    said_.push_back(event);
    if (said_.size() > 20) said_.erase(said_.begin());
    return event;
  }

  std::vector<task> any_tasks() {
    std::vector<task> out;
    for (auto n = draw(3); n > 0; --n) {
      auto one = make_task("t" + std::to_string(now_ / 400'000 + draw(2)), static_cast<task_status>(draw(7)),
                           now_ - draw(30'000), static_cast<health_status>(draw(3)));
      one.version = draw(6);
      one.wanted = one.wanted && draw(6) != 0;
      if (one.status == task_status::stopped && draw(3) == 0) one.stop_code = "TaskFailedToStart";
      out.push_back(one);
    }
    return out;
  }

  wake_event any_facts() {
    facts_told out;
    if (draw(2) == 0) out.service = service_answer{"ACTIVE", draw(2), 0, 0, "", 0};
    out.tasks = any_tasks();
    if (draw(3) == 0) out.missing = {"t" + std::to_string(now_ / 400'000)};
    out.asked_ms_ago = draw(3'000);
    out.denied = draw(20) == 0;
    return keep(out);
  }

  wake_event any_probe() {
    if (state_.probing.sent.empty()) return probe_due{};
    probed out;
    out.number = state_.probing.sent[draw(static_cast<std::uint32_t>(state_.probing.sent.size()))].number;
    out.said = static_cast<probe_result>(draw(3));
    out.heard = true;
    out.in_flight = draw(4) == 0 ? 1 : 0;
    out.idle_ms = out.up_ms = 5'000'000;
    return out;
  }

  void apply(const wake_event& event) {
    const wake_state before = state_;
    auto next = wake_next(state_, event, now_, settings_, draw(1000));
    state_ = std::move(next.state);
    if (next.effects.admit) asked_.push_back(next.effects.admit->attempt);
    check_one_call(before, event, next.effects);
    check_call(next.effects);
    check_reports(next.effects);
    check_ours(before, next.effects);
    check_owed();
    CHECK(*wake_state_from(to_json(state_)) == state_);
  }

  void check_one_call(const wake_state& before, const wake_event& event, const wake_effects& effects) {
    const bool landed = (std::holds_alternative<looked>(event) && before.in_flight == wake_call::look) ||
                        (std::holds_alternative<updated>(event) && before.in_flight == wake_call::update) ||
                        std::holds_alternative<call_refused>(event) || std::holds_alternative<restarted>(event);
    if (before.in_flight == wake_call::none || landed || now_ >= before.in_flight_until) return;
    CHECK(effects.send == wake_call::none);
    CHECK(state_.in_flight == before.in_flight);
  }

  /// No call without a grant that lives and was never used, or no Region answers.
  void check_call(const wake_effects& effects) {
    if (effects.send == wake_call::none) return;
    CHECK(state_.in_flight == effects.send);
    const auto& with = state_.admission;
    if (with.grant.empty() || !with.sent) {
      CHECK(with.alone);
      return;
    }
    CHECK(used_.insert(with.grant).second);
    CHECK(given_back_.count(with.grant) == 0);
    CHECK(now_ >= with.go_at);
    CHECK(now_ < with.valid_until);
  }

  void check_reports(const wake_effects& effects) {
    for (const auto& each : effects.reports) {
      CHECK((each.how == region::outcome::unused) == (used_.count(each.grant) == 0));
      if (each.how == region::outcome::unused) given_back_.insert(each.grant);
      if (each.how != region::outcome::unused) CHECK(reported_.insert(each.grant).second);
    }
  }

  void check_ours(const wake_state& before, const wake_effects& effects) {
    if (effects.send == wake_call::update && effects.desired == 0) CHECK(before.ours);
    if (effects.send == wake_call::update && effects.desired > 0) CHECK(state_.ours);
    const bool fresh = before.phase != wake_phase::starting && before.phase != wake_phase::healthy;
    if (fresh && state_.phase == wake_phase::starting) CHECK(effects.answer == wake_answer::join);
    if (state_.phase == wake_phase::starting && state_.step == start_step::queued) CHECK(state_.endpoints.empty());
    if (effects.answer == wake_answer::ready) CHECK_FALSE(state_.endpoints.empty());
  }

  /// What is owed has an alarm, and who waits in line asks in time.
  void check_owed() {
    const auto& with = state_.admission;
    const bool moves = state_.phase == wake_phase::starting || state_.phase == wake_phase::healthy ||
                       state_.phase == wake_phase::draining || state_.in_flight != wake_call::none ||
                       with.what != errand::none;
    if (moves) CHECK(state_.alarm > 0);
    if (state_.phase == wake_phase::failed && state_.ours) CHECK(state_.alarm > 0);
    const bool waits = with.what != errand::none && state_.in_flight == wake_call::none;
    if (waits) CHECK(state_.alarm <= now_ + settings_.start_timeout);
    if (state_.phase != wake_phase::starting) return;
    const auto line = with.raise_since + settings_.queue_most;
    const auto start = std::max({state_.raised_at, state_.phase_since, with.left_at}) + settings_.start_timeout;
    CHECK(state_.alarm <= std::max({line, start, now_ + settings_.call_timeout}));
  }

  /// Left alone, a start ends, by its alarm, whatever the Region says.
  void settle_down() {
    const auto begun = now_;
    const auto most = settings_.queue_most + 3 * settings_.start_timeout;
    while (state_.phase == wake_phase::starting) {
      REQUIRE(state_.alarm > 0);
      REQUIRE(now_ <= begun + most);
      now_ = std::max(now_ + 1, state_.alarm);
      apply(alarm_rang{});
      if (state_.phase == wake_phase::starting && draw(2) == 0) apply(region_word());
    }
  }

  std::mt19937 random_;
  wake_settings settings_{1, 8443};
  unix_milliseconds now_ = 10'000'000;
  wake_state state_;
  std::vector<std::int64_t> asked_;
  std::vector<wake_event> said_;
  std::set<std::string> used_, given_back_, reported_;
};

}  // namespace

TEST_CASE("random walks of a governed machine keep the invariants") {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    governed_world(seed).run(250);
  }
}
