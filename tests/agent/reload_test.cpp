// Files that change while the agent runs.
#include <doctest/doctest.h>

#include <filesystem>

#include "agent/run/watched_files.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using namespace std::chrono_literals;

namespace {

/// The test's policy with another decision on /denied.
std::string next_policy() {
  std::string text(test_policy_text());
  return text.replace(text.find("\"allow\": \"false\""), 16, "\"allow\": \"true\" ");
}

}  // namespace

TEST_CASE("a reload accepts the policy before for policy.previous_for, and no longer") {
  stage s(always(ok_answer("hello")), [](agent::config::settings& to) { to.policy.previous_for = 10min; });
  const auto begin = std::chrono::steady_clock::now();
  s.files().file("policy.jsonc", next_policy());
  CHECK(s.agent().reload(begin).empty());
  CHECK(!s.agent().tick(begin + 10min - 1s));
  CHECK(s.ask(signed_request{})->status == 200);
  // A reload of the same policy gives it no more time.
  CHECK(s.agent().reload(begin + 10min - 1s).empty());
  CHECK(s.agent().tick(begin + 10min));
  CHECK(s.agent().policies().second == "");
  CHECK(s.ask(signed_request{})->status == 503);
  CHECK(!s.agent().tick(begin + 20min));
}

TEST_CASE("a previous policy that a file names has no end") {
  const scratch files;
  const std::string previous = files.file("previous.jsonc", test_policy_text());
  stage s(always(ok_answer("hello")), [&](agent::config::settings& to) { to.policy.previous = previous; });
  const auto begin = std::chrono::steady_clock::now();
  s.files().file("policy.jsonc", next_policy());
  CHECK(s.agent().reload(begin).empty());
  CHECK(!s.agent().tick(begin + 24h));
  CHECK(s.ask(signed_request{})->status == 200);
}

TEST_CASE("a file that changed is noticed once it rests, and what replaces it, too") {
  const scratch files;
  const std::string one = files.file("one", "1");
  const std::string other = files.path("other");
  agent::run::watched_files watched({one, "", other});
  CHECK(!watched.changed());
  files.file("one", "12");
  CHECK(!watched.changed());
  files.file("one", "123");
  CHECK(!watched.changed());
  CHECK(watched.changed());
  CHECK(!watched.changed());

  files.file("other", "appears");
  CHECK(!watched.changed());
  CHECK(watched.changed());
  // The same length, another file.
  files.file("next", "replace");
  std::filesystem::create_symlink(files.path("next"), files.path("link"));
  std::filesystem::rename(files.path("link"), other);
  CHECK(!watched.changed());
  CHECK(watched.changed());
  std::filesystem::remove(other);
  CHECK(!watched.changed());
  CHECK(watched.changed());

  files.file("one", "1234");
  watched.read();
  CHECK(!watched.changed());
  CHECK(!watched.changed());
}

TEST_CASE("a reload takes the new policy and goes on accepting the one before") {
  stage s(always(ok_answer("hello")));
  signed_request denied;
  denied.target = "/denied/x";
  CHECK(s.ask(denied)->status == 403);
  s.files().file("policy.jsonc", next_policy());
  CHECK(s.agent().reload().empty());
  // Signed under the policy before: still decided by it.
  CHECK(s.ask(denied)->status == 403);
  CHECK(s.ask(signed_request{})->status == 200);
  s.files().file("policy.jsonc", "{ broken");
  const auto problems = s.agent().reload();
  REQUIRE(problems.size() == 1);
  CHECK(problems.front().find("policy.jsonc:1:") != std::string::npos);
  CHECK(s.metric("sallyport_last_reload_successful") == 0);
  CHECK(s.ask(signed_request{})->status == 200);
  CHECK(s.metric("sallyport_reloads_total{outcome=\"failed\"}") == 1);
  CHECK(s.metric("sallyport_reloads_total{outcome=\"ok\"}") == 1);
}
