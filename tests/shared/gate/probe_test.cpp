// Probes: each row of the agent's checks, the attacks on them, and what the edge makes of a response.
#include "gate/edge/probe.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "gate/origin/probe.hpp"
#include "tests/shared/gate/forge.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

constexpr const char* answer_id = "BBBBBBBBBBBBBBBBBBBBBA";

/// A good probe, to be bent.
forge good_probe() {
  forge made;
  made.target = std::string(gate::agent_path);
  made.claims = json{{"iss", "https://edge.test"},
                     {"aud", "sallyport:service:es"},
                     {"sub", "sallyport"},
                     {"idp", "sallyport"},
                     {"kind", "edge"},
                     {"route", "sallyport agent"},
                     {"pol", test_policy()->digest},
                     {"jti", "AAAAAAAAAAAAAAAAAAAAAA"},
                     {"iat", start_s},
                     {"exp", start_s + 10}};
  made.context = R"(id="BBBBBBBBBBBBBBBBBBBBBA", time=1760000000000, host="es.test", proto="https")";
  made.expires = start_s + 10;
  return made;
}

class unlimited final : public gate::status_rate {
 public:
  bool take(unix_milliseconds) override { return true; }
};

struct outcome {
  reason why = reason::ok;
  std::string detail;
  std::string id;
  std::string policy;
  bool unknown_key = false;
};

outcome probe(agent& at, const std::string& message, unix_milliseconds now, gate::status_rate& rate) {
  const std::string text = message.substr(0, message.find("\r\n\r\n") + 4);
  auto head = http::parse_request_head(text);
  if (!head.ok()) return {head.why(), head.error().detail, "", "", false};
  auto said = at.origin.probe(*head, at.seen, rate, now);
  if (const auto* no = std::get_if<gate::refused>(&said)) {
    return {no->why, no->detail, no->request_id, "", no->unknown_key};
  }
  auto& yes = *std::get_if<gate::accepted_probe>(&said);
  return {reason::ok, "", yes.id, yes.policy_digest, false};
}

outcome probe(const forge& made, unix_milliseconds now = start) {
  agent at(made.service);
  unlimited rate;
  return probe(at, made.build(), now, rate);
}

struct edit {
  const char* what;
  reason expected;
  std::function<void(forge&)> apply;
};

void check_all(const std::vector<edit>& edits) {
  for (const auto& each : edits) {
    forge made = good_probe();
    each.apply(made);
    const auto in = probe(made);
    CHECK_MESSAGE(in.why == each.expected, each.what << ": " << name_of(in.why) << " " << in.detail);
  }
}

const jose::signing_key& stranger() {
  static const auto made = make_key("ES256", "edge-es");
  return made;
}

std::string status_text(const std::function<void(json&)>& bend = {}) {
  json says{{"v", 1},         {"id", answer_id}, {"task", "arn:aws:ecs:us-east-1:1:task/c/t"},
            {"ready", true},  {"why", ""},       {"in_flight", 3},
            {"upgraded", 1},  {"idle_ms", 0},    {"policy", json::array({"digest", "previous"})},
            {"agent", "0.2"}, {"up_ms", 41000}};
  if (bend) bend(says);
  return says.dump();
}

gate::probe_reading read(int status, std::string_view type, bool from_agent, std::string_view body) {
  return gate::read_probe({status, type, from_agent, body}, answer_id);
}

gate::probe_reading read_status_text(const std::string& body) {
  const exact_text copy(body);
  return read(200, gate::status_content_type, true, copy.view());
}

}  // namespace

TEST_CASE("a good probe is taken, and says which policy the edge has") {
  const auto in = probe(good_probe());
  CHECK_MESSAGE(in.why == reason::ok, name_of(in.why) << " " << in.detail);
  CHECK(in.id == answer_id);
  CHECK(in.policy == test_policy()->digest);
  auto other = good_probe();
  other.with_claim("pol", "another");
  CHECK(probe(other).policy == "another");
}

TEST_CASE("row 2 of a probe: path, method and body, before anything is verified") {
  check_all({{"a query", reason::agent_path_unknown, [](forge& f) { f.target += "?"; }},
             {"another path", reason::agent_path_unknown, [](forge& f) { f.target = "/.sallyport/agents"; }},
             {"below it", reason::agent_path_unknown, [](forge& f) { f.target = "/.sallyport/agent/x"; }},
             {"escaped", reason::agent_path_unknown, [](forge& f) { f.target = "/.sallyport/%61gent"; }},
             {"HEAD", reason::agent_method, [](forge& f) { f.method = "HEAD"; }},
             {"POST", reason::agent_method, [](forge& f) { f.method = "POST"; }},
             {"a body", reason::framing_body_unexpected, [](forge& f) { f.content_length = "5"; }},
             {"an empty body", reason::ok, [](forge& f) { f.content_length = "0"; }},
             {"an unsigned one", reason::agent_method, [](forge& f) {
                f.method = "PUT";
                f.key = &stranger();
              }}});
}

TEST_CASE("row 3 of a probe: keys and policy") {
  auto held = std::make_shared<gate::origin_snapshot>();
  held->service = "es";
  gate::origin bare(held, host());
  gate::replay_set seen;
  unlimited rate;
  const std::string text = good_probe().build();
  const auto said = bare.probe(*http::parse_request_head(text), seen, rate, start);
  CHECK(std::get_if<gate::refused>(&said)->why == reason::not_ready);
}

TEST_CASE("row 4 of a probe: fields, parameters, times and signature") {
  check_all({{"a field twice", reason::sallyport_field_repeated,
              [](forge& f) {
                f.extra_fields = {{"Sallyport-Context", "id"}};
              }},
             {"a foreign field", reason::sallyport_field_unknown,
              [](forge& f) {
                f.extra_fields = {{"Sallyport-Else", "1"}};
              }},
             {"a grant", reason::sallyport_field_unknown,
              [](forge& f) {
                f.extra_fields = {{"Sallyport-Channel-Grant", "a.b.c"}};
              }},
             {"a key of somebody else", reason::httpsig_invalid, [](forge& f) { f.key = &stranger(); }},
             {"a key that nobody has", reason::httpsig_key_unknown, [](forge& f) { f.keyid = "gone"; }},
             {"a longer life", reason::httpsig_lifetime_too_long, [](forge& f) { f.expires = start_s + 11; }},
             {"made in the future", reason::httpsig_created_in_future,
              [](forge& f) {
                f.created = start_s + 6;
                f.expires = start_s + 10;
              }},
             {"expired", reason::httpsig_expired,
              [](forge& f) {
                f.created = start_s - 16;
                f.expires = start_s - 6;
              }},
             {"a digest", reason::httpsig_profile, [](forge& f) { f.with_body("").method = "GET"; }},
             {"no context", reason::context_invalid, [](forge& f) { f.context = "id"; }}});
}

TEST_CASE("row 4 of a probe: a channel does not sign it") {
  forge made = good_probe();
  made.keyid = "ch1-" + std::string(43, 'A');
  CHECK(probe(made).why != reason::ok);
}

TEST_CASE("row 5 of a probe: exactly the claims of one, for this service, for ten seconds") {
  const auto claim = [](const char* name, json value) {
    return [name, value](forge& f) { f.with_claim(name, value); };
  };
  check_all({{"a user", reason::assertion_invalid, claim("kind", "user")},
             {"a service", reason::assertion_invalid, claim("kind", "service")},
             {"the route of a request", reason::assertion_invalid, claim("route", "es-api")},
             {"another idp", reason::assertion_invalid, claim("idp", "okta")},
             {"another subject", reason::assertion_invalid, claim("sub", "alice")},
             {"a body", reason::assertion_invalid, claim("body", "stream")},
             {"groups", reason::assertion_invalid, claim("groups", json::array())},
             {"another edge", reason::assertion_issuer, claim("iss", "https://else.test")},
             {"another service", reason::assertion_audience, claim("aud", "sallyport:service:ed")},
             {"a longer life", reason::assertion_lifetime, claim("exp", start_s + 11)},
             {"expired", reason::assertion_expired,
              [](forge& f) {
                f.with_claim("iat", start_s - 20);
                f.with_claim("exp", start_s - 10);
              }},
             {"a text for a number", reason::assertion_invalid, claim("iat", "now")},
             {"another typ", reason::assertion_invalid, [](forge& f) { f.typ = "JWT"; }},
             {"another key", reason::assertion_invalid, [](forge& f) { f.assertion_key = &stranger(); }}});
}

TEST_CASE("row 6 of a probe: once, and a captured one never again at this agent") {
  agent at("es");
  unlimited rate;
  const std::string text = good_probe().build();
  CHECK(probe(at, text, start, rate).why == reason::ok);
  CHECK(probe(at, text, start, rate).why == reason::replay_detected);
  CHECK(probe(at, text, start + 14'000, rate).why == reason::replay_detected);
  CHECK(probe(at, text, start + 16'000, rate).why == reason::httpsig_expired);
}

TEST_CASE("row 7 of a probe: 40 at once, 20 a second, and strangers take none of them") {
  agent at("es");
  gate::status_bucket bucket;
  unsigned number = 0;
  const auto ask = [&](unix_milliseconds now, const jose::signing_key& key) {
    forge made = good_probe();
    bytes nonce(16);
    nonce[0] = static_cast<byte>(++number);
    made.nonce = encoding::encode_base64url(nonce);
    made.key = &key;
    return probe(at, made.build(), now, bucket).why;
  };
  for (int i = 0; i < 50; ++i) CHECK(ask(start, stranger()) == reason::httpsig_invalid);
  for (int i = 0; i < 40; ++i) CHECK(ask(start, keys().edge[0]) == reason::ok);
  CHECK(ask(start, keys().edge[0]) == reason::probe_rate);
  CHECK(ask(start + 49, keys().edge[0]) == reason::probe_rate);
  CHECK(ask(start + 50, keys().edge[0]) == reason::ok);
  CHECK(ask(start + 50, keys().edge[0]) == reason::probe_rate);
  // A clock that was set back gives nothing away, and holds nobody up for longer than it must.
  CHECK(ask(start - 900, keys().edge[0]) == reason::probe_rate);
  CHECK(ask(start - 850, keys().edge[0]) == reason::ok);
}

TEST_CASE("a probe is no request, at any path") {
  for (const auto* target : {"/api/x?a=1", "/open", "/.sallyport/agent"}) {
    forge made = good_probe();
    made.target = target;
    const auto in = agent("es").receive(made.build());
    const bool own = std::string_view(target) == gate::agent_path;
    CHECK_MESSAGE(in.why == (own ? reason::agent_path_unknown : reason::assertion_invalid), name_of(in.why));
  }
  forge half;
  half.with_claim("kind", "edge");
  CHECK(agent("es").receive(half.build()).why == reason::assertion_invalid);
  forge route;
  route.with_claim("route", "sallyport agent");
  CHECK(agent("es").receive(route.build()).why == reason::assertion_invalid);
}

TEST_CASE("a request is no probe, and nothing below the agent's own paths is for the app") {
  forge made;
  made.target = std::string(gate::agent_path);
  made.expires = start_s + 10;
  CHECK(probe(made).why == reason::assertion_invalid);
  forge below;
  below.target = "/.sallyport/else";
  CHECK(agent("es").receive(below.build()).why == reason::agent_path_unknown);
}

TEST_CASE("why an agent is not ready: stopping, then policy, then app") {
  const agent at_es("es");
  const auto& held = at_es.origin.snapshot();
  const std::string digest = held.policy->digest;
  CHECK(gate::why_unready(held, digest, false, true).empty());
  CHECK(gate::why_unready(held, digest, false, false) == "app");
  CHECK(gate::why_unready(held, "else", false, false) == "policy");
  CHECK(gate::why_unready(held, "else", true, true) == "stopping");
}

TEST_CASE("what the edge signs is a good probe, for each way of signing") {
  for (const auto* service : {"es", "ed", "mac"}) {
    world all;
    const auto made = all.edge->probe(service, start, entropy(7));
    REQUIRE(made.ok());
    std::string text = "GET /.sallyport/agent HTTP/1.1\r\nHost: 10.0.0.7:8080\r\n";
    for (const auto& [name, value] : made->fields) text.append(name).append(": ").append(value).append("\r\n");
    agent at(service);
    unlimited rate;
    const auto in = probe(at, text + "\r\n", start, rate);
    CHECK_MESSAGE(in.why == reason::ok, service << ": " << name_of(in.why) << " " << in.detail);
    CHECK(in.id == made->id);
    CHECK(in.policy == test_policy()->digest);
  }
  CHECK(world().edge->probe("none", start, entropy(7)).why() == reason::internal);
}

TEST_CASE("a status that an agent writes is what the edge reads") {
  gate::agent_status says;
  says.id = answer_id;
  says.task = "arn";
  says.why = "app";
  says.in_flight = 5;
  says.upgraded = 2;
  says.idle_ms = 17;
  says.up_ms = 4711;
  says.policies = {"one", "two"};
  says.agent = "0.2.0";
  const auto in = read_status_text(gate::write_status(says));
  REQUIRE(in.meaning == gate::probe_meaning::told);
  CHECK(in.status.why == "app");
  CHECK_FALSE(in.status.ready());
  CHECK(in.status.task == "arn");
  CHECK(in.status.in_flight == 5);
  CHECK(in.status.upgraded == 2);
  CHECK(in.status.idle_ms == 17);
  CHECK(in.status.up_ms == 4711);
  CHECK(in.status.policies == says.policies);
  CHECK(in.status.agent == "0.2.0");
}

TEST_CASE("what comes of a probe means what the table says") {
  using gate::probe_meaning;
  const std::string problem = R"({"code":"unauthorized","status":401})";
  const std::string_view problems = "application/problem+json";
  struct row {
    const char* what;
    int status;
    std::string_view type;
    bool from_agent;
    std::string body;
    probe_meaning meaning;
  };
  const row rows[] = {
      {"a status", 200, gate::status_content_type, true, status_text(), probe_meaning::told},
      {"the app's page", 200, "text/html", false, "<html>", probe_meaning::nothing},
      {"a status of another type", 200, "application/json", true, status_text(), probe_meaning::nothing},
      {"refused, 401", 401, problems, true, problem, probe_meaning::refused},
      {"refused, 403", 403, problems, true, problem, probe_meaning::refused},
      {"refused, 404", 404, problems, true, problem, probe_meaning::refused},
      {"refused, 429", 429, problems, true, problem, probe_meaning::refused},
      {"refused, 503", 503, problems, true, problem, probe_meaning::refused},
      {"an older agent, 401", 401, "application/problem+json; charset=utf-8", false, problem, probe_meaning::too_old},
      {"an older agent, 403", 403, problems, false, problem, probe_meaning::too_old},
      {"the app's own 401", 401, "text/html", false, "", probe_meaning::nothing},
      {"a 404 of somebody", 404, problems, false, problem, probe_meaning::nothing},
      {"a balancer's 502", 502, "text/html", false, "", probe_meaning::nothing},
      {"a balancer's 503", 503, "text/html", false, "", probe_meaning::nothing},
      {"a tunnel's 530", 530, "text/html", false, "", probe_meaning::nothing},
      {"a redirect", 302, "", true, "", probe_meaning::nothing},
      {"no response", 0, "", false, "connection refused", probe_meaning::nothing},
  };
  for (const auto& each : rows) {
    const auto in = read(each.status, each.type, each.from_agent, each.body);
    CHECK_MESSAGE(in.meaning == each.meaning, each.what);
    CHECK_MESSAGE((in.meaning == probe_meaning::told) == in.detail.empty(), each.what << ": " << in.detail);
  }
  CHECK(read(401, problems, true, problem).detail.find("unauthorized") != std::string::npos);
}

TEST_CASE("a status that cannot be read whole is none") {
  const auto meaning = [](const std::function<void(json&)>& bend) {
    return read_status_text(status_text(bend)).meaning;
  };
  for (const auto* name :
       {"v", "id", "task", "ready", "why", "in_flight", "upgraded", "idle_ms", "policy", "agent", "up_ms"}) {
    CHECK_MESSAGE(meaning([&](json& says) { says.erase(name); }) == gate::probe_meaning::nothing, name);
    CHECK_MESSAGE(meaning([&](json& says) { says[name] = json::object(); }) == gate::probe_meaning::nothing, name);
  }
  for (const auto* name : {"in_flight", "upgraded", "idle_ms", "up_ms"}) {
    CHECK_MESSAGE(meaning([&](json& says) { says[name] = -1; }) == gate::probe_meaning::nothing, name);
    CHECK_MESSAGE(
        meaning([&](json& says) { says[name] = (std::int64_t{1} << 53) + 1; }) == gate::probe_meaning::nothing, name);
  }
  CHECK(meaning([](json& says) { says["v"] = 2; }) == gate::probe_meaning::nothing);
  CHECK(meaning([](json& says) { says["why"] = "app"; }) == gate::probe_meaning::nothing);
  CHECK(meaning([](json& says) { says["id"] = "another"; }) == gate::probe_meaning::nothing);
  CHECK(meaning([](json& says) { says["policy"] = json::array({1}); }) == gate::probe_meaning::nothing);
  CHECK(meaning([](json& says) { says["task"] = std::string(4096, 'x'); }) == gate::probe_meaning::nothing);
  CHECK(meaning([](json& says) { says["later"] = json::array({1, "x"}); }) == gate::probe_meaning::told);
}

TEST_CASE("no prefix of a status, and no octet more or other in it, is read as another one") {
  const std::string good = status_text();
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK(read_status_text(good.substr(0, length)).meaning == gate::probe_meaning::nothing);
  }
  CHECK(read_status_text(good + "x").meaning == gate::probe_meaning::nothing);
  CHECK(read_status_text(good + std::string(gate::max_status_bytes, ' ')).meaning == gate::probe_meaning::nothing);
}
