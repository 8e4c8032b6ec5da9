// Regions that the core keeps: by their handles, with settings out of the policy, and looks as calls of ECS in somebody's name.
#include <doctest/doctest.h>

#include "agent/openssl/host.hpp"
#include "operations/operations.hpp"
#include "policy/load/load.hpp"

namespace sallyport::testing {
namespace {

using encoding::json;

constexpr std::string_view name = "region/1 aws:123456789012:us-east-1";

struct kept_region {
  std::unique_ptr<crypto::port> host = openssl::make_host();
  operations::means with{*host};
  std::int64_t now = 1'000'000'000;
  std::uint32_t handle = 0;

  explicit kept_region(std::string_view aws) {
    const std::string text = R"({"edge":{"issuer":"https://e.example"},"routes":[],)" + std::string(aws) +
                             R"("services":{"billing":{"ecs":{"region":"us-east-1","cluster":"prod","service":"pay",)"
                             R"("port":1,"role":"arn:aws:iam::123456789012:role/wake","wake":{}}}}})";
    with.policy = policy::load_policy(text, *host).policy;
    REQUIRE(with.policy);
    with.issuer = "https://e.example";
  }
  json begin(const std::string& rates = "") {
    const auto begun = operations::run("region_begin",
                                       {{"name", name}, {"rates", rates}, {"ours", json::array()}, {"now", now}}, with);
    if (begun.contains("handle")) handle = begun["handle"].get<std::uint32_t>();
    return begun;
  }
  json step(json event, std::int64_t later = 0) {
    now += later;
    if (!event.contains("v")) event["v"] = 1;
    return operations::run("region_step", {{"handle", handle}, {"now", now}, {"event", event}}, with);
  }
  json admit(const std::string& place) {
    return step({{"kind", "admit"}, {"place", place}, {"attempt", "1"}, {"op", "update"}, {"class", "waited_for"}});
  }
};

constexpr std::string_view account =
    R"("aws":{"prod":{"account":"123456789012","share":0.5,"quotas":{"update_service":100,"launches":1000},)"
    R"("looks_role":"arn:aws:iam::123456789012:role/looks"}},)";

}  // namespace

TEST_CASE("a Region is begun by its name, and one of a name takes the place of the one before") {
  kept_region here("");
  CHECK(here.step({{"kind", "alarm"}})["error"] == "internal");
  CHECK(here.begin()["handle"] == 1);
  CHECK(here.admit("a").contains("go"));
  CHECK(here.begin()["handle"] == 2);
  here.handle = 1;
  CHECK(here.admit("a")["error"] == "internal");
  const json other = {{"name", "region/2"}, {"now", 1}};
  CHECK(operations::run("region_begin", other, here.with)["error"] == "internal");
}

TEST_CASE("what is asked in another version is refused, and asks nothing") {
  kept_region here("");
  here.begin();
  CHECK(here.step({{"kind", "admit"}, {"v", 2}, {"place", "a"}, {"op", "update"}, {"class", "stop"}})["error"] ==
        "internal");
  CHECK(here.step({{"kind", "nothing"}})["error"] == "internal");
}

TEST_CASE("share and quotas are those of the policy's account, and what was refused outlives the Region") {
  kept_region here(account);
  here.begin();
  // Half of a hundred a second: after a second there are fifty, and no more wait than ten seconds' worth.
  CHECK(here.step({{"kind", "alarm"}}, 60'000)["calls"].empty());
  const auto go = here.admit("a")["go"];
  CHECK(go["in_ms"] == 0);
  const auto slower = here.step({{"kind", "report"}, {"grant", go["grant"]}, {"outcome", "throttled"}});
  const auto rates = *encoding::parse_json(slower["rates"].get<std::string>());
  CHECK(rates["rates"]["update_service"]["rate"] == 35'000);
  here.begin(slower["rates"].get<std::string>());
  const auto again = here.admit("a");
  CHECK(again["go"]["in_ms"] == 29);
}

TEST_CASE("a place is stored when it was raised, and no more when it is not ours") {
  kept_region here("");
  here.begin();
  const json raised = {{"kind", "present"}, {"place", "a"}, {"policy", "p"}, {"ours", true}};
  CHECK(here.step(raised)["indexed"] == json{{"place", "a"}, {"since", here.now}});
  CHECK_FALSE(here.step(raised).contains("indexed"));
  CHECK(here.step({{"kind", "present"}, {"place", "a"}, {"policy", "p"}, {"ours", false}})["indexed"]["since"] == 0);
}

TEST_CASE("looks are calls in the session of the looks role, and what they say is told") {
  kept_region here(account);
  here.begin();
  here.step({{"kind", "alarm"}}, 60'000);
  here.step({{"kind", "watch"}, {"place", "a"}, {"cluster", "prod"}, {"service", "pay"}, {"for", "check"}});
  const auto sent = here.step({{"kind", "alarm"}}, 100)["calls"];
  REQUIRE(sent.size() == 1);
  CHECK(sent[0]["action"] == "DescribeSomeServices");
  CHECK(sent[0]["parameters"] == json{{"services", {"pay"}}});
  CHECK(sent[0]["who"]["role"] == "arn:aws:iam::123456789012:role/looks");
  CHECK(sent[0]["who"]["target"] == "@looks");
  const json answer = {{"services", {{{"name", "pay"}, {"status", "ACTIVE"}, {"desired", 2}}}}};
  const auto told = here.step({{"kind", "answered"}, {"id", sent[0]["id"]}, {"sent", true}, {"answer", answer}});
  REQUIRE(told["facts"].size() == 1);
  CHECK(told["facts"][0]["place"] == "a");
  CHECK(told["facts"][0]["service"]["desired"] == 2);
}

TEST_CASE("without a looks role tasks are looked at in the session of a service that watches") {
  kept_region here("");
  here.begin();
  here.step({{"kind", "alarm"}}, 60'000);
  const json start = {{"kind", "watch"}, {"place", "a"}, {"cluster", "prod"}, {"service", "pay"}, {"for", "start"}};
  here.step(start);
  const auto sent = here.step({{"kind", "alarm"}}, 5'000)["calls"];
  REQUIRE(sent.size() == 1);
  CHECK(sent[0]["action"] == "ListTasks");
  CHECK(sent[0]["parameters"]["service"] == "pay");
  CHECK(sent[0]["who"]["role"] == "arn:aws:iam::123456789012:role/wake");
  CHECK(sent[0]["who"]["target"] == "billing");
  CHECK(sent[0]["who"]["caller"]["subject"] == "sallyport");
  const json denied = {{"refused", {{"kind_name", "access_denied"}}}};
  const auto told = here.step({{"kind", "answered"}, {"id", sent[0]["id"]}, {"sent", false}, {"answer", denied}});
  REQUIRE(told["facts"].size() == 1);
  CHECK(told["facts"][0]["denied"] == true);
}

TEST_CASE("the stand-in begins at half of the share") {
  kept_region here("");
  const json in = {{"name", std::string(name) + " #2"}, {"rates", ""}, {"ours", json::array()}, {"now", here.now}};
  here.handle = operations::run("region_begin", in, here.with)["handle"].get<std::uint32_t>();
  // Of 5 a second 80 %, and half of that: one in half a second.
  CHECK(here.admit("a")["go"]["in_ms"] == 500);
}

TEST_CASE("the way to a Region is a text that goes in as it came out") {
  kept_region here("");
  const auto next = [&](const json& way, const json& event) {
    return operations::run("region_way", {{"way", way}, {"now", 1'000}, {"event", event}}, here.with);
  };
  const auto ask = next("", {{"kind", "ask"}});
  CHECK(ask["do"] == "ask");
  CHECK(ask["to"] == "region");
  CHECK(ask["fresh"] == false);
  CHECK(ask["patience_ms"] == 2'000);
  const json overloaded = {{"kind", "failed"}, {"turn", ask["turn"]}, {"overloaded", true}};
  CHECK(next(ask["way"], overloaded)["ask_ms"] == 5'000);
  const json answer = {{"queued", {{"ask_ms", 700}}}};
  const auto told = next(ask["way"], {{"kind", "answered"}, {"turn", ask["turn"]}, {"answer", answer}});
  CHECK(told["do"] == "nothing");
  CHECK(next(told["way"], overloaded)["ask_ms"] == 700);
}

}  // namespace sallyport::testing
