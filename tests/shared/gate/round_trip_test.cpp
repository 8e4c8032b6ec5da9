#include <doctest/doctest.h>

#include "tests/shared/gate/world.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

client_request from_alice(const std::string& host, const std::string& target = "/api/things?q=1") {
  client_request request;
  request.host = host;
  request.target = target;
  return request.bearer(alice_token());
}

client_request with_body(client_request request, const std::string& body) {
  request.method = "POST";
  request.body = body;
  request.body_state = gate::edge_body::state::unread;
  request.fields.emplace_back("content-type", "application/json");
  request.fields.emplace_back("content-length", std::to_string(body.size()));
  return request;
}

}  // namespace

TEST_CASE("what the edge signs the origin admits, with each algorithm") {
  for (const char* service : {"es", "ed", "mac"}) {
    CAPTURE(service);
    world edge;
    agent origin(service);
    const auto in = origin.receive(edge.wire(from_alice(std::string(service) + ".test")));
    REQUIRE_MESSAGE(in.why == reason::ok, name_of(in.why) << " " << in.detail);
    CHECK(in.in->target == "/api/things?q=1");
    CHECK(in.in->host == std::string(service) + ".test");
    CHECK(in.in->assertion->content.who.subject == "alice");
    CHECK(field_of(in.in->fields, "sallyport-subject") == "alice");
    CHECK(field_of(in.in->fields, "x-forwarded-for") == "192.0.2.7");
    CHECK(field_of(in.in->fields, "x-forwarded-host") == std::string(service) + ".test");
    CHECK(field_of(in.in->fields, "x-forwarded-proto") == "https");
  }
}

TEST_CASE("a signed body arrives and is checked") {
  world edge;
  agent origin("es");
  const auto message = edge.wire(with_body(from_alice("es.test"), R"({"a":1})"));
  CHECK(message.find("Content-Digest: sha-256=:") != std::string::npos);
  CHECK(origin.receive(message).why == reason::ok);
  std::string other = edge.wire(with_body(from_alice("es.test"), R"({"a":1})"), start, 2);
  other[other.size() - 2] = '2';
  CHECK(origin.receive(other).why == reason::digest_mismatch);
}

TEST_CASE("a streamed body is announced and not covered") {
  world edge;
  agent origin("es");
  auto request = with_body(from_alice("es.test", "/stream"), "some bytes");
  const auto message = edge.wire(request);
  CHECK(message.find("Content-Digest") == std::string::npos);
  const auto in = origin.receive(message);
  REQUIRE_MESSAGE(in.why == reason::ok, name_of(in.why) << in.detail);
  CHECK(in.in->assertion->content.body == gate::body_coverage::stream);
}

TEST_CASE("a body longer than the route signs streams and the assertion says so") {
  world edge;
  agent origin("es");
  for (const bool declared : {true, false}) {
    CAPTURE(declared);
    auto request = with_body(from_alice("es.test", "/small"), "longer than sixteen bytes");
    if (!declared) request.fields.pop_back();
    const auto in = origin.receive(edge.wire(request, start, declared ? 1 : 2));
    REQUIRE_MESSAGE(in.why == reason::ok, name_of(in.why) << in.detail);
    CHECK(in.in->assertion->content.body == gate::body_coverage::stream);
  }
}

TEST_CASE("an anonymous caller passes an anonymous route as anonymous") {
  world edge;
  agent origin("es");
  client_request request;
  request.target = "/open";
  const auto in = origin.receive(edge.wire(request));
  REQUIRE_MESSAGE(in.why == reason::ok, name_of(in.why) << in.detail);
  CHECK(in.in->assertion->content.who.kind == policy::identity_kind::anonymous);
  CHECK(field_of(in.in->fields, "sallyport-kind") == "anonymous");
}

TEST_CASE("a signed header decides at both ends and cannot be changed on the way") {
  world edge;
  agent origin("mac");
  auto request = from_alice("mac.test", "/x");
  request.fields.emplace_back("X-Tenant", "acme");
  const auto message = edge.wire(request);
  CHECK(origin.receive(message).why == reason::ok);
  const auto replace = [&](std::string_view what, std::string_view with) {
    std::string changed = message;
    changed.replace(changed.find(what), what.size(), with);
    return origin.receive(changed).why;
  };
  CHECK(replace("X-Tenant: acme", "X-Tenant: evil") == reason::signed_headers_differ);
  CHECK(replace("X-Tenant: acme\r\n", "") == reason::signed_headers_differ);
  CHECK(replace("X-Tenant: acme\r\n", "X-Tenant: acme\r\nX-Tenant: b\r\n") == reason::signed_headers_differ);
  // Connection cannot take away what is signed; the request is then the one that was admitted above.
  CHECK(replace("X-Tenant: acme\r\n", "X-Tenant: acme\r\nConnection: x-tenant\r\n") == reason::replay_detected);
}

TEST_CASE("what an app takes as authority cannot be added, changed or removed on the way") {
  const std::pair<std::string, std::string> authority[] = {{"Authorization", "Basic YTpi"},
                                                           {"Content-Encoding", "gzip"},
                                                           {"Cookie", "session=alice"},
                                                           {"Origin", "https://app.test"},
                                                           {"Range", "bytes=0-1"}};
  for (const auto& [name, value] : authority) {
    const auto& field = name;
    CAPTURE(field);
    const std::string line = name + ": " + value + "\r\n";
    client_request plain;
    plain.target = "/open";
    client_request with = plain;
    with.fields.emplace_back(name, value);
    for (const auto& sent : {plain, with}) {
      world edge;
      const std::string message = edge.wire(sent);
      const bool there = !sent.fields.empty();
      CHECK((message.find("authority=:") != std::string::npos) == there);
      const auto receive = [&](std::string_view what, const std::string& now) {
        std::string changed = message;
        changed.replace(changed.find(what), what.size(), now);
        agent origin("es");
        return origin.receive(changed).why;
      };
      const std::string_view end = "\r\n\r\n";
      CHECK(receive(end, "\r\n\r\n") == reason::ok);
      CHECK(receive(end, "\r\n" + name + ": other\r\n\r\n") == reason::signed_headers_differ);
      CHECK(receive(end, "\r\n" + name + ":\r\n\r\n") == reason::signed_headers_differ);
      if (!there) continue;
      CHECK(receive(line, "") == reason::signed_headers_differ);
      CHECK(receive(line, name + ": " + value + "x\r\n") == reason::signed_headers_differ);
      CHECK(receive(line, line + "Connection: " + name + "\r\n") == reason::signed_headers_differ);
    }
  }
}

TEST_CASE("cookies may arrive in as many lines as hops make of them, but none may join them") {
  world edge;
  client_request request;
  request.target = "/open";
  request.fields = {{"Cookie", "a=1; b=2"}};
  const std::string message = edge.wire(request);
  const auto receive = [&](const std::string& lines) {
    std::string changed = message;
    const std::string_view line = "Cookie: a=1; b=2\r\n";
    changed.replace(changed.find(line), line.size(), lines);
    agent origin("es");
    return origin.receive(changed).why;
  };
  CHECK(receive("Cookie: a=1\r\ncookie: b=2\r\n") == reason::ok);
  CHECK(receive("Cookie: b=2\r\nCookie: a=1\r\n") == reason::signed_headers_differ);
  CHECK(receive("Cookie: a=1\r\nCookie: b=2\r\nCookie: c=3\r\n") == reason::signed_headers_differ);
  CHECK(receive("Cookie: a=1; b=2\r\nContent_Encoding: gzip\r\n") == reason::ok);
}

TEST_CASE("the Authorization of AWS's signature is not the edge's to cover") {
  const auto policy = test_policy(R"("es": { "origin": "https://es.origin.test" })",
                                  R"("es": { "origin": "https://abc.execute-api.eu-west-1.amazonaws.com", )"
                                  R"("upstream_auth": "sigv4" })");
  world edge(policy);
  client_request request;
  request.target = "/open";
  request.fields = {{"Cookie", "a=1"}};
  std::string message = edge.wire(request);
  message.insert(message.find("Cookie"), "Authorization: AWS4-HMAC-SHA256 Credential=x\r\n");
  agent origin(snapshot_for("es", policy));
  const auto in = origin.receive(message);
  CHECK_MESSAGE(in.why == reason::ok, name_of(in.why) << in.detail);
  message.replace(message.find("a=1"), 3, "a=2");
  CHECK(agent(snapshot_for("es", policy)).receive(message).why == reason::signed_headers_differ);
}

TEST_CASE("neither end passes on what apps take for a proxy's word, or what the service strips") {
  const auto policy = test_policy(R"("es": { "origin": "https://es.origin.test" })",
                                  R"("es": { "origin": "https://es.origin.test", "strip": ["X-Acme-Role", "X-Gw-*"], )"
                                  R"("headers": { "X-WebAuth-User": "identity.kind" } })");
  const std::pair<std::string, std::string> client[] = {
      {"Proxy", "http://evil.test"}, {"X-WebAuth-User", "evil"}, {"X-Middleware-Subrequest", "evil"},
      {"X-Acme-Role", "evil"},       {"x-gw-user", "evil"},      {"X-Plain", "good"}};
  world edge(policy);
  client_request request;
  request.target = "/open";
  for (const auto& each : client) request.fields.push_back(each);
  for (const char* other : {"X_WEBAUTH_USER", "X_Acme_Role", "X.Gw.User"}) request.fields.emplace_back(other, "evil");
  std::string message = edge.wire(request);
  CHECK(message.find("evil") == std::string::npos);
  CHECK(message.find("X-Plain: good") != std::string::npos);
  for (const auto& [name, value] : client) {
    if (value == "evil" || name == "Proxy") message.insert(message.find("X-Plain"), name + ": " + value + "\r\n");
  }
  // Spellings of what the service strips are ordinary to the framing, and go no further either.
  message.insert(message.find("X-Plain"), "X_Acme_Role: evil\r\nX.Gw.User: evil\r\n");
  agent origin(snapshot_for("es", policy));
  const auto in = origin.receive(message);
  REQUIRE_MESSAGE(in.why == reason::ok, name_of(in.why) << in.detail);
  for (const auto& each : in.in->fields) CHECK(each.value.find("evil") == std::string_view::npos);
  CHECK(field_of(in.in->fields, "x-webauth-user") == "anonymous");
  CHECK(field_of(in.in->fields, "x-plain") == "good");
  message.insert(message.find("X-Plain"), "X_WebAuth_User: evil\r\n");
  CHECK(agent(snapshot_for("es", policy)).receive(message).why == reason::framing_field_collision);
}

TEST_CASE("the edge sends no other spelling of a covered field") {
  world edge;
  auto request = from_alice("mac.test", "/x");
  request.fields.emplace_back("X-Tenant", "acme");
  request.fields.emplace_back("X_Tenant", "evil");
  request.fields.emplace_back("content_type", "text/evil");
  request.fields.emplace_back("X_Note", "kept");
  const auto outcome = edge.through(request);
  const auto* out = std::get_if<gate::forward>(&outcome.what);
  REQUIRE(out != nullptr);
  CHECK(field_of(out->fields, "x-tenant") == "acme");
  CHECK(field_of(out->fields, "x_tenant") == "(absent)");
  CHECK(field_of(out->fields, "content_type") == "(absent)");
  CHECK(field_of(out->fields, "x_note") == "kept");
}

TEST_CASE("no other spelling of a covered field reaches the app") {
  world edge;
  agent origin("mac");
  auto request = from_alice("mac.test", "/x");
  request.fields.emplace_back("X-Tenant", "acme");
  std::string message = edge.wire(request);
  message.insert(message.find("X-Tenant"), "X_Tenant: evil\r\ncontent_type: text/evil\r\nX_Note: kept\r\n");
  const auto in = origin.receive(message);
  REQUIRE_MESSAGE(in.why == reason::ok, name_of(in.why) << in.detail);
  CHECK(field_of(in.in->fields, "x-tenant") == "acme");
  CHECK(field_of(in.in->fields, "x_tenant") == "(absent)");
  CHECK(field_of(in.in->fields, "content_type") == "(absent)");
  CHECK(field_of(in.in->fields, "x_note") == "kept");
}

TEST_CASE("both ends write the same request id into their audit records") {
  world edge;
  agent origin("es");
  const auto outcome = edge.through(from_alice("es.test"));
  const auto* out = std::get_if<gate::forward>(&outcome.what);
  REQUIRE(out != nullptr);
  const auto in = origin.receive(wire_of(*out, "GET", ""));
  REQUIRE(in.why == reason::ok);
  const auto here = encoding::parse_json(outcome.audit);
  const auto there = encoding::parse_json(in.in->audit);
  REQUIRE(here.ok());
  REQUIRE(there.ok());
  for (const char* member : {"id", "route", "service", "subject", "issuer", "kind", "policy", "host", "method", "path",
                             "assertion", "decision", "reason", "ip", "country"}) {
    CAPTURE(member);
    CHECK((*here)[member] == (*there)[member]);
    CHECK(!(*here)[member].is_null());
  }
  CHECK((*here)["end"] == "edge");
  CHECK((*there)["end"] == "origin");
  // The edge signs when it knows the place: there, key and way are in the outcome.
  CHECK((*there)["keyid"] == "edge-es");
  CHECK((*there)["sig"] == "es256");
  CHECK((*there)["clock_difference"] == 0);
}

TEST_CASE("white space around a value is not part of it, at either end") {
  world edge;
  client_request request;
  request.method = "POST";
  request.fields = {{"content-type", "application/json\t\t"}, {"x-note", " \tspaced "}};
  request.body_state = gate::edge_body::state::unread;
  request.body = R"({"a":1})";
  const auto message = edge.wire(request.bearer(alice_token()));
  CHECK(message.find("content-type: application/json\r\n") != std::string::npos);
  CHECK(message.find("x-note: spaced\r\n") != std::string::npos);
  CHECK(agent("es").receive(message).why == reason::ok);
}
