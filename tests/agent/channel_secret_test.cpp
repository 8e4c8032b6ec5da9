#include "agent/keys/channel_secret.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "agent/config/file.hpp"
#include "agent/config/load.hpp"
#include "agent/trust/channel_stripes.hpp"
#include "agent/trust/material.hpp"
#include "encoding/base64url.hpp"
#include "tests/agent/stage.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

constexpr std::string_view counted = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// What `text` in a file of its own is refused for, behind the file's name; "" : it is taken.
std::string problem_with(std::string_view text) {
  const scratch files;
  agent::config::settings settings;
  settings.service = "es";
  settings.policy.file = files.file("policy.jsonc", test_policy_text());
  settings.edge.jwks_file = files.file("jwks.json", edge_keys().jwks);
  settings.channel.secret_file = files.file("secret", text);
  const auto read = agent::trust::read_material(settings, test_host());
  CHECK(read.problems.size() <= 1);
  CHECK((read.channels != nullptr) == read.problems.empty());
  if (read.problems.empty()) return "";
  const std::string& problem = read.problems.front();
  REQUIRE(problem.starts_with(settings.channel.secret_file + ":"));
  CHECK(problem.find("sallyport keys channel") != std::string::npos);
  return problem.substr(settings.channel.secret_file.size(), 30);
}

}  // namespace

TEST_CASE("a channel secret is 32 octets in base64url, and no other form is taken") {
  const std::string good(counted);
  CHECK(problem_with(good) == "");
  CHECK(problem_with(good + "\n") == "");
  CHECK(problem_with("").starts_with(":1:1: shorter"));
  CHECK(problem_with(good.substr(1)).starts_with(":1:43: shorter"));
  CHECK(problem_with(good + "A").starts_with(":1:44: longer"));
  CHECK(problem_with(good + "=").starts_with(":1:44: longer"));
  CHECK(problem_with(good + "\r\n").starts_with(":1:44: longer"));
  CHECK(problem_with(good + "\n\n").starts_with(":1:44: longer"));
  CHECK(problem_with(" " + good).starts_with(":1:1: a character"));
  CHECK(problem_with("AAEC+" + good.substr(5)).starts_with(":1:5: a character"));
  CHECK(problem_with(good.substr(0, 42) + "9").starts_with(":1:43: spare bits"));
  CHECK(problem_with(R"({"kty":"oct"})").starts_with(":1:1: a character"));
  CHECK(problem_with("correct horse battery staple").starts_with(":1:8: a character"));
}

TEST_CASE("a made secret is taken, and each is another") {
  const auto one = agent::keys::make_channel_secret();
  const auto other = agent::keys::make_channel_secret();
  REQUIRE((one.ok() && other.ok()));
  CHECK(*one != *other);
  CHECK(problem_with(*one) == "");
}

TEST_CASE("the secret gives the key that the protocol says") {
  const auto secret = agent::keys::read_channel_secret(counted);
  REQUIRE(secret.ok());
  const auto pair = channel::derive_pair(test_host(), *secret, "reports");
  REQUIRE(pair.ok());
  CHECK(channel::thumbprint(test_host(), pair->point) == "h1m8JV0O1OhrKBz5Q4BwK87mRjhOqeyEgALtwQfdhCs");
}

TEST_CASE("a secret in the environment is told apart from a file, and both at once are refused") {
  const std::string two = R"({ "service": "s", "policy": { "file": "p" }, "channel": { "secret_file": "f" } })";
  const auto loaded =
      agent::config::load_text("/x/agent.jsonc", two, {{"SALLYPORT_CHANNEL_SECRET", std::string(counted)}});
  REQUIRE(loaded.problems.size() == 1);
  CHECK(describe(loaded.problems.front()) ==
        "/x/agent.jsonc: channel: two places for the secret. Keep one of channel.secret_file and "
        "SALLYPORT_CHANNEL_SECRET.");
  const auto in_file = agent::config::load_text("/x/agent.jsonc", R"({ "channel": { "secret": "s" } })", {});
  REQUIRE_FALSE(in_file.problems.empty());
  CHECK(describe(in_file.problems.front()).find("a secret in a file that is not secret") != std::string::npos);
}

TEST_CASE("a changed channel secret waits for a restart, and a file that others may read is refused") {
  stage s(always(ok_answer("hello")), [](auto& settings) {
    settings.channel.secret_file = settings.policy.file + ".secret";
    const std::string made = *agent::keys::make_channel_secret();
    REQUIRE(agent::config::create_secret_file(settings.channel.secret_file, made).ok());
  });
  CHECK(s.agent().reload().empty());
  s.files().file("policy.jsonc.secret", *agent::keys::make_channel_secret());
  const auto changed = s.agent().reload();
  REQUIRE(changed.size() == 1);
  CHECK(changed.front().find("Restart the agent") != std::string::npos);
  std::filesystem::permissions(s.files().path("policy.jsonc.secret"), std::filesystem::perms(0644));
  const auto open = s.agent().reload();
  REQUIRE(open.size() == 1);
  CHECK(open.front().find("chmod 600") != std::string::npos);
}

TEST_CASE("no key of the edge or of ours is called as a channel is") {
  const scratch files;
  agent::config::settings settings;
  settings.service = "es";
  settings.policy.file = files.file("policy.jsonc", test_policy_text());
  json set = encoding::parse_json(edge_keys().jwks).value();
  json entry = set["keys"][0];
  entry["kid"] = "ch1.x";
  set["keys"].push_back(entry);
  settings.edge.jwks_file = files.file("jwks.json", set.dump());
  auto read = agent::trust::read_material(settings, test_host());
  REQUIRE(read.problems.empty());
  CHECK(read.snapshot.edge_keys->keys().size() == 1);
  CHECK(read.snapshot.edge_keys->passed_over().find("ch1.x") != std::string::npos);
  json secret = encoding::parse_json(edge_keys().secret_file).value();
  secret["keys"][0]["kid"] = "ch1.y";
  settings.hmac.file = files.file("hmac.json", secret.dump());
  read = agent::trust::read_material(settings, test_host());
  REQUIRE(read.problems.size() == 1);
  CHECK(read.problems.front().find("config_invalid, a kid cannot begin with ch1.") != std::string::npos);
}

TEST_CASE("the channels of all threads are as many as the limit says, at least") {
  for (const std::size_t limit : {std::size_t{1}, std::size_t{5}, std::size_t{8192}}) {
    agent::trust::channel_stripes held(limit);
    for (unsigned i = 0; i < 2 * limit + 64; ++i) {
      auto made = std::make_shared<gate::held_channel>();
      made->id = test_host().sha256(as_bytes(std::to_string(i)));
      made->expires = 1000;
      held.keep(std::move(made), 0);
    }
    CHECK(held.size() <= limit);
    CHECK(held.size() + limit / 8 >= limit);
    CHECK(held.evicted() == 2 * limit + 64 - held.size());
  }
}
