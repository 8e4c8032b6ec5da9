// Each check of a request under a channel, with everything else right: the exact reason, and `unknown` exactly where the
// protocol has it.
#include "gate/origin/channel_checks.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "tests/shared/gate/channel_refusal.hpp"
#include "tests/shared/gate/counting_port.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

gate::origin_snapshot_ptr with_keys(const std::vector<jose::signing_key>& of, const gate::origin_snapshot& held) {
  auto made = std::make_shared<gate::origin_snapshot>(held);
  made->edge_keys = std::make_shared<const jose::jwk_set>(*jose::parse_jwks(public_set(of), host()));
  return made;
}

policy::policy_ptr without_channels() {
  return test_policy(R"("es": { "origin": "https://es.origin.test" })",
                     R"("es": { "origin": "https://es.origin.test", "channel": false })");
}

}  // namespace

TEST_CASE("a probe is confirmed, and what follows needs no grant and gets no field") {
  agent at("es");
  const auto channel = channel_to(at);
  const auto first = at.receive(under(channel, true, 1).build());
  CHECK_MESSAGE(first.why == reason::ok, first.detail);
  CHECK(first.channel.field == channel.confirmation(host(), nonce_of(1)));
  CHECK(first.channel.used);
  CHECK(first.channel.grant_verified);
  CHECK(at.channels.size() == 1);
  const auto next = at.receive(under(channel, false, 2).build());
  CHECK(next.why == reason::ok);
  CHECK(next.channel.field.empty());
  CHECK(next.channel.used);
  CHECK(!next.channel.grant_verified);
  const auto probed_again = at.receive(under(channel, true, 3).build());
  CHECK(probed_again.why == reason::ok);
  CHECK(probed_again.channel.field == channel.confirmation(host(), nonce_of(3)));
}

TEST_CASE("a probe is confirmed whatever becomes of its request after check 5") {
  agent at("es");
  const auto channel = channel_to(at);
  auto denied = under(channel, true);
  denied.assertion = forge().with_claim("groups", json::array({"sales"})).compact();
  const auto in = at.receive(denied.build());
  CHECK(in.why == reason::policy_not_allowed);
  CHECK(in.channel.field == channel.confirmation(host(), nonce_of(0)));
  auto broken = under(channel, true, 1);
  broken.assertion = "a.b.c";
  const auto other = at.receive(broken.build());
  CHECK(other.why == reason::assertion_invalid);
  CHECK(other.channel.field == channel.confirmation(host(), nonce_of(1)));
  CHECK(at.channels.size() == 1);
}

TEST_CASE("the key is offered to who passes check 5 under an edge key, and to nobody else") {
  agent at("es");
  const std::string offer = at.self->offer;
  CHECK(channel::read_field(offer).key == at.self->own.point);
  CHECK(at.receive(forge().build()).channel.field == offer);
  forge denied;
  denied.with_claim("groups", json::array({"sales"}));
  CHECK(at.receive(denied.build()).channel.field == offer);
  forge spoilt;
  spoilt.key = &keys().okta;
  const auto in = at.receive(spoilt.build());
  CHECK(in.why == reason::httpsig_invalid);
  CHECK(in.channel.field.empty());
  CHECK(agent(snapshot_for("es", without_channels())).receive(forge().build()).channel.field.empty());
  forge mac;
  mac.key = &keys().secret;
  mac.keyid = "mac-1";
  mac.service = "mac";
  mac.with_claim("aud", "sallyport:service:mac").with_claim("route", "mac-all");
  CHECK(agent("mac").receive(mac.build()).channel.field.empty());
}

TEST_CASE("row 1: form of keyid and alg, and channels in the policy in force") {
  const agent known("es");
  const auto channel = channel_to(known);
  for (const std::size_t length : {std::size_t{4}, std::size_t{46}}) {
    auto made = under(channel, true);
    made.keyid = channel.signer.kid.substr(0, length);
    agent at("es");
    check(at.receive(made.build()), reason::httpsig_algorithm, says::unknown_and_key, *at.self, "short keyid");
  }
  auto longer = under(channel, true);
  longer.keyid += "A";
  agent at("es");
  check(at.receive(longer.build()), reason::httpsig_algorithm, says::unknown_and_key, *at.self, "long keyid");
  for (const char* alg : {R"(alg="ecdsa-p256-sha256")", R"(alg="rot13")", R"(alg="")"}) {
    auto made = under(channel, true);
    made.edits = {{R"(alg="hmac-sha256")", alg}};
    check(at.receive(made.build()), reason::httpsig_algorithm, says::unknown_and_key, *at.self, alg);
  }
  forge signed_by_key;
  signed_by_key.keyid = channel.signer.kid;
  check(at.receive(signed_by_key.build()), reason::httpsig_algorithm, says::unknown_and_key, *at.self,
        "ES256 under ch1.");

  agent off(snapshot_for("es", without_channels(), test_policy()));
  check(off.receive(under(channel, true).build()), reason::httpsig_algorithm, says::unknown, *off.self, "off");
  agent on_again(snapshot_for("es", test_policy(), without_channels()));
  CHECK(on_again.receive(under(channel, true).build()).why == reason::ok);
  agent mac("mac");
  check(mac.receive(under(channel, true).build()), reason::httpsig_algorithm, says::unknown, *mac.self,
        "static secret");
}

TEST_CASE("row 1: channels end at once when a policy without them comes") {
  agent at("es");
  const auto channel = channel_to(at);
  CHECK(at.receive(under(channel, true, 1).build()).why == reason::ok);
  at.origin.adopt(snapshot_for("es", without_channels(), test_policy()));
  check(at.receive(under(channel, false, 2).build()), reason::httpsig_algorithm, says::unknown, *at.self, "off");
}

TEST_CASE("row 2: what a signature says of itself is refused as ever, without unknown") {
  agent at("es");
  const auto channel = channel_to(at);
  struct edit {
    reason expected;
    std::function<void(forge&)> apply;
  };
  const edit edits[] = {
      {reason::httpsig_tag,
       [](forge& f) {
         f.edits = {{R"(tag="sallyport")", R"(tag="other")"}};
       }},
      {reason::httpsig_parameter_invalid,
       [](forge& f) {
         f.edits = {{";created=1760000000", ""}};
       }},
      {reason::httpsig_nonce,
       [](forge& f) {
         f.edits = {{"AAAAAAAAAAAAAAAAAAAAAA", "AAAA"}};
       }},
      {reason::httpsig_created_in_future, [](forge& f) { f.created = start_s + 6; }},
      {reason::httpsig_expired, [](forge& f) { f.created = start_s - 36, f.expires = start_s - 6; }},
      {reason::httpsig_lifetime_too_long, [](forge& f) { f.expires = start_s + 61; }},
  };
  for (const auto& each : edits) {
    auto made = under(channel, true);
    each.apply(made);
    check(at.receive(made.build()), each.expected, says::nothing, *at.self, std::string(name_of(each.expected)));
  }
  CHECK(at.channels.size() == 0);
}

TEST_CASE("row 3: a held channel ends with its grant") {
  agent at("es");
  const auto channel = channel_to(at);
  CHECK(at.receive(under(channel, true, 1).build()).why == reason::ok);
  const auto ask_at = [&](unix_seconds when, unsigned number) {
    auto made = under(channel, false, number);
    made.created = when;
    made.expires = when + 30;
    made.assertion = forge().with_claim("iat", when).with_claim("exp", when + 30).compact();
    return at.receive(made.build(), when * 1000);
  };
  CHECK(ask_at(start_s + 604, 2).why == reason::ok);
  check(ask_at(start_s + 605, 3), reason::channel_grant_expired, says::unknown_and_key, *at.self, "expired");
}

TEST_CASE("row 3: a grant that comes along with a held channel is not looked at") {
  agent at("es");
  const auto channel = channel_to(at);
  CHECK(at.receive(under(channel, true, 1).build()).why == reason::ok);
  auto odd = under(channel, false, 2);
  odd.extra_fields = {{"Sallyport-Channel-Grant", "garbage"}};
  const auto in = at.receive(odd.build());
  CHECK(in.why == reason::ok);
  CHECK(in.channel.field == channel.confirmation(host(), nonce_of(2)));
}

TEST_CASE("row 3: under new keys or a new policy the kept grant is verified once more, without an agreement") {
  counting_port counting;
  agent at(snapshot_for("es"), {}, counting);
  const auto channel = channel_to(at);
  CHECK(at.receive(under(channel, true, 1).build()).why == reason::ok);
  CHECK(counting.agreed == 1);
  at.origin.adopt(with_keys({make_key("ES256", "edge-next"), keys().edge[0]}, at.origin.snapshot()));
  // The assertion is verified again as well.
  counting.verified = 0;
  const auto in = at.receive(under(channel, false, 2).build());
  CHECK(in.why == reason::ok);
  CHECK(in.channel.grant_verified);
  CHECK(counting.agreed == 1);
  CHECK(counting.verified == 3);
  counting.verified = 0;
  CHECK(at.receive(under(channel, false, 3).build()).why == reason::ok);
  CHECK(counting.verified == 1);
}

TEST_CASE("row 3: a key that is gone takes its channels along, and is worth one look for new keys") {
  agent at("es");
  const auto channel = channel_to(at);
  CHECK(at.receive(under(channel, true, 1).build()).why == reason::ok);
  at.origin.adopt(with_keys({make_key("ES256", "edge-next"), keys().edge[1]}, at.origin.snapshot()));
  const auto in = at.receive(under(channel, false, 2).build());
  check(in, reason::channel_grant_invalid, says::unknown_and_key, *at.self, "retired");
  CHECK(in.no.unknown_key);
  at.origin.adopt(with_keys({make_key("ES256", "edge-es")}, at.origin.snapshot()));
  const auto replaced = at.receive(under(channel, false, 3).build());
  check(replaced, reason::channel_grant_invalid, says::unknown_and_key, *at.self, "another key under the kid");
  CHECK(!replaced.no.unknown_key);
}

TEST_CASE("row 3: a held channel is of the edge in force or the one before") {
  agent at("es");
  const auto channel = channel_to(at);
  const auto moved = test_policy("https://edge.test", "https://edge-2.test");
  CHECK(at.receive(under(channel, true, 1).build()).why == reason::ok);
  at.origin.adopt(snapshot_for("es", moved, test_policy()));
  CHECK(at.receive(under(channel, false, 2).build()).why == reason::ok);
  at.origin.adopt(snapshot_for("es", moved));
  check(at.receive(under(channel, false, 3).build()), reason::channel_grant_issuer, says::unknown_and_key, *at.self,
        "iss");
}

TEST_CASE("row 4: a channel that is not held needs its grant") {
  agent at("es");
  const auto channel = channel_to(at);
  check(at.receive(under(channel, false).build()), reason::channel_unknown, says::unknown_and_key, *at.self, "");
  auto spelled = under(channel, false);
  spelled.keyid.replace(4, 1, "!");
  check(at.receive(spelled.build()), reason::channel_unknown, says::unknown_and_key, *at.self, "not base64url");
}

TEST_CASE("row 8: a wrong MAC is refused, and its channel is not kept") {
  agent at("es");
  auto wrong = channel_to(at);
  const auto right = wrong.signer.key;
  wrong.signer.key = host().import_secret(wrong.keys.confirmations).value();
  check(at.receive(under(wrong, true).build()), reason::httpsig_invalid, says::unknown_and_key, *at.self, "K_ans");
  CHECK(at.channels.size() == 0);
  wrong.signer.key = host().import_secret(bytes(32, 7)).value();
  check(at.receive(under(wrong, true).build()), reason::httpsig_invalid, says::unknown_and_key, *at.self,
        "another key");
  CHECK(at.channels.size() == 0);
  wrong.signer.key = right;
  auto message = under(wrong, true).build();
  message.replace(message.find("/api/x"), 6, "/api/y");
  check(at.receive(message), reason::httpsig_invalid, says::unknown_and_key, *at.self, "another request");
  CHECK(at.channels.size() == 0);
  CHECK(at.receive(under(wrong, true).build()).why == reason::ok);
  message.replace(message.find("/api/y"), 6, "/api/z");
  check(at.receive(message), reason::httpsig_invalid, says::unknown_and_key, *at.self, "held");
}
