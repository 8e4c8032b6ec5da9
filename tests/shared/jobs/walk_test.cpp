// Random walks of an object of a job through a bad day: ECS loses responses, delays and throttles, the object ends between
// storing and calling, alarms ring twice. After each step the invariants of jobs/jobs.hpp and jobs/pace.hpp hold.
#include <doctest/doctest.h>

#include <random>

#include "jobs/json.hpp"
#include "jobs/pace.hpp"
#include "tests/shared/jobs/ecs_model.hpp"
#include "tests/shared/jobs/world.hpp"

using namespace sallyport;
using namespace sallyport::jobs;

namespace {

/// A call under way: what it did, or will do, at ECS, and when the object hears of it.
struct flight {
  std::string id;
  event answer;
  unix_milliseconds at = 0;
};
struct waiter {
  std::string id;
  waited then;
  unix_milliseconds until = 0;
};

class world {
 public:
  explicit world(std::uint32_t seed) : random_(seed) {}

  void run_for(int steps) {
    for (int i = 0; i < steps; ++i) {
      now_ += draw(30) == 0 ? draw(2'000'000) : draw(2'000);
      if (draw(300) == 0) now_ += draw(30) * 3'600'000LL;
      happen(draw(12));
      check();
    }
  }

  /// AWS is there again, and nobody asks for anything any more: every run must end.
  void calm_down() {
    calm_ = true;
    for (int i = 0; i < 20'000 && any_live(); ++i) {
      REQUIRE(alarm_ > 0);
      now_ = std::max(now_, next_moment());
      deliver();
      ring();
      check();
    }
    CHECK_FALSE(any_live());
    for (const auto& [id, one] : rows_) check_end(one);
  }

 private:
  std::uint32_t draw(std::uint32_t below) { return static_cast<std::uint32_t>(random_()) % below; }
  bool faulty(std::uint32_t one_in) { return !calm_ && draw(one_in) == 0; }

  void happen(std::uint32_t what) {
    if (what < 2) return want_run();
    if (what == 2) return ask(look_wanted{somebody()});
    if (what == 3 && draw(3) == 0) return ask(stop_wanted{somebody()});
    if (what == 4 && draw(6) == 0) return crash();
    if (what < 8) return deliver();
    now_ = what == 8 && alarm_ > 0 ? std::max(now_, alarm_) : now_;
    // Rings in time, too early, and twice.
    ring();
  }

  question somebody() {
    const std::vector<std::string> names = {"alice", "bob", "carol"};
    const auto& name = names[draw(3)];
    return {make_caller(name), name == "carol", draw(2) * 5'000};
  }

  // --- the object

  void want_run() {
    auto wanted = make_order(std::to_string(++ids_));
    wanted.by = somebody();
    wanted.client_token = wanted.by.from.key + (draw(2) == 0 ? std::to_string(draw(4)) : "!" + wanted.fresh_id);
    wanted.input_digest = draw(5) == 0 ? "other" : "digest";
    wanted.environment = {{"DIGEST", wanted.input_digest}};
    std::string newest;
    for (const auto& [id, one] : rows_) {
      if (one.client_token == wanted.client_token && (newest.empty() || one.created >= rows_[newest].created))
        newest = id;
    }
    step(newest, wanted, wanted.by);
  }

  template <class E>
  void ask(E wanted) {
    if (rows_.empty()) return step("none", wanted, wanted.by);
    auto at = rows_.begin();
    std::advance(at, draw(static_cast<std::uint32_t>(rows_.size())));
    step(std::string(at->first), wanted, wanted.by);
  }

  void step(const std::string& stored, const event& happened, const std::optional<question>& by = std::nullopt) {
    std::optional<run> before;
    if (const auto row = rows_.find(stored); row != rows_.end()) before = row->second;
    auto made = next(before, happened, now_, draw(1'000));
    check_asker(before, happened, made, by);
    const std::string id = made.state ? made.state->id : stored;
    if (!made.state) rows_.erase(id);
    // As it is stored.
    if (made.state) rows_[id] = *run_from(to_text(*made.state));
    if (before && made.state && made.state->id == before->id) check_step(*before, *made.state);
    if (before && !made.state) check_forgotten(*before);
    // The object ends between storing and calling.
    if (made.then.send != task_call::none && faulty(15)) return crash();
    if (made.state && made.then.send != task_call::none) send(*made.state, made.then.send);
    for (const auto& each : made.then.releases) release_waiters(id, each);
    if (by && made.then.wait != wait_for::nothing)
      waiters_.push_back({id, {*by, made.then.wait, std::nullopt}, now_ + made.then.wait_time});
  }

  void send(const run& of, task_call what) {
    CHECK_FALSE(is_final(of.state));
    const auto at = now_ + (calm_ ? 50 : draw(20'000));
    if (what == task_call::stop_task) {
      CHECK(of.stop.has_value());
      return send_stop(of, at);
    }
    if (faulty(4)) return fly(of.id, start_answered{read_refused_start(make_error(refused_kind()))}, at);
    if (faulty(9)) return fly(of.id, start_answered{read_refused_credentials(make_error(refused_kind()))}, at);
    // Some end only when they are stopped.
    const std::uint32_t life = draw(4) == 0 ? 2'000'000'000 : 1'000 + draw(200'000);
    const auto task = ecs_.run(of, now_, life, draw(2));
    if (faulty(3)) return fly(of.id, start_answered{read_refused_start(make_error(aws::error_kind::transient))}, at);
    if (!faulty(10)) fly(of.id, start_answered{{task, {}, false, false}}, at);
  }

  void send_stop(const run& of, unix_milliseconds at) {
    if (faulty(3)) return fly(of.id, stop_answered{make_error(refused_kind())}, at);
    ecs_.stop(of.task_arn, now_);
    if (faulty(3)) return fly(of.id, stop_answered{make_error(aws::error_kind::transient)}, at);
    if (!faulty(10)) fly(of.id, stop_answered{}, at);
  }

  /// Nothing happened at ECS, and the response says so: no doubt is left.
  aws::error_kind refused_kind() {
    return std::vector{aws::error_kind::throttled, aws::error_kind::access_denied, aws::error_kind::capacity,
                       aws::error_kind::credentials_expired}[draw(4)];
  }

  void fly(const std::string& id, event answer, unix_milliseconds at) {
    flights_.push_back({id, std::move(answer), at});
  }

  void deliver() {
    auto due = std::move(flights_);
    flights_.clear();
    for (auto& each : due) {
      if (each.at > now_)
        flights_.push_back(std::move(each));
      else
        step(each.id, each.answer);
    }
    auto over = std::move(waiters_);
    waiters_.clear();
    for (auto& each : over) {
      if (each.until > now_)
        waiters_.push_back(std::move(each));
      else
        step(each.id, each.then, each.then.by);
    }
  }

  void release_waiters(const std::string& id, const release& of) {
    auto all = std::move(waiters_);
    waiters_.clear();
    for (auto& each : all) {
      if (each.id != id || each.then.what != of.what) {
        waiters_.push_back(std::move(each));
        continue;
      }
      each.then.refused = of.refused;
      step(id, each.then, each.then.by);
    }
  }

  void ring() {
    alarm_ = 0;
    const auto planned = plan(pace_event::rang);
    std::vector<std::pair<unix_milliseconds, std::string>> due;
    for (const auto& [id, one] : rows_) {
      if (!is_final(one.state) && due_of(one) <= now_) due.emplace_back(due_of(one), id);
    }
    std::sort(due.begin(), due.end());
    if (due.size() > planned.take) due.resize(planned.take);
    for (const auto& [at, id] : due) step(id, alarm_rang{});
    std::erase_if(rows_, [&](const auto& row) {
      const auto ended = row.second.ended;
      return ended > 0 && ended <= planned.forget_ended_by;
    });
    if (planned.look) look();
  }

  void look() {
    if (faulty(6)) return;  // It never comes back.
    const bool refused = faulty(4);
    std::vector<std::string> watched;
    for (const auto& [id, one] : rows_) {
      if (!group_of(one).empty()) watched.push_back(id);
    }
    for (const auto& id : watched) {
      if (refused || rows_.count(id) == 0) continue;
      const auto arn = rows_[id].task_arn;
      const auto* task = ecs_.look(arn, now_);
      // In its first moments ECS may not know a task.
      const bool early = task != nullptr && now_ < ecs_.tasks().at(arn).runs_at && faulty(5);
      if (task == nullptr || early)
        step(id, task_missing{});
      else
        step(id, task_seen{*task});
    }
    plan(refused ? pace_event::look_refused : pace_event::looked);
  }

  jobs::plan plan(pace_event happened) {
    summary runs;
    watched tasks;
    runs.first_due = never;
    for (const auto& [id, one] : rows_) {
      if (is_final(one.state))
        runs.first_ended = runs.first_ended == 0 ? one.ended : std::min(runs.first_ended, one.ended);
      if (is_final(one.state)) continue;
      runs.first_due = std::min(runs.first_due, due_of(one));
      if (due_of(one) <= now_) ++runs.due;
      if (group_of(one).empty()) continue;
      ++tasks.tasks;
      tasks.newest = std::max(tasks.newest, one.changed);
    }
    if (tasks.tasks > 0) runs.groups.push_back(tasks);
    const auto made = next_plan(pace_from(pace_), happened, runs, now_, draw(1'000));
    pace_ = to_text(made.state);
    alarm_ = made.alarm;
    return made;
  }

  /// The platform ends the object, and begins another one with what is stored.
  void crash() {
    flights_.clear();
    waiters_.clear();
    pace_.clear();
    std::vector<std::string> live;
    for (const auto& [id, one] : rows_) {
      if (!is_final(one.state)) live.push_back(id);
    }
    for (const auto& id : live) step(id, restarted{});
  }

  bool any_live() const {
    return std::any_of(rows_.begin(), rows_.end(), [](const auto& row) { return !is_final(row.second.state); });
  }

  unix_milliseconds next_moment() const {
    auto first = alarm_;
    for (const auto& each : flights_) first = std::min(first, each.at);
    for (const auto& each : waiters_) first = std::min(first, each.until);
    return first;
  }

  // --- the invariants

  /// Nobody sees a run who may not, and one key is one run.
  void check_asker(const std::optional<run>& before, const event& happened, const outcome& made,
                   const std::optional<question>& by) {
    if (!by || made.then.refused) return;
    REQUIRE(made.state);
    CHECK((by->may_inspect || made.state->from.key == by->from.key));
    if (std::holds_alternative<stop_wanted>(happened)) stops_.insert(made.state->id);
    const auto* wanted = std::get_if<run_wanted>(&happened);
    if (wanted == nullptr) return;
    CHECK(made.state->input_digest == wanted->input_digest);
    CHECK(made.state->from.key == wanted->by.from.key);
    const bool stands = before && before->created + key_kept > now_;
    CHECK(made.state->id == (stands ? before->id : wanted->fresh_id));
  }

  void check_step(const run& before, const run& after) {
    if (is_final(before.state)) {
      CHECK(to_text(before) == to_text(after));
      return;
    }
    if (!before.task_arn.empty()) CHECK(after.task_arn == before.task_arn);
    // A stop is never lost.
    if (before.stop && !is_final(after.state)) REQUIRE(after.stop);
    if (before.stop && before.stop->sent && !is_final(after.state)) CHECK(after.stop->sent);
    if (!is_final(after.state)) return;
    // It ends before its task only when nobody can find that any more.
    const auto* known = task_of(after);
    const bool searched = now_ >= after.created + search_patience;
    if (known != nullptr && !searched && name_of(after.why) != "lost") CHECK(known->ends_at <= now_);
    if (name_of(after.why) == "lost") CHECK((searched || known == nullptr || now_ > known->ends_at));
  }

  /// A run whose task may exist is never forgotten.
  void check_forgotten(const run& before) { CHECK(task_of(before) == nullptr); }

  const ecs_model::known_task* task_of(const run& of) const {
    for (const auto& [arn, each] : ecs_.tasks()) {
      if (each.request == of.request_id) return &each;
    }
    return nullptr;
  }

  void check() {
    CHECK(ecs_.same_parameters());
    for (const auto& [id, one] : rows_) check_run(one);
    plan(pace_event::changed);
    if (!rows_.empty()) REQUIRE(alarm_ > 0);
    for (const auto& [id, one] : rows_) {
      if (is_final(one.state))
        CHECK(alarm_ <= one.ended + run_kept);
      else if (due_of(one) != never)
        CHECK(alarm_ <= std::max(due_of(one), now_ + 1'000));
      else
        CHECK(alarm_ <= now_ + 200'000);
    }
  }

  void check_run(const run& of) {
    int tasks = 0;
    for (const auto& [arn, each] : ecs_.tasks()) tasks += each.request == of.request_id ? 1 : 0;
    CHECK(tasks <= 1);
    if (!of.task_arn.empty()) CHECK(ecs_.tasks().at(of.task_arn).request == of.request_id);
    if (!is_final(of.state)) CHECK((due_of(of) != never || !group_of(of).empty()));
    const auto* known = task_of(of);
    // Only what ECS has taken is not sent any more.
    if (of.stop && of.stop->sent) CHECK((known != nullptr && (known->stop_asked || known->ends_at <= now_)));
  }

  /// It tells what became of its own task; and one that was to be stopped did not run on.
  void check_end(const run& of) {
    const auto* known = task_of(of);
    if (name_of(of.state) == "succeeded") CHECK(known->exit_code == 0);
    if (name_of(of.why) == "exit_code") CHECK(known->exit_code == of.exit_code);
    if (known != nullptr && stops_.count(of.id) != 0 && name_of(of.why) != "lost") CHECK(known->ends_at <= now_);
  }

  std::mt19937 random_;
  unix_milliseconds now_ = 10'000'000'000;
  std::map<std::string, run> rows_;
  std::string pace_;
  unix_milliseconds alarm_ = 0;
  std::vector<flight> flights_;
  std::vector<waiter> waiters_;
  ecs_model ecs_;
  std::set<std::string> stops_;
  int ids_ = 0;
  bool calm_ = false;
};

}  // namespace

TEST_CASE("random walks keep the invariants, and every run ends once AWS is there again") {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    world one(seed);
    one.run_for(250);
    one.calm_down();
  }
}
