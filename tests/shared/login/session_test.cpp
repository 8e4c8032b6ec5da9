#include "login/session.hpp"

#include <doctest/doctest.h>

using namespace sallyport;
using namespace sallyport::login;
using encoding::json;

namespace {

constexpr unix_seconds start = 1'767'225'600;
const session_settings settings;  // 60 s, 1 h, 12 h, 75 min

session_opened login_of(const std::string& grant, const std::string& host = "app.example",
                        json claims = {{"sub", "alice"}}) {
  return {"session-1", grant, host, "okta", std::move(claims), "Firefox", "CH"};
}

session_row opened(unix_seconds at = start) {
  return session_step(std::nullopt, login_of("g1"), at, settings).row.value();
}

/// Renewed often enough that it does not idle away.
session_row active_until(session_row row, unix_seconds end) {
  for (unix_seconds at = row.seen; at < end; at += 1800)
    row = session_step(std::move(row), session_renewed{"g1"}, at, settings).row.value();
  return row;
}

session_told renewed(const session_row& row, unix_seconds at, const std::string& grant = "g1") {
  return session_step(row, session_renewed{grant}, at, settings).told;
}

std::string why(const session_told& told) {
  CHECK(refusal_of(told.ended) == (told.ended == session_end::none ? reason::ok : reason::session_ended));
  return std::string(name_of(told.ended));
}

}  // namespace

TEST_CASE("a login opens a session that is good for renew, and is stored") {
  const auto done = session_step(std::nullopt, login_of("g1"), start, settings);
  CHECK(done.keep);
  CHECK(why(done.told) == "none");
  CHECK(done.told.issued == start);
  CHECK(done.told.hard_end == start + 60);
  CHECK(done.told.absolute == start + 43200);
  CHECK(done.row->generation == 1);
  CHECK(done.row->grants.size() == 1);
}

TEST_CASE("a session ends at its deadlines, at the first second of each, and says which came first") {
  const auto row = opened();
  CHECK(why(renewed(row, start + 3599)) == "none");
  CHECK(why(renewed(row, start + 3600)) == "idle");
  const auto used = active_until(row, start + 4400);
  CHECK(why(renewed(used, start + 4499)) == "none");
  CHECK(why(renewed(used, start + 4500)) == "identity_stale");
  session_settings patient = settings;
  patient.identity_age = patient.idle = 2 * patient.absolute;
  CHECK(why(session_step(row, session_renewed{"g1"}, start + 43199, patient).told) == "none");
  CHECK(why(session_step(row, session_renewed{"g1"}, start + 43200, patient).told) == "absolute");
}

TEST_CASE("nothing is told beyond a deadline") {
  const auto row = opened();
  CHECK(renewed(row, start + 30).hard_end == start + 90);
  const auto used = active_until(row, start + 4490);
  CHECK(renewed(used, start + 4490).hard_end == start + 4500);
}

TEST_CASE("the absolute deadline never moves away, and comes nearer with a stricter policy") {
  auto row = opened();
  session_settings longer = settings, shorter = settings;
  longer.absolute *= 2;
  shorter.absolute = 3000;
  CHECK(session_step(row, session_renewed{"g1"}, start + 10, longer).told.absolute == start + 43200);
  CHECK(session_step(row, session_renewed{"g1"}, start + 10, shorter).told.absolute == start + 3000);
  CHECK(why(session_step(row, session_renewed{"g1"}, start + 3000, shorter).told) == "absolute");
}

TEST_CASE("requests that are no activity do not keep a session from idling away") {
  auto row = opened();
  row = session_step(row, session_renewed{"g1", false}, start + 3000, settings).row.value();
  CHECK(why(renewed(row, start + 3600)) == "idle");
}

TEST_CASE("an ended session stays ended, with the why that it had, until its absolute deadline") {
  const auto ended = session_step(opened(), session_ended_by{session_end::logged_out}, start + 5, settings);
  CHECK(ended.keep);
  CHECK(ended.row->grants.empty());
  CHECK(why(renewed(*ended.row, start + 6)) == "logged_out");
  const auto again = session_step(ended.row, session_ended_by{session_end::evicted}, start + 7, settings);
  CHECK(why(again.told) == "logged_out");
  CHECK_FALSE(again.keep);
  const auto reopened = session_step(ended.row, login_of("g2"), start + 8, settings);
  CHECK(why(reopened.told) == "logged_out");
  CHECK(reopened.row->grants.empty());
  CHECK(session_step(ended.row, session_rang{}, start + 43199, settings).row.has_value());
  CHECK_FALSE(session_step(ended.row, session_rang{}, start + 43200, settings).row.has_value());
}

TEST_CASE("what no row has is unknown, and a grant that is not the session's is none") {
  CHECK(why(session_step(std::nullopt, session_renewed{"g1"}, start, settings).told) == "unknown");
  CHECK(why(session_step(std::nullopt, session_ended_by{}, start, settings).told) == "unknown");
  CHECK_FALSE(session_step(std::nullopt, session_rang{}, start, settings).row.has_value());
  const auto row = opened();
  CHECK(why(renewed(row, start + 1, "g2")) == "no_grant");
  CHECK(why(renewed(row, start + 1, "g1")) == "none");
}

TEST_CASE("a new grant of a host ends the one before 60 s later, and a host has two at most") {
  auto row = session_step(opened(), login_of("g2"), start + 100, settings).row.value();
  CHECK(renewed(row, start + 120).hard_end == start + 160);
  CHECK(why(renewed(row, start + 160)) == "no_grant");
  CHECK(why(renewed(row, start + 160, "g2")) == "none");
  row = session_step(row, login_of("g3"), start + 110, settings).row.value();
  CHECK(row.grants.size() == 2);
  CHECK(why(renewed(row, start + 111)) == "no_grant");
  CHECK(why(renewed(row, start + 111, "g2")) == "none");
}

TEST_CASE("a session has 32 hosts; of more the oldest goes") {
  auto row = opened();
  for (int i = 0; i < 32; ++i) {
    row =
        session_step(row, login_of("h" + std::to_string(i), "h" + std::to_string(i)), start + i, settings).row.value();
  }
  CHECK(row.grants.size() == 32);
  CHECK(why(renewed(row, start + 40, "g1")) == "no_grant");
  CHECK(why(renewed(row, start + 40, "h0")) == "none");
}

TEST_CASE("another login of the same person brings new claims, a new generation, and a new age of the identity") {
  const auto before = opened();
  const auto same = session_step(before, login_of("g2"), start + 3000, settings).row.value();
  CHECK(same.generation == 1);
  const auto other = session_step(before, login_of("g2", "app.example", {{"sub", "alice"}, {"groups", {"audit"}}}),
                                  start + 3000, settings)
                         .row.value();
  CHECK(other.generation == 2);
  CHECK(other.identified == start + 3000);
  CHECK(other.made == start);
  CHECK(other.absolute == start + 43200);
}

TEST_CASE(
    "when a session was seen is stored every 5 minutes, and one that is read back has been seen later by as much") {
  auto row = opened();
  auto done = session_step(row, session_renewed{"g1"}, start + 299, settings);
  CHECK_FALSE(done.keep);
  done = session_step(done.row, session_renewed{"g1"}, start + 300, settings);
  CHECK(done.keep);
  CHECK(done.row->kept == start + 300);
  const auto back = session_step(row, session_restored{}, start + 3700, settings).row.value();
  CHECK(back.seen == start + 300);
  CHECK(why(renewed(back, start + 3899)) == "none");
  CHECK(why(renewed(back, start + 3900)) == "idle");
  CHECK(session_step(row, session_restored{}, start + 100, settings).row->seen == start + 100);
}

TEST_CASE("the one longest unseen ends where one more would be too many") {
  const std::vector<session_columns> all = {{"a", 30, true}, {"b", 10, false}, {"c", 20, true}, {"d", 20, true}};
  CHECK(session_to_evict(all, 3) == "c");
  CHECK(session_to_evict(all, 4) == std::nullopt);
  CHECK(session_to_evict({}, 1) == std::nullopt);
}

TEST_CASE("a row is written and read as the same, and one of another version is not read") {
  auto row = session_step(opened(), login_of("g2"), start + 100, settings).row.value();
  CHECK(write_row(read_row(write_row(row)).value()) == write_row(row));
  CHECK(read_row(write_row(row))->grants == row.grants);
  CHECK(read_row("{}").why() == reason::internal);
  CHECK(read_row("").why() == reason::internal);
}
