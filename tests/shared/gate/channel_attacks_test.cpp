// Who sits between edge and agent, or has once held something of the edge's, against channels.
#include <doctest/doctest.h>

#include "tests/shared/gate/channel_world.hpp"
#include "tests/shared/gate/counting_port.hpp"

using namespace sallyport;
using namespace sallyport::testing;

TEST_CASE("both sendings of a request are one request, whichever comes first") {
  agent at("es");
  const auto channel = channel_to(at);
  CHECK(at.receive(under(channel, true, 1).build()).why == reason::ok);
  forge by_key;
  by_key.nonce = nonce_of(1);
  CHECK(at.receive(by_key.build()).why == reason::replay_detected);
  by_key.nonce = nonce_of(2);
  CHECK(at.receive(by_key.build()).why == reason::ok);
  CHECK(at.receive(under(channel, false, 2).build()).why == reason::replay_detected);
  CHECK(at.receive(under(channel, false, 1).build()).why == reason::replay_detected);
}

TEST_CASE("a forged unknown does not make the edge execute a request twice") {
  agent at("es");
  const auto channel = channel_to(at);
  CHECK(at.receive(under(channel, true, 1).build()).why == reason::ok);
  // The middle lets it through, throws the response away and says unknown: the edge sends it under its key.
  forge again = under(channel, false, 2);
  CHECK(at.receive(again.build()).why == reason::ok);
  again.key = &keys().edge[0];
  again.keyid = "edge-es";
  CHECK(at.receive(again.build()).why == reason::replay_detected);
}

TEST_CASE("a grant is nothing beside a signature that is not a channel's") {
  agent at("es");
  const auto channel = channel_to(at);
  forge made;
  made.extra_fields = {{"Sallyport-Channel-Grant", channel.grant}};
  CHECK(at.receive(made.build()).why == reason::sallyport_field_unknown);
  auto twice = under(channel, true);
  twice.extra_fields.push_back(twice.extra_fields.front());
  const auto in = at.receive(twice.build());
  CHECK(in.why == reason::sallyport_field_repeated);
  CHECK(!in.channel.unknown);
  forge static_secret;
  static_secret.service = "mac";
  static_secret.key = &keys().secret;
  static_secret.keyid = "mac-1";
  static_secret.extra_fields = made.extra_fields;
  CHECK(agent("mac").receive(static_secret.build()).why == reason::sallyport_field_unknown);
  auto answer = under(channel, true);
  answer.extra_fields.emplace_back("Sallyport-Channel", at.self->offer);
  CHECK(at.receive(answer.build()).why == reason::sallyport_field_unknown);
}

TEST_CASE("the grant never reaches the app") {
  agent at("es");
  const auto in = at.receive(under(channel_to(at), true).build());
  REQUIRE(in.in);
  CHECK(field_of(in.in->fields, "sallyport-channel-grant") == "(absent)");
  CHECK(field_of(in.in->fields, "sallyport-assertion") != "(absent)");
}

TEST_CASE("an assertion is no grant, and a grant is no assertion") {
  agent at("es");
  const std::string assertion = forge().compact();
  edge_channel made = channel_to(at);
  const auto id = host().sha256(as_bytes(std::string_view(assertion).substr(0, assertion.rfind('.'))));
  made.grant = assertion;
  made.signer.kid = channel::keyid_of(id);
  const auto in = at.receive(under(made, true).build());
  CHECK(in.why == reason::channel_grant_invalid);
  CHECK(in.channel.unknown);
  forge other;
  other.assertion = channel_to(at).grant;
  CHECK(at.receive(other.build()).why == reason::assertion_invalid);
}

TEST_CASE("a grant is for one service, one agent and its time") {
  agent at("es");
  const auto channel = channel_to(at);
  CHECK(at.receive(under(channel, true, 1).build()).why == reason::ok);
  CHECK(agent("ed").receive(under(channel, true, 2).build()).why == reason::channel_grant_audience);
  gate::channel_memory empty(4);
  const auto other_key = identity_of(2);
  gate::origin other_task(snapshot_for("es"), host(), {}, {other_key.get(), &empty});
  const std::string message = under(channel, true, 3).build();
  const auto step = other_task.open(std::move(*http::parse_request_head(message)), start);
  const auto* no = std::get_if<gate::refused>(&step);
  REQUIRE(no != nullptr);
  CHECK(no->why == reason::channel_unknown);
  CHECK(channel::read_field(no->channel.field).key == other_key->own.point);
  CHECK(empty.size() == 0);
}

TEST_CASE("an origin without an end of channels holds none and offers none") {
  gate::origin plain(snapshot_for("es"), host());
  const agent at("es");
  const std::string message = under(channel_to(at), true).build();
  const auto step = plain.open(std::move(*http::parse_request_head(message)), start);
  const auto* no = std::get_if<gate::refused>(&step);
  REQUIRE(no != nullptr);
  CHECK(no->why == reason::channel_unknown);
  CHECK(no->channel.field == "unknown");
  const std::string by_key = forge().build();
  const auto other = plain.open(std::move(*http::parse_request_head(by_key)), start);
  REQUIRE(std::get_if<gate::opened>(&other) != nullptr);
  CHECK(std::get_if<gate::opened>(&other)->channel.field.empty());
}

TEST_CASE("records say how a request was signed, and by whose grant") {
  agent at("es");
  const auto channel = channel_to(at);
  const auto in = at.receive(under(channel, true, 1).build());
  REQUIRE(in.in);
  json line = *encoding::parse_json(in.in->audit);
  CHECK(line["sig"] == "channel");
  CHECK(line["keyid"] == channel.signer.kid);
  CHECK(line["grant_kid"] == "edge-es");
  line = *encoding::parse_json(at.receive(under(channel, false, 1).build()).no.audit);
  CHECK(line["reason"] == "replay_detected");
  CHECK(line["sig"] == "channel");
  CHECK(line["grant_kid"] == "edge-es");
  agent fresh("es");
  line = *encoding::parse_json(fresh.receive(under(channel, false, 2).build()).no.audit);
  CHECK(line["reason"] == "channel_unknown");
  CHECK(line["sig"] == "channel");
  CHECK(line["grant_kid"].is_null());
  line = *encoding::parse_json(at.receive(forge().build()).in->audit);
  CHECK(line["sig"] == "es256");
  CHECK(line["grant_kid"].is_null());
}

TEST_CASE("clocks a minute apart, either way, cost nothing") {
  gate::origin_limits wide;
  wide.skew = 60;
  for (const unix_seconds apart : {unix_seconds{-60}, unix_seconds{60}}) {
    agent at("es", wide);
    const auto channel = channel_to(at);
    CHECK(at.receive(under(channel, true, 1).build(), (start_s + apart) * 1000).why == reason::ok);
    CHECK(at.receive(under(channel, false, 2).build(), (start_s + apart) * 1000).why == reason::ok);
  }
}

TEST_CASE("100,000 grants replayed, doubled or withheld leave the channels that are held untouched") {
  agent at("es");
  const auto true_one = channel_to(at);
  CHECK(at.receive(under(true_one, true, 1).build()).why == reason::ok);
  auto terms = grant_to(at);
  terms.id = "AAAAAAAAAAAAAAAAAAAAAA";
  const auto captured = channel_to(at, terms);
  const std::string replayed = under(true_one, true, 1).build();
  auto doubled_one = under(captured, true, 2);
  doubled_one.extra_fields.push_back(doubled_one.extra_fields.front());
  const std::string doubled = doubled_one.build();
  const std::string withheld = under(captured, false, 3).build();
  for (int i = 0; i < 33'333; ++i) {
    REQUIRE(at.receive(replayed).why == reason::replay_detected);
    REQUIRE(at.receive(doubled).why == reason::sallyport_field_repeated);
    REQUIRE(at.receive(withheld).why == reason::channel_unknown);
  }
  auto forged = captured;
  forged.signer.key = host().import_secret(bytes(32, 1)).value();
  const std::string without_key = under(forged, true, 4).build();
  for (int i = 0; i < 100; ++i) REQUIRE(at.receive(without_key).why == reason::httpsig_invalid);
  CHECK(at.channels.size() == 1);
  CHECK(at.channels.evicted() == 0);
  CHECK(at.receive(under(true_one, false, 5).build()).why == reason::ok);
}
