// The edge's signatures over what it hears of channels: what others write into responses decides as little as it may.
#include "gate/edge/signing.hpp"

#include <doctest/doctest.h>

#include "channel/field.hpp"
#include "channel/grant.hpp"
#include "encoding/base64url.hpp"
#include "tests/shared/gate/counting_port.hpp"

using namespace sallyport;
using namespace sallyport::testing;
using step = gate::channel_news::step;

namespace {

constexpr unix_milliseconds second = 1000;

/// The edge's end, and the agent's that answers it.
struct ends {
  counting_port port;
  policy::policy_ptr policy = test_policy();
  gate::edge_keys own = *gate::arrange_keys(*policy, keys().edge, {{"mac", {keys().secret}}});
  gate::request_signer signer{*policy, own, port};
  gate::channel_identity_ptr agent = identity_of();
  unix_milliseconds now = start;
  std::string nonce;
  unsigned sent = 0;

  gate::signed_request sign(bytes_view fresh) {
    nonce = encoding::encode_base64url(entropy(++sent + 1000)).substr(0, 21) + "A";
    gate::signature_order order;
    order.service = "es";
    order.method = "GET";
    order.path = "/api/x";
    order.assertion = "a.b.c";
    order.context = "id=x";
    order.nonce = nonce;
    order.created = to_seconds(now);
    auto made = signer.sign(order, "", gate::signing_turn::first, now, fresh);
    REQUIRE_MESSAGE(made.ok(), name_of(made.why()));
    return *made;
  }
  gate::signed_request sign() { return sign(entropy(sent)); }

  /// What the agent says of a request that carries this grant.
  std::string confirm(const std::string& grant) const {
    const auto read = channel::read_grant(grant, host());
    REQUIRE(read.ok());
    const auto& edge = read->content.edge;
    const auto agreed = channel::derive(host(), agent->own.secret, edge, read->id, edge, agent->own.point);
    channel::field says;
    says.confirm = *channel::confirmation(host(), agreed->confirmations, nonce);
    return channel::write_field(says);
  }

  void confirmed() {
    for (int i = 0; i < 3; ++i) signer.answered(sign().sent, 200, agent->offer, now);
    const auto probe = sign();
    REQUIRE(!probe.grant.empty());
    signer.answered(probe.sent, 200, confirm(probe.grant), now);
  }
};

std::string offer_off_the_curve() {
  channel::field says;
  says.key.emplace();
  says.key->fill(1);
  says.key->front() = 0x04;
  return channel::write_field(says);
}

}  // namespace

TEST_CASE("offers that are no key cost an agreement in ten seconds, and not one with each request") {
  ends e;
  const auto hundred = [&] {
    for (int i = 0; i < 100; ++i) {
      const auto made = e.sign();
      CHECK(made.sig == "es256");
      CHECK(made.grant.empty());
      CHECK(e.signer.answered(made.sent, 200, offer_off_the_curve(), e.now).next == step::pass_on);
    }
  };
  hundred();
  CHECK(e.port.agreed == 1);
  e.now += 10 * second;
  hundred();
  CHECK(e.port.agreed == 2);
  e.now += 10 * second;
  e.signer.answered(e.sign().sent, 200, e.agent->offer, e.now);
  CHECK(e.sign().grant.empty());
  e.now += 10 * second;
  e.signer.answered(e.sign().sent, 200, e.agent->offer, e.now);
  CHECK(!e.sign().grant.empty());
}

TEST_CASE("a number that is no private key makes no channel, and the request goes out all the same") {
  ends e;
  for (int i = 0; i < 3; ++i) e.signer.answered(e.sign().sent, 200, e.agent->offer, e.now);
  const auto made = e.sign(bytes(gate::channel_entropy_bytes));
  CHECK(made.sig == "es256");
  e.signer.answered(made.sent, 200, e.agent->offer, e.now);
  CHECK(e.sign().sig == "es256");
  e.now += 10 * second;
  CHECK(e.sign().sig == "channel");
}

TEST_CASE("unknown asks for a second sending in a 401 and in nothing else") {
  ends e;
  e.confirmed();
  for (const int status : {200, 204, 304, 400, 403, 500, 503}) {
    const auto made = e.sign();
    CHECK(made.sig == "channel");
    CHECK(made.grant.empty());
    CHECK(e.signer.answered(made.sent, status, "unknown, " + e.agent->offer, e.now).next == step::pass_on);
  }
  const auto made = e.sign();
  CHECK(made.sig == "channel");
  CHECK(e.signer.answered(made.sent, 401, "unknown, " + e.agent->offer, e.now).next == step::again);
}

TEST_CASE("there is a second sending until 10 s after the request was decided, and none of a request that had none") {
  ends e;
  e.confirmed();
  const auto early = e.sign(), late = e.sign();
  e.now += 10 * second;
  CHECK(e.signer.answered(early.sent, 401, "unknown", e.now).next == step::again);
  e.now += 1 * second;
  CHECK(e.signer.answered(late.sent, 401, "unknown", e.now).next == step::too_late);
  const auto plain = e.sign();
  CHECK(plain.sig == "es256");
  CHECK(e.signer.answered(plain.sent, 401, "unknown", e.now).next == step::pass_on);
}
