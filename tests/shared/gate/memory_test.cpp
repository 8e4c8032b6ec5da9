// What both ends remember saves work and changes no decision.
#include <doctest/doctest.h>

#include "tests/shared/gate/counting_port.hpp"
#include "tests/shared/gate/forge.hpp"
#include "tests/support/signed_forward.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

constexpr unix_milliseconds second = 1000;

client_request with_token(const std::string& what) {
  return client_request().bearer(what);
}

json claims_with(const char* name, json value) {
  auto claims = alice();
  claims[name] = std::move(value);
  return claims;
}

json assertion_of(const edge_outcome& outcome) {
  const auto* out = std::get_if<gate::forward>(&outcome.what);
  REQUIRE_MESSAGE(out != nullptr, name_of(reason_of(outcome)));
  return claims_of(field_of(out->fields, "sallyport-assertion"));
}

}  // namespace

TEST_CASE("a token that was verified is refused the moment it expires") {
  world edge;
  const auto request = with_token(token(claims_with("exp", start_s + 10), keys().okta));
  CHECK(reason_of(edge.through(request, start)) == reason::ok);
  CHECK(reason_of(edge.through(request, start + 14 * second)) == reason::ok);
  CHECK(reason_of(edge.through(request, start + 15 * second)) == reason::jwt_expired);
}

TEST_CASE("a token that was verified is refused when the clock goes back before it was made") {
  world edge;
  const auto request = with_token(token(claims_with("iat", start_s), keys().okta));
  CHECK(reason_of(edge.through(request, start)) == reason::ok);
  CHECK(reason_of(edge.through(request, start - 5 * second)) == reason::ok);
  CHECK(reason_of(edge.through(request, start - 6 * second)) == reason::jwt_issued_in_future);
}

TEST_CASE("a token that was verified is refused when its key is gone from the set") {
  world edge;
  const auto request = with_token(alice_token());
  CHECK(reason_of(edge.through(request)) == reason::ok);
  edge.okta_set = public_set({make_key("ES256", "okta-2")});
  const auto later = start + 11 * 60 * second;
  // This request finds the set stale and goes on with it while it is refreshed.
  CHECK(reason_of(edge.through(request, later)) == reason::ok);
  CHECK(reason_of(edge.through(request, later)) == reason::key_not_found);
}

TEST_CASE("a token that was verified is refused when the keys that verified it are too old") {
  world edge;
  const auto request = with_token(token(claims_with("exp", start_s + 100 * 3600), keys().okta));
  CHECK(reason_of(edge.through(request)) == reason::ok);
  edge.down = true;
  CHECK(reason_of(edge.through(request, start + 24 * 3600 * second - 1)) == reason::ok);
  CHECK(reason_of(edge.through(request, start + 24 * 3600 * second)) == reason::keys_unavailable);
}

TEST_CASE("without any keys the answer is that they cannot be had, and the issuer is not asked again at once") {
  world edge;
  edge.down = true;
  const auto request = with_token(alice_token());
  CHECK(reason_of(edge.through(request)) == reason::keys_unavailable);
  CHECK(reason_of(edge.through(request)) == reason::keys_unavailable);
  CHECK(edge.fetches == 1);
  CHECK(reason_of(edge.through(request, start + 5 * second)) == reason::keys_unavailable);
  CHECK(edge.fetches == 2);
  edge.down = false;
  CHECK(reason_of(edge.through(request, start + 10 * second)) == reason::ok);
}

TEST_CASE("a new key of an issuer is taken up by the first token that names it") {
  world edge;
  static const auto second_key = make_key("ES256", "okta-2");
  CHECK(reason_of(edge.through(with_token(alice_token()))) == reason::ok);
  edge.okta_set = public_set({keys().okta, second_key});
  const auto fetches = edge.fetches;
  const auto later = start + 60 * second;
  CHECK(reason_of(edge.through(with_token(token(alice(), second_key)), later)) == reason::ok);
  CHECK(edge.fetches == fetches + 1);
  CHECK(reason_of(edge.through(with_token(alice_token()), later)) == reason::ok);
}

TEST_CASE("tokens with unknown kids cause one refetch in 30 s, however many come") {
  world edge;
  CHECK(reason_of(edge.through(with_token(alice_token()))) == reason::ok);
  const auto fetches = edge.fetches;
  const auto later = start + 60 * second;
  for (int i = 0; i < 5; ++i) {
    static const auto stranger = make_key("ES256", "who");
    CHECK(reason_of(edge.through(with_token(token(claims_with("n", i), stranger)), later + i)) ==
          reason::key_not_found);
  }
  CHECK(edge.fetches == fetches + 1);
}

TEST_CASE("one bit of a remembered token changed is another token") {
  world edge;
  CHECK(reason_of(edge.through(with_token(alice_token()))) == reason::ok);
  for (std::size_t at = 0; at < alice_token().size(); at += 7) {
    auto changed = alice_token();
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CHECK(reason_of(edge.through(with_token(changed))) != reason::ok);
  }
}

TEST_CASE("an assertion is used again while half of its life is left, and requests differ all the same") {
  world edge;
  const auto request = with_token(alice_token());
  const auto first = assertion_of(edge.through(request, start, 1));
  const auto again = assertion_of(edge.through(request, start + 15 * second, 2));
  const auto fresh = assertion_of(edge.through(request, start + 16 * second, 3));
  CHECK(first == again);
  CHECK(first["jti"] != fresh["jti"]);
  CHECK(fresh["exp"] == start_s + 46);
  agent origin("es");
  CHECK(origin.receive(edge.wire(request, start + 20 * second, 4), start + 20 * second).why == reason::ok);
  CHECK(origin.receive(edge.wire(request, start + 20 * second, 5), start + 20 * second).why == reason::ok);
}

TEST_CASE("assertions differ by caller, route and body coverage") {
  world edge;
  const auto first = assertion_of(edge.through(with_token(alice_token())));
  const auto bob = assertion_of(edge.through(with_token(token(claims_with("sub", "bob"), keys().okta)), start, 2));
  CHECK(bob["sub"] == "bob");
  auto request = with_token(alice_token());
  request.target = "/open";
  CHECK(assertion_of(edge.through(request, start, 3))["route"] == "es-open");
  request.target = "/stream";
  request.method = "POST";
  request.body_state = gate::edge_body::state::unread;
  CHECK(assertion_of(edge.through(request, start, 4))["body"] == "stream");
  request.body_state = gate::edge_body::state::none;
  CHECK(!assertion_of(edge.through(request, start, 5)).contains("body"));
}

TEST_CASE("an assertion never outlives the caller's token") {
  world edge;
  const auto request = with_token(token(claims_with("exp", start_s + 10), keys().okta));
  CHECK(assertion_of(edge.through(request, start))["exp"] == start_s + 15);
  CHECK(assertion_of(edge.through(request, start + 14 * second, 2))["exp"] == start_s + 15);
}

TEST_CASE("a hot caller costs no token check and one signature") {
  counting_port counting;
  gate::edge_config config;
  config.policy = test_policy();
  config.signing_keys = keys().edge;
  config.secrets = {{"mac", {keys().secret}}};
  auto edge = gate::edge::make(std::move(config), counting);
  REQUIRE(edge.ok());
  gate::key_request from;
  from.source = "okta";
  const auto set = public_set({keys().okta});
  REQUIRE((*edge)->supply_keys(from, {200, set, "", "", 0}, start).ok());
  const std::string bearer = "Bearer " + alice_token();
  const std::vector<http::field> fields{{"authorization", bearer}};
  gate::edge_request request{"GET", "https", "es.test", "/api/x", fields, "", "", 0, {}};
  const bytes random = entropy(1);
  for (int i = 0; i < 10; ++i) {
    auto outcome = (*edge)->handle(request, start, random);
    sign_forward(**edge, outcome, start, random);
    REQUIRE(std::get_if<gate::forward>(&outcome.what) != nullptr);
  }
  CHECK(counting.verified == 1);
  CHECK(counting.signed_ == 11);
}

TEST_CASE("an assertion that comes again costs the origin no second check") {
  counting_port counting;
  gate::origin origin(snapshot_for("es"), counting);
  for (int i = 0; i < 10; ++i) {
    forge made;
    static const std::string minted = made.compact();
    made.assertion = minted;
    const auto message = made.build();
    auto head = http::parse_request_head(message);
    const auto step = origin.open(std::move(*head), start);
    REQUIRE(std::get_if<gate::opened>(&step) != nullptr);
  }
  CHECK(counting.verified == 11);
}

TEST_CASE("a remembered assertion expires, and is forgotten when the edge's keys change") {
  agent origin("es");
  forge made;
  made.assertion = made.compact();
  CHECK(origin.receive(made.build()).why == reason::ok);
  made.nonce = "EEEEEEEEEEEEEEEEEEEEEA";
  made.created = start_s + 34;
  made.expires = start_s + 64;
  CHECK(origin.receive(made.build(), start + 34 * second).why == reason::ok);
  made.nonce = "FFFFFFFFFFFFFFFFFFFFFA";
  made.created = start_s + 35;
  made.expires = start_s + 65;
  CHECK(origin.receive(made.build(), start + 35 * second).why == reason::assertion_expired);
  auto changed = std::make_shared<gate::origin_snapshot>(origin.origin.snapshot());
  static const auto next = make_key("ES256", "edge-next");
  auto set = jose::parse_jwks(public_set({next, keys().edge[1]}), host());
  changed->edge_keys = std::make_shared<const jose::jwk_set>(std::move(*set));
  origin.origin.adopt(changed);
  made.nonce = "GGGGGGGGGGGGGGGGGGGGGA";
  made.key = &next;
  made.keyid = "edge-next";
  CHECK(origin.receive(made.build(), start + 34 * second).why == reason::httpsig_key_unknown);
}

TEST_CASE("when the edge rotates its key, old and new requests pass, and a retired key is unknown") {
  static const auto next = make_key("ES256", "edge-next");
  const auto with_keys = [](const std::vector<jose::signing_key>& of) {
    auto snapshot = std::make_shared<gate::origin_snapshot>(*snapshot_for("es"));
    snapshot->edge_keys = std::make_shared<const jose::jwk_set>(*jose::parse_jwks(public_set(of), host()));
    return snapshot;
  };
  agent origin(with_keys({keys().edge[0]}));
  forge old_one;
  forge new_one;
  new_one.key = new_one.assertion_key = &next;
  new_one.keyid = "edge-next";
  new_one.nonce = "DDDDDDDDDDDDDDDDDDDDDA";
  CHECK(origin.receive(old_one.build()).why == reason::ok);
  const auto early = origin.receive(new_one.build());
  CHECK(early.why == reason::httpsig_key_unknown);
  CHECK(early.no.unknown_key);
  origin.origin.adopt(with_keys({next, keys().edge[0]}));
  CHECK(origin.receive(new_one.build()).why == reason::ok);
  old_one.nonce = "EEEEEEEEEEEEEEEEEEEEEA";
  CHECK(origin.receive(old_one.build()).why == reason::ok);
  origin.origin.adopt(with_keys({next}));
  old_one.nonce = "FFFFFFFFFFFFFFFFFFFFFA";
  CHECK(origin.receive(old_one.build()).why == reason::httpsig_key_unknown);
}

TEST_CASE("an assertion under an unknown kid says so, when the request signature is a shared secret's") {
  static const auto next = make_key("ES256", "edge-next");
  agent origin("mac");
  forge made;
  made.key = &keys().secret;
  made.keyid = "mac-1";
  made.assertion_key = &next;
  const auto in = origin.receive(made.build());
  CHECK(in.why == reason::httpsig_key_unknown);
  CHECK(in.no.unknown_key);
  CHECK(in.no.request_id == "BBBBBBBBBBBBBBBBBBBBBA");
}

TEST_CASE("the policy before the current one still counts, the one before that does not") {
  const auto current = test_policy("'finance' in identity.groups", "'sales' in identity.groups");
  agent origin(snapshot_for("es", current, test_policy()));
  forge old_one;
  CHECK(origin.receive(old_one.build()).why == reason::ok);
  forge new_one;
  new_one.with_claim("pol", current->digest);
  new_one.nonce = "DDDDDDDDDDDDDDDDDDDDDA";
  CHECK(origin.receive(new_one.build()).why == reason::policy_not_allowed);
  new_one.with_claim("groups", json::array({"sales"}));
  CHECK(origin.receive(new_one.build()).why == reason::ok);
  agent later(snapshot_for("es", current));
  CHECK(later.receive(old_one.build()).why == reason::policy_digest_unknown);
}

TEST_CASE("two different keys under one name are no key, whichever comes first") {
  const auto& real = keys().edge[0].verification;
  const auto other = make_key("ES256", real.kid).verification;
  for (const auto& both : {std::vector{real, other}, std::vector{other, real}}) {
    auto held = std::make_shared<gate::origin_snapshot>(*snapshot_for("es"));
    held->edge_keys = std::make_shared<const jose::jwk_set>(both);
    CHECK(agent(held).receive(forge().build()).why == reason::httpsig_key_unknown);
  }
}

TEST_CASE("without keys or policy the origin is not ready") {
  auto none = std::make_shared<gate::origin_snapshot>();
  CHECK(gate::check_snapshot(*none, {}).why() == reason::not_ready);
  CHECK(agent(none).receive(forge().build()).why == reason::not_ready);
  auto keyless = std::make_shared<gate::origin_snapshot>(*snapshot_for("es"));
  keyless->edge_keys = nullptr;
  CHECK(gate::check_snapshot(*keyless, {}).why() == reason::not_ready);
  CHECK(agent(keyless).receive(forge().build()).why == reason::not_ready);
  auto secretless = std::make_shared<gate::origin_snapshot>(*snapshot_for("mac"));
  secretless->secrets.clear();
  CHECK(gate::check_snapshot(*secretless, {}).why() == reason::signing_key_missing);
  CHECK(gate::check_snapshot(*snapshot_for("nothing"), {}).why() == reason::config_invalid);
  gate::origin_limits wide;
  wide.skew = 61;
  CHECK(gate::check_snapshot(*snapshot_for("es"), wide).why() == reason::config_invalid);
  CHECK(gate::check_snapshot(*snapshot_for("es"), {}).why() == reason::ok);
}

TEST_CASE("a wider skew lets a slow clock pass and remembers nonces longer") {
  gate::origin_limits wide;
  wide.skew = 30;
  agent origin("es", wide);
  const auto message = forge().build();
  CHECK(origin.receive(message, start - 20 * second).why == reason::ok);
  CHECK(origin.receive(message, start + 59 * second).why == reason::replay_detected);
  CHECK(origin.receive(message, start + 61 * second).why == reason::httpsig_expired);
}
