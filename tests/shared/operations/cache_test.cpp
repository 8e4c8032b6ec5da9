#include <doctest/doctest.h>

#include <map>

#include "agent/openssl/host.hpp"
#include "caching/stored_answer.hpp"
#include "gate/edge/cache_plan.hpp"
#include "operations/operations.hpp"

namespace sallyport::testing {
namespace {

using encoding::json;

constexpr unix_milliseconds start = 1'790'000'000'000;
constexpr std::string_view start_date = "Mon, 21 Sep 2026 14:13:20 GMT";

/// A cache as a host has it, around the operations: one caller a name, all asking for the same.
class small_cache {
 public:
  small_cache() : crypto_(openssl::make_host()), means_(*crypto_) {}

  json run(std::string_view op, json in) {
    const auto name = "cache_" + std::string(op);
    const auto answer = operations::operate(encoding::canonical_json({{"op", name}, {"in", std::move(in)}}), means_);
    return *encoding::parse_json(answer);
  }

  json plan() const {
    gate::cache_plan made;
    made.key = "key";
    made.identity = "identity";
    made.shared = "shared";
    made.terms = terms;
    made.how = how;
    made.may_validate = may_validate;
    return gate::to_json(made);
  }

  /// Looks up like a host: once more where there are variants.
  json look_up(std::string_view who, const json& fields = json::array(), std::string_view method = "GET") {
    auto said = run("lookup", lookup(who, "", "", false, fields, method));
    if (said["do"] != "variant") return said;
    return run("lookup", lookup(who, said.value("identity", ""), said.value("shared", ""), true, fields, method));
  }

  json store(std::string_view who, json answer, const json& fields = json::array(), int status = 200) {
    answer.push_back({"Date", start_date});
    const auto said = run("store", {{"plan", plan()},
                                    {"method", "GET"},
                                    {"fields", fields},
                                    {"status", status},
                                    {"answer_fields", answer},
                                    {"requested", now},
                                    {"received", now},
                                    {"fwd", "uri-miss"}});
    if (said["store"] == true) put(who, said);
    return said;
  }

  void put(std::string_view who, const json& said) {
    const auto place = place_of(said["from"].get<std::string>(), who);
    if (said["variant"] != "") places[place] = said["variants"].get<std::string>();
    places[place + "/" + said["variant"].get<std::string>()] = said["text"].get<std::string>();
    if (said["variant"] == "") places[place] = said["text"].get<std::string>();
  }

  /// What a host passes on for the answer that a lookup named.
  json about(std::string_view who, const json& said, const json& fields = json::array()) {
    return {{"plan", plan()},   {"method", "GET"},
            {"fields", fields}, {"fwd", said["fwd"]},
            {"now", now},       {"stored", places[place_of(said["from"].get<std::string>(), who)]}};
  }

  http::cache_terms terms;
  gate::cache_plan::use how = gate::cache_plan::use::answers;
  bool may_validate = true;
  unix_milliseconds now = start;
  std::map<std::string, std::string> places;

 private:
  static std::string place_of(std::string_view scope, std::string_view who) {
    return scope == "shared" ? std::string(scope) : std::string(who);
  }
  json lookup(std::string_view who, const std::string& own, const std::string& shared, bool varied, const json& fields,
              std::string_view method) {
    const auto under = [&](const std::string& place, const std::string& variant) {
      return places[variant.empty() ? place : place + "/" + variant];
    };
    return {{"plan", plan()},
            {"method", method},
            {"fields", fields},
            {"now", now},
            {"varied", varied},
            {"identity", under(std::string(who), own)},
            {"shared", under("shared", shared)},
            {"invalidated", places["invalidated"]}};
  }

  std::unique_ptr<crypto::port> crypto_;
  operations::means means_;
};

json headers(std::initializer_list<std::pair<std::string_view, std::string_view>> all) {
  json fields = json::array();
  for (const auto& [name, value] : all) fields.push_back({name, value});
  return fields;
}

std::string value_of(const json& answer, std::string_view name) {
  for (const auto& each : answer["fields"]) {
    if (each[0] == name) return each[1].get<std::string>();
  }
  return {};
}

TEST_CASE("serves a stored answer with its age, to the identity that asked and to nobody else") {
  small_cache cache;
  CHECK(cache.look_up("alice")["fwd"] == "uri-miss");
  const auto stored = cache.store("alice", headers({{"Cache-Control", "max-age=60"}, {"X-A", "1"}}));
  CHECK(stored["cache_status"] == "Sallyport; fwd=uri-miss; stored");
  cache.now += 7000;
  const auto said = cache.look_up("alice");
  REQUIRE(said["do"] == "serve");
  CHECK(said["from"] == "identity");
  CHECK(said["answer"]["status"] == 200);
  CHECK(said["answer"]["body"] == true);
  CHECK(value_of(said["answer"], "Age") == "7");
  CHECK(value_of(said["answer"], "X-A") == "1");
  CHECK(value_of(said["answer"], "Cache-Status") == "Sallyport; hit; ttl=53");
  CHECK(cache.look_up("bob")["do"] == "send");
}

TEST_CASE("serves what is public to everybody who may ask") {
  small_cache cache;
  cache.store("alice", headers({{"Cache-Control", "public, max-age=60"}}));
  CHECK(cache.look_up("bob")["from"] == "shared");
}

TEST_CASE("takes the newer of an own and a shared answer") {
  small_cache cache;
  cache.store("alice", headers({{"Cache-Control", "public, max-age=60"}}));
  cache.now += 1000;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}}));
  CHECK(cache.look_up("alice")["from"] == "identity");
  CHECK(cache.look_up("bob")["from"] == "shared");
}

TEST_CASE("says why an answer is not stored") {
  small_cache cache;
  for (const auto& [said, why] :
       {std::pair("no-store", "no-store"), {"private, max-age=9", "private"}, {"", "expired"}}) {
    const auto stored = cache.store("alice", headers({{"Cache-Control", said}}));
    CHECK(stored["store"] == false);
    CHECK(stored["cache_status"] == "Sallyport; fwd=uri-miss; detail=" + std::string(why));
  }
  const std::string longest(gate::max_stored_head_bytes, 'x');
  const auto stored = cache.store("alice", headers({{"Cache-Control", "max-age=60"}, {"X-Long", longest}}));
  CHECK(stored["cache_status"] == "Sallyport; fwd=uri-miss; detail=head-too-large");
}

TEST_CASE("keeps variants apart by the fields that Vary names, and an absent field from an empty one") {
  small_cache cache;
  const auto german = headers({{"accept-language", "de"}}), none = headers({});
  const auto empty = headers({{"accept-language", ""}});
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}, {"Vary", "Accept-Language"}}), german);
  CHECK(cache.look_up("alice", german)["do"] == "serve");
  CHECK(cache.look_up("alice", none)["fwd"] == "vary-miss");
  CHECK(cache.look_up("alice", empty)["fwd"] == "vary-miss");
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}, {"Vary", "Accept-Language"}}), none);
  CHECK(cache.look_up("alice", none)["do"] == "serve");
  CHECK(cache.look_up("alice", german)["do"] == "serve");
  CHECK(cache.look_up("alice", empty)["fwd"] == "vary-miss");
}

TEST_CASE("finds a plain answer of the caller's own beside shared variants") {
  small_cache cache;
  cache.store("alice", headers({{"Cache-Control", "public, max-age=60"}, {"Vary", "Accept-Language"}}));
  cache.now += 1000;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}}));
  CHECK(cache.look_up("alice", headers({{"accept-language", "de"}}))["from"] == "identity");
  CHECK(cache.look_up("bob", headers({{"accept-language", "de"}}))["fwd"] == "vary-miss");
  CHECK(cache.look_up("bob")["from"] == "shared");
}

TEST_CASE("answers HEAD and a client that has it without a body") {
  small_cache cache;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}, {"ETag", "\"1\""}, {"Content-Type", "a/b"}}));
  const auto head = cache.look_up("alice", json::array(), "HEAD")["answer"];
  CHECK(head["status"] == 200);
  CHECK(head["body"] == false);
  CHECK(value_of(head, "Content-Type") == "a/b");
  const auto known = cache.look_up("alice", headers({{"if-none-match", "W/\"1\""}}))["answer"];
  CHECK(known["status"] == 304);
  CHECK(known["body"] == false);
  CHECK(value_of(known, "ETag") == "\"1\"");
  CHECK(value_of(known, "Content-Type").empty());
  CHECK(value_of(known, "Age") == "0");
}

TEST_CASE("weakens what speaks of the bytes of a packed body") {
  small_cache cache;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"},
                                {"ETag", "\"1\""},
                                {"Content-Encoding", "gzip"},
                                {"Content-Digest", "sha-256=:x:"},
                                {"Accept-Ranges", "bytes"}}));
  const auto served = cache.look_up("alice")["answer"];
  CHECK(value_of(served, "ETag") == "W/\"1\"");
  CHECK(value_of(served, "Content-Digest").empty());
  CHECK(value_of(served, "Accept-Ranges").empty());
  CHECK(value_of(cache.look_up("alice", headers({{"if-none-match", "\"1\""}}))["answer"], "ETag") == "W/\"1\"");
}

TEST_CASE("validates with the stored tag, takes the 304, and serves what it was about") {
  small_cache cache;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}, {"ETag", "\"1\""}, {"X-A", "1"}}));
  cache.now += 61000;
  const auto said = cache.look_up("alice");
  CHECK(said["do"] == "send");
  CHECK(said["fwd"] == "stale");
  CHECK(said["conditions"] == headers({{"If-None-Match", "\"1\""}}));
  CHECK(said["drop"] == json::array({"if-none-match", "if-modified-since"}));
  auto came = cache.about("alice", said);
  came["requested"] = came["received"] = cache.now;
  came["answer_fields"] = headers({{"ETag", "\"1\""}, {"X-A", "2"}, {"Date", "Mon, 21 Sep 2026 14:14:21 GMT"}});
  const auto fresh = cache.run("freshen", came);
  CHECK(fresh["confirmed"] == true);
  CHECK(fresh["store"] == true);
  CHECK(fresh["answer"]["status"] == 200);
  CHECK(value_of(fresh["answer"], "X-A") == "2");
  CHECK(value_of(fresh["answer"], "Cache-Status") == "Sallyport; fwd=stale; fwd-status=304");
  cache.put("alice", fresh);
  CHECK(value_of(cache.look_up("alice")["answer"], "Cache-Status") == "Sallyport; hit; ttl=60");
  came["answer_fields"] = headers({{"ETag", "\"2\""}});
  CHECK(cache.run("freshen", came)["confirmed"] == false);
}

TEST_CASE("a 304 does not share what was stored for one identity") {
  small_cache cache;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}, {"ETag", "\"1\""}}));
  cache.now += 61000;
  auto came = cache.about("alice", cache.look_up("alice"));
  came["requested"] = came["received"] = cache.now;
  came["answer_fields"] =
      headers({{"ETag", "\"1\""}, {"Cache-Control", "public, max-age=60"}, {"Date", "Mon, 21 Sep 2026 14:14:21 GMT"}});
  CHECK(cache.run("freshen", came)["from"] == "identity");
  small_cache open;
  open.store("alice", headers({{"Cache-Control", "public, max-age=60"}, {"ETag", "\"1\""}}));
  open.now += 61000;
  came["stored"] = open.about("alice", open.look_up("bob"))["stored"];
  CHECK(open.run("freshen", came)["from"] == "shared");
}

TEST_CASE("sets no condition where conditions are signed") {
  small_cache cache;
  cache.may_validate = false;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}, {"ETag", "\"1\""}}));
  cache.now += 61000;
  CHECK_FALSE(cache.look_up("alice").contains("conditions"));
}

TEST_CASE("stands in for a failing origin within the route's window, never longer") {
  small_cache cache;
  cache.terms.stale_if_error = 30;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}}));
  cache.now += 80000;
  const auto said = cache.look_up("alice");
  CHECK(said["on_error"] == true);
  auto failed = cache.about("alice", said);
  failed["fwd_status"] = 502;
  CHECK(value_of(cache.run("stale", failed)["answer"], "Cache-Status") ==
        "Sallyport; fwd=stale; fwd-status=502; ttl=-20; detail=stale-if-error");
  failed["fwd_status"] = 404;
  CHECK(cache.run("stale", failed).empty());
  failed["fwd_status"] = 503;
  failed["now"] = cache.now + 11000;
  CHECK(cache.run("stale", failed).empty());
  failed["stored"] = "";
  CHECK(cache.run("stale", failed).empty());
}

TEST_CASE("forgets what was asked for before something changed (RFC 9111 section 4.4)") {
  small_cache cache;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}}));
  cache.now += 1000;
  const auto said = cache.run("invalidate", {{"now", cache.now}, {"status", 204}});
  CHECK(cache.run("invalidate", {{"now", cache.now}, {"status", 409}}).empty());
  CHECK(said["keep"] == http::longest_kept);
  cache.places["invalidated"] = said["text"].get<std::string>();
  CHECK(cache.look_up("alice")["fwd"] == "uri-miss");
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}}));
  CHECK(cache.look_up("alice")["fwd"] == "uri-miss");
  cache.now += 1;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}}));
  CHECK(cache.look_up("alice")["do"] == "serve");
}

TEST_CASE("refuses what is not stored to who wants nothing else (RFC 9111 section 5.2.1.7)") {
  small_cache cache;
  const auto only = headers({{"cache-control", "only-if-cached"}});
  CHECK(cache.look_up("alice", only)["do"] == "refuse");
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}, {"ETag", "\"1\""}}));
  CHECK(cache.look_up("alice", only)["do"] == "serve");
  cache.now += 61000;
  CHECK(cache.look_up("alice", only)["do"] == "refuse");
}

TEST_CASE("goes past the cache with a plan that says so") {
  small_cache cache;
  cache.store("alice", headers({{"Cache-Control", "max-age=60"}}));
  cache.how = gate::cache_plan::use::bypass;
  CHECK(cache.look_up("alice")["fwd"] == "bypass");
  CHECK(cache.store("alice", headers({{"Cache-Control", "max-age=60"}}))["store"] == false);
  cache.how = gate::cache_plan::use::invalidates;
  CHECK(cache.look_up("alice")["fwd"] == "method");
}

TEST_CASE("takes stored texts that are not its own as nothing") {
  small_cache cache;
  for (const auto text :
       {"x", "e30", "bnVsbA", "W10", "eyJraW5kIjoiYW5zd2VyIn0", "eyJraW5kIjoidmFyaWFudHMiLCJ2IjoxfQ"}) {
    cache.places["alice"] = text;
    CHECK(cache.look_up("alice")["fwd"] == "uri-miss");
  }
}

TEST_CASE("tells what it cannot do") {
  small_cache cache;
  CHECK(cache.run("lookup", json::object())["error"] == "internal");
  CHECK(cache.run("nothing", {{"plan", cache.plan()}})["error"] == "internal");
}

}  // namespace
}  // namespace sallyport::testing
