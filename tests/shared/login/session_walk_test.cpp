// The session's machine at random: whatever comes in whatever order, what session.hpp promises holds.
#include <doctest/doctest.h>

#include <random>

#include "login/session.hpp"

using namespace sallyport;
using namespace sallyport::login;
using encoding::json;

namespace {

class walk {
 public:
  explicit walk(unsigned seed) : random_(seed) {
    settings_.idle = 300 + below(3600);
    settings_.absolute = settings_.idle + below(40000);
    settings_.identity_age = 300 + below(9000);
    settings_.renew = 10 + below(800);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      now_ += below(4) == 0 ? below(3000) : below(90);
      step(any_event());
    }
  }

  int lived = 0, ended = 0, forgotten = 0;

 private:
  unix_seconds below(unix_seconds most) {
    return static_cast<unix_seconds>(random_() % static_cast<std::uint64_t>(most));
  }
  std::string grant() { return "g" + std::to_string(below(6)); }

  session_event any_event() {
    switch (below(10)) {
      case 0:
        return session_opened{
            "s", "g" + std::to_string(below(6)), "h" + std::to_string(below(3)), "okta", json{{"n", below(2)}}, "", ""};
      case 1: return session_rang{};
      case 2: return session_restored{};
      case 3:
        return below(8) == 0 ? session_event(session_ended_by{session_end::logged_out})
                             : session_event(session_renewed{grant(), false});
      default: return session_renewed{grant(), below(3) != 0};
    }
  }

  void step(const session_event& event) {
    const auto before = row_;
    auto done = session_step(row_, event, now_, settings_);
    check(before, done, event);
    row_ = done.row;
    if (done.keep) stored_ = row_ ? std::optional(write_row(*row_)) : std::nullopt;
    if (row_) CHECK(write_row(read_row(write_row(*row_)).value()) == write_row(*row_));
    // A crash: what was stored comes back, and is no worse than what was in memory.
    if (below(12) == 0 && stored_) check_restart();
  }

  void check(const std::optional<session_row>& before, const session_outcome& done, const session_event& event) {
    const auto& told = done.told;
    if (told.hard_end != 0) {
      lived += 1;
      CHECK(told.ended == session_end::none);
      CHECK(told.hard_end <= now_ + settings_.renew);
      CHECK(told.hard_end > now_);
      CHECK(told.hard_end <= told.absolute);
      CHECK(done.row.has_value());
    }
    if (!before || before->ended == session_end::none) return;
    ended += 1;
    CHECK(told.hard_end == 0);
    CHECK(told.ended == before->ended);
    if (done.row) CHECK(write_row(*done.row) == write_row(*before));
    if (!done.row) {
      forgotten += 1;
      CHECK(std::holds_alternative<session_rang>(event));
      CHECK(now_ >= std::min(before->absolute, before->made + settings_.absolute));
    }
  }

  void check_restart() {
    const auto back = session_step(read_row(*stored_).value(), session_restored{}, now_, settings_);
    if (!row_) return;
    if (row_->ended != session_end::none) {
      CHECK(back.row->ended != session_end::none);
      return;
    }
    CHECK(back.row->ended == session_end::none);
    CHECK(back.row->absolute == row_->absolute);
    CHECK(back.row->grants == row_->grants);
    CHECK(session_due(*back.row, settings_) >= std::min(session_due(*row_, settings_), now_));
    row_ = back.row;
  }

  std::mt19937_64 random_;
  session_settings settings_;
  unix_seconds now_ = 1'767'225'600;
  std::optional<session_row> row_;
  std::optional<std::string> stored_;
};

}  // namespace

TEST_CASE("a session keeps its promises on random walks, through crashes") {
  int lived = 0, ended = 0, forgotten = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    walk one(seed);
    one.run(200);
    lived += one.lived;
    ended += one.ended;
    forgotten += one.forgotten;
  }
  CHECK(lived > 1000);
  CHECK(ended > 1000);
  CHECK(forgotten > 10);
}
