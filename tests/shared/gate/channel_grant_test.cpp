// The grant of a channel: rows 5 to 7 of the checks, with everything else right.
#include <doctest/doctest.h>

#include <functional>

#include "tests/shared/gate/channel_refusal.hpp"
#include "tests/shared/gate/counting_port.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

/// What a fresh agent says to a request with this grant.
struct sample {
  const char* what;
  reason expected;
  std::function<void(channel::grant&)> apply;
};

}  // namespace

TEST_CASE("row 5: what a grant says") {
  const sample samples[] = {
      {"as it is", reason::ok, [](channel::grant&) {}},
      {"another edge", reason::channel_grant_issuer, [](channel::grant& g) { g.issuer = "https://edge.test/"; }},
      {"another service", reason::channel_grant_audience,
       [](channel::grant& g) { g.audience = "sallyport:channel:ed"; }},
      {"an assertion's audience", reason::channel_grant_audience,
       [](channel::grant& g) { g.audience = "sallyport:service:es"; }},
      {"the audience of STS", reason::channel_grant_audience,
       [](channel::grant& g) { g.audience = "sts.amazonaws.com"; }},
      {"another agent", reason::channel_unknown, [](channel::grant& g) { g.agent = identity_of(2)->thumbprint; }},
      {"exp is iat", reason::channel_grant_lifetime, [](channel::grant& g) { g.expires = g.issued_at; }},
      {"exp before iat", reason::channel_grant_lifetime, [](channel::grant& g) { g.expires = g.issued_at - 1; }},
      {"601 s", reason::channel_grant_lifetime, [](channel::grant& g) { g.expires = g.issued_at + 601; }},
      {"1 s", reason::ok, [](channel::grant& g) { g.expires = g.issued_at + 1; }},
      {"made within the skew", reason::ok, [](channel::grant& g) { g.issued_at += 5, g.expires += 5; }},
      {"made later", reason::channel_grant_not_yet_valid, [](channel::grant& g) { g.issued_at += 6, g.expires += 6; }},
      {"over within the skew", reason::ok, [](channel::grant& g) { g.issued_at -= 604, g.expires -= 604; }},
      {"over", reason::channel_grant_expired, [](channel::grant& g) { g.issued_at -= 605, g.expires -= 605; }},
  };
  for (const auto& each : samples) {
    agent at("es");
    auto what = grant_to(at);
    each.apply(what);
    const auto in = at.receive(under(channel_to(at, what), true).build());
    CHECK(at.channels.size() == (each.expected == reason::ok ? 1 : 0));
    if (each.expected == reason::ok) {
      CHECK_MESSAGE(in.why == reason::ok, each.what << ": " << name_of(in.why) << " " << in.detail);
    } else {
      check(in, each.expected, says::unknown_and_key, *at.self, each.what);
    }
  }
}

TEST_CASE("row 5: a grant is exactly what the edge writes") {
  const agent known("es");
  const json good = payload_to(known);
  std::vector<std::string> payloads{"",
                                    "{}",
                                    "[]",
                                    "null",
                                    good.dump(1),
                                    good.dump() + " ",
                                    R"({"sub":"x",)" + encoding::canonical_json(good).substr(1)};
  for (const auto& [name, value] : good.items()) {
    json less = good;
    less.erase(name);
    payloads.push_back(encoding::canonical_json(less));
    for (const json& wrong :
         {json(nullptr), json(""), json(1.5), json(-1), json::array(), json::object(), json(true)}) {
      json other = good;
      other[name] = wrong;
      payloads.push_back(encoding::canonical_json(other));
    }
  }
  for (const char* member : {"crv", "kty", "x", "y"}) {
    json other = good;
    other["cnf"]["jwk"][member] = "P-384";
    payloads.push_back(encoding::canonical_json(other));
  }
  const std::string text = encoding::canonical_json(good);
  const std::pair<const char*, const char*> spellings[] = {{R"("exp":1)", R"("exp":01)"},
                                                           {R"("exp":1)", R"("exp":1e1,"x":1)"},
                                                           {R"("iat":1)", R"("iat":+1)"},
                                                           {R"("iat":1)", R"("iat":1000000)"},
                                                           {R"("iss":"h)", R"("iss":"\u0068)"},
                                                           {R"("iss":"h)", "\"iss\":\"\xC3\xA9h"},
                                                           {R"("jti":"p)", "\"jti\":\"\np"},
                                                           {R"("agent":)", R"("agent" :)"},
                                                           {"\"}", "\",}"},
                                                           {"\"}", "\"}}"}};
  for (const auto& [spelled, otherwise] : spellings) {
    auto other = text;
    const std::string_view found = spelled;
    REQUIRE_MESSAGE(other.rfind(found) != std::string::npos, found);
    payloads.push_back(other.replace(other.rfind(found), found.size(), otherwise));
  }
  for (std::size_t size = 1; size < text.size(); size += 7) payloads.push_back(text.substr(0, size));
  json more = good;
  more["cnf"]["jwk"]["kid"] = "k";
  payloads.push_back(encoding::canonical_json(more));
  for (const auto& each : payloads) {
    agent at("es");
    check(at.receive(under(sealed_to(at, each), true).build()), reason::channel_grant_invalid, says::unknown_and_key,
          *at.self, each);
  }
}

TEST_CASE("row 5: the header is alg, kid and typ, and nothing else") {
  agent at("es");
  const std::string payload = encoding::canonical_json(payload_to(at));
  const char* headers[] = {
      R"({"alg":"ES256","typ":"sallyport-channel+jwt"})",
      R"({"alg":"ES256","kid":"","typ":"sallyport-channel+jwt"})",
      R"({"alg":"ES256","kid":"edge-es"})",
      R"({"alg":"ES256","kid":"edge-es","typ":"JWT"})",
      R"({"alg":"ES256","kid":"edge-es","typ":"sallyport-assertion+jwt"})",
      R"({"alg":"ES256","jku":"https://x.test","kid":"edge-es","typ":"sallyport-channel+jwt"})",
      R"({"alg":"ES256","kid":"edge-es","typ":"sallyport-channel+jwt","crit":["exp"]})",
      R"({ "alg":"ES256","kid":"edge-es","typ":"sallyport-channel+jwt"})",
      R"({"kid":"edge-es","alg":"ES256","typ":"sallyport-channel+jwt"})",
      R"({"alg":"ES256","kid":"edge-\u0065s","typ":"sallyport-channel+jwt"})",
      R"({"alg":"ES256","kid":"edge-es","typ":"sallyport-channel+jwt")",
      R"({"alg":"ES256","alg":"ES256","kid":"edge-es","typ":"sallyport-channel+jwt"})",
      R"({"alg":"none","kid":"edge-es","typ":"sallyport-channel+jwt"})",
      R"({"alg":"HS256","kid":"edge-es","typ":"sallyport-channel+jwt"})",
      R"({"alg":"EdDSA","kid":"edge-es","typ":"sallyport-channel+jwt"})",
  };
  for (const char* each : headers) {
    check(at.receive(under(sealed_to(at, payload, each), true).build()), reason::channel_grant_invalid,
          says::unknown_and_key, *at.self, each);
  }
  CHECK(at.receive(under(sealed_to(at, payload), true).build()).why == reason::ok);
}

TEST_CASE("row 5: the grant is the one that the keyid names, in one piece, and not too long") {
  agent at("es");
  const auto channel = channel_to(at);
  auto other_terms = grant_to(at);
  other_terms.id = "AAAAAAAAAAAAAAAAAAAAAA";
  const std::string other = channel_to(at, other_terms).grant;
  const std::string& good = channel.grant;
  const std::string grants[] = {other,
                                "a.b.c",
                                "",
                                good.substr(0, good.rfind('.')),
                                good + ".x",
                                good + "; v=1",
                                "\"" + good + "\"",
                                good + std::string(2048, 'A')};
  for (const auto& each : grants) {
    auto made = under(channel, false);
    made.extra_fields = {{"Sallyport-Channel-Grant", each}};
    // An empty part is a field that the message does not have.
    const auto expected = each.empty() ? reason::channel_unknown : reason::channel_grant_invalid;
    check(at.receive(made.build()), expected, says::unknown_and_key, *at.self, each);
  }
}

TEST_CASE("row 6: only a key of the edge grants, and nothing is agreed before") {
  counting_port counting;
  agent at(snapshot_for("es"), {}, counting);
  const auto stranger = make_key("ES256", "edge-es");
  const auto unknown = make_key("ES256", "edge-older");
  const auto ask = [&](const edge_channel& channel) { return at.receive(under(channel, true).build()); };
  const auto by = [&](const jose::signing_key& key) {
    return open_channel(host(), key, grant_to(at), edge_pair(host()), at.self->own.point);
  };
  check(ask(by(stranger)), reason::channel_grant_invalid, says::unknown_and_key, *at.self, "a stranger");
  const auto in = ask(by(unknown));
  check(in, reason::channel_grant_invalid, says::unknown_and_key, *at.self, "an unknown kid");
  CHECK(in.no.unknown_key);
  auto spoilt = channel_to(at);
  spoilt.grant[spoilt.grant.size() - 10] = spoilt.grant[spoilt.grant.size() - 10] == 'A' ? 'B' : 'A';
  check(ask(spoilt), reason::channel_grant_invalid, says::unknown_and_key, *at.self, "spoilt");
  CHECK(counting.agreed == 0);
  CHECK(at.channels.size() == 0);
  CHECK(ask(by(keys().edge[1])).why == reason::ok);
  CHECK(counting.agreed == 1);
}

TEST_CASE("row 6: garbage costs no verification") {
  counting_port counting;
  agent at(snapshot_for("es"), {}, counting);
  auto expired = grant_to(at);
  expired.issued_at -= 1000;
  expired.expires -= 1000;
  CHECK(at.receive(under(channel_to(at), false).build()).why == reason::channel_unknown);
  CHECK(at.receive(under(channel_to(at, expired), true).build()).why == reason::channel_grant_expired);
  CHECK(at.receive(under(sealed_to(at, "{}"), true).build()).why == reason::channel_grant_invalid);
  CHECK(counting.verified == 0);
  CHECK(counting.agreed == 0);
}

TEST_CASE("row 6: another signature over the same grant is the same channel") {
  agent at("es");
  const auto one = channel_to(at);
  const auto other = channel_to(at);
  CHECK(one.grant != other.grant);
  CHECK(one.signer.kid == other.signer.kid);
  CHECK(at.receive(under(one, true, 1).build()).why == reason::ok);
  CHECK(at.receive(under(other, true, 2).build()).why == reason::ok);
  CHECK(at.channels.size() == 1);
}

TEST_CASE("row 7: the edge's point must lie on the curve") {
  agent at("es");
  json payload = payload_to(at);
  const std::string x = payload["cnf"]["jwk"]["x"].get<std::string>();
  payload["cnf"]["jwk"]["y"] = x;
  check(at.receive(under(sealed_to(at, encoding::canonical_json(payload)), true).build()),
        reason::channel_grant_invalid, says::unknown_and_key, *at.self, "off the curve");
  CHECK(at.channels.size() == 0);
}
