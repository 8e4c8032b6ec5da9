#include <doctest/doctest.h>

#include <thread>

#include "tests/agent/channel_caller.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

signed_request post(std::string body, std::size_t chunk = 0) {
  signed_request request;
  request.method = "POST";
  request.body = std::move(body);
  request.chunk = chunk;
  return request;
}

bool is_refused_as_unknown(const std::optional<message>& answer) {
  return answer && answer->status == 401 && channel_field(answer).unknown && channel_field(answer).key;
}

/// The same request under a channel that the agent does not hold and then under the edge's key, on one connection.
void check_sent_once_more(const signed_request& request) {
  stage s(always(ok_answer("hello")));
  const auto channel = channel_for(offered_by(s));
  auto first = under(channel, carries::nothing, request);
  first.nonce = fresh_nonce();
  connection to = s.connect();
  message_reader answers(to);
  CHECK(to.send(first.whole()));
  CHECK(is_refused_as_unknown(answers.answer("POST")));
  auto again = request;
  again.nonce = first.nonce;
  CHECK(to.send(again.whole()));
  const auto answer = answers.answer("POST");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(s.upstream().requests == 2);
}

}  // namespace

TEST_CASE("an offer, a probe that is confirmed, and then nothing more is said") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.threads = 1; });
  const auto channel = channel_for(offered_by(s));
  CHECK(probe(s, channel));
  for (int i = 0; i < 3; ++i) {
    const auto answer = s.ask(under(channel, carries::nothing));
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->head.find("Sallyport-Channel") == std::string::npos);
  }
  CHECK(s.metric("sallyport_channel_requests_total") == 4);
  CHECK(s.metric("sallyport_channel_grants_verified_total") == 1);
  CHECK(s.metric("sallyport_channel_grants") == 1);
  CHECK(s.metric("sallyport_channel_evicted_total") == 0);
  CHECK(s.metric("sallyport_channel_unknown_total{reason=\"channel_unknown\"}") == 0);
  for (const std::string& head : s.upstream().heads()) CHECK(head.find("Channel") == std::string::npos);
  const auto lines = s.audit();
  REQUIRE(lines.size() == 10);
  CHECK(lines[0]["sig"] == "es256");
  CHECK(lines[2]["sig"] == "channel");
  CHECK(lines[2]["keyid"] == channel.signer.kid);
  CHECK(lines[2]["grant_kid"] == edge_keys().es256.kid);
}

TEST_CASE("any thread takes a request under a channel that another one has opened") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.threads = 4; });
  const auto channel = channel_for(offered_by(s));
  CHECK(probe(s, channel));
  for (int i = 0; i < 16; ++i) CHECK(s.ask(under(channel, carries::nothing))->status == 200);
  CHECK(s.metric("sallyport_channel_grants_verified_total") == 1);
}

TEST_CASE("offer and confirmation come with refusals and failures, too") {
  stage s(always(ok_answer("hello")));
  signed_request denied;
  denied.target = "/denied/x";
  const auto refused = s.ask(denied);
  CHECK(refused->status == 403);
  const auto offer = channel_field(refused);
  REQUIRE(offer.key);
  s.upstream().close_listener();
  const auto channel = channel_for(*offer.key);
  auto request = under(channel, carries::grant);
  request.nonce = fresh_nonce();
  const auto failed = s.ask(request);
  CHECK(failed->status == 502);
  CHECK(failed->field("sallyport-channel") == channel.confirmation(test_host(), request.nonce));
  CHECK(channel_field(s.ask("GET /api/things HTTP/1.1\r\nHost: app.test\r\n\r\n")).key == std::nullopt);
}

TEST_CASE("a request that is refused with unknown is sent once more on its connection, whatever its body") {
  SUBCASE("no body") {
    check_sent_once_more(post(""));
  }
  SUBCASE("16 KiB") {
    check_sent_once_more(post(std::string(16 << 10, 'x')));
  }
  SUBCASE("1 MiB") {
    check_sent_once_more(post(std::string(1 << 20, 'x')));
  }
  SUBCASE("1 MiB in chunks") {
    check_sent_once_more(post(std::string(1 << 20, 'x'), 1000));
  }
}

TEST_CASE("a body beyond what would be held ends the connection, and the refusal is heard all the same") {
  stage s(always(ok_answer("hello")));
  const auto channel = channel_for(offered_by(s));
  for (const std::size_t chunk : {std::size_t{0}, std::size_t{64} << 10}) {
    const auto answer = s.ask(under(channel, carries::nothing, post(std::string((2 << 20) + 1, 'x'), chunk)));
    CHECK(is_refused_as_unknown(answer));
    CHECK(answer->field("connection") == "close");
  }
}

TEST_CASE("a caller that waits for 100 Continue is told to send a body that is thrown away") {
  stage s(always(ok_answer("hello")));
  const auto channel = channel_for(offered_by(s));
  auto request = under(channel, carries::nothing, post("0123456789"));
  request.extra.emplace_back("Expect", "100-continue");
  connection to = s.connect();
  message_reader answers(to);
  to.send(request.head());
  CHECK(answers.answer("POST")->status == 100);
  to.send(request.body);
  CHECK(is_refused_as_unknown(answers.answer("POST")));
  to.send(signed_request{}.whole());
  CHECK(answers.answer()->status == 200);
}

TEST_CASE("a body that trickles holds its connection no longer than a body may rest") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.timeouts.body = short_limit(); });
  const auto channel = channel_for(offered_by(s));
  connection to = s.connect();
  message_reader answers(to);
  std::atomic<bool> over{false};
  to.send(under(channel, carries::nothing, post(std::string(1 << 20, 'x'))).head());
  std::thread trickle([&] {
    while (!over && to.send("x")) std::this_thread::sleep_for(short_limit() / 8);
  });
  const auto answer = answers.answer("POST");
  over = true;
  trickle.join();
  CHECK(is_refused_as_unknown(answer));
  CHECK(answer->field("connection") == "close");
}

TEST_CASE("an app cannot offer a key, confirm a channel or ask for a second sending") {
  const std::string fields =
      "Sallyport-Channel: unknown\r\nSALLYPORT-CHANNEL: confirm=:AAAA:\r\nsallyport_channel: unknown\r\n"
      "Sallyport-Channel-Grant: x\r\n";
  const std::string interim = "HTTP/1.1 103 Early Hints\r\n" + fields + "\r\n";
  stage s(always(interim + "HTTP/1.1 401 No\r\n" + fields +
                 "Connection: x-y\r\nTrailer: Sallyport-Channel\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n" +
                 fields + "\r\n"));
  const auto channel = channel_for(offered_by(s));
  const auto probed = under(channel, carries::grant);
  CHECK(s.ask(probed)->status == 401);
  connection to = s.connect();
  to.send(under(channel, carries::nothing).whole());
  to.finish_sending();
  const std::string all = http::to_lower(to.drain());
  CHECK(all.starts_with("http/1.1 401"));
  CHECK(all.find("channel") == std::string::npos);
}

TEST_CASE("both sendings of a POST at the same time, on four threads: the app sees one") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.threads = 4; });
  const auto channel = channel_for(offered_by(s));
  REQUIRE(probe(s, channel));
  constexpr int requests = 100;
  const int before = s.upstream().requests;
  std::vector<std::string> sendings;
  for (int i = 0; i < requests; ++i) {
    auto request = post("{}");
    request.nonce = fresh_nonce();
    sendings.push_back(under(channel, carries::nothing, request).whole());
    sendings.push_back(request.whole());
  }
  std::atomic<std::size_t> next{0};
  std::atomic<int> served{0}, replayed{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back([&] {
      for (std::size_t at = next++; at < sendings.size(); at = next++) {
        const auto answer = s.ask(sendings[at]);
        if (answer && answer->status == 200) ++served;
        if (answer && answer->status == 401) ++replayed;
      }
    });
  for (auto& each : callers) each.join();
  CHECK(served == requests);
  CHECK(replayed == requests);
  CHECK(s.upstream().requests - before == requests);
}

TEST_CASE("with room for one channel, others fall back and come again, and nothing fails") {
  stage s(always(ok_answer("hello")), [](auto& settings) { settings.channel.max_entries = 1; });
  const auto key = offered_by(s);
  std::vector<edge_channel> channels;
  for (byte i = 0; i < 4; ++i) channels.push_back(channel_for(key, i));
  for (int round = 0; round < 2; ++round) {
    for (const auto& each : channels) {
      CHECK(is_refused_as_unknown(s.ask(under(each, carries::nothing))));
      CHECK(probe(s, each));
      CHECK(s.ask(under(each, carries::nothing))->status == 200);
    }
  }
  CHECK(s.metric("sallyport_channel_grants") == 1);
  CHECK(s.metric("sallyport_channel_evicted_total") == 7);
  CHECK(s.metric("sallyport_channel_unknown_total{reason=\"channel_unknown\"}") == 8);
}

TEST_CASE("after a restart the agent has another key, unless all tasks derive theirs from one secret") {
  stage one(always(ok_answer("hello")));
  stage other(always(ok_answer("hello")));
  CHECK(offered_by(one) != offered_by(other));
  const auto channel = channel_for(offered_by(one));
  CHECK(probe(one, channel));
  CHECK(is_refused_as_unknown(other.ask(under(channel, carries::grant))));

  const auto shared = [](auto& settings) { settings.channel.secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"; };
  stage first(always(ok_answer("hello")), shared);
  stage second(always(ok_answer("hello")), shared);
  CHECK(offered_by(first) == offered_by(second));
  const auto common = channel_for(offered_by(first));
  CHECK(probe(first, common));
  CHECK(is_refused_as_unknown(second.ask(under(common, carries::nothing))));
  CHECK(probe(second, common));
}

TEST_CASE("a channel outlives a reload that keeps its key, and ends with one that does not") {
  stage s(always(ok_answer("hello")));
  const auto channel = channel_for(offered_by(s));
  CHECK(probe(s, channel));
  const auto [fresh, file] = make_signing_key();
  s.files().file("jwks.json", jose::write_public_set({edge_keys().es256, fresh}));
  REQUIRE(s.agent().reload().empty());
  const auto by_fresh = [&] {
    signed_request request;
    request.key = fresh;
    return request;
  };
  // Threads take up the new keys one after the other.
  REQUIRE(eventually([&] { return s.ask(by_fresh())->status == 200; }));
  for (int i = 0; i < 4; ++i) CHECK(s.ask(under(channel, carries::nothing))->status == 200);
  CHECK(s.metric("sallyport_channel_grants_verified_total") >= 2);
  CHECK(probe(s, channel_for(offered_by(s), 1, fresh)));
}

TEST_CASE("where the policy says channel: false there are none, and callers are told once") {
  const std::string text = [] {
    std::string policy(test_policy_text());
    const std::string_view before = "\"https://es.origin.test\"";
    return policy.insert(policy.find(before) + before.size(), ", \"channel\": false");
  }();
  stage s(always(ok_answer("hello")));
  const auto channel = channel_for(offered_by(s));
  CHECK(probe(s, channel));
  s.files().file("policy.jsonc", text);
  REQUIRE(s.agent().reload().empty());
  const auto without_offer = [&] {
    const auto answer = s.ask(signed_request{});
    return answer->status == 200 && answer->field("sallyport-channel").empty();
  };
  REQUIRE(eventually([&] { return without_offer() && without_offer() && without_offer(); }));
  const auto answer = s.ask(under(channel, carries::nothing));
  CHECK(answer->status == 401);
  CHECK(answer->field("sallyport-channel") == "unknown");
  CHECK(s.ask(signed_request{})->status == 200);
}
