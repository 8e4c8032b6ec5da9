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
                             "assertion", "keyid", "decision", "reason", "ip", "country"}) {
    CAPTURE(member);
    CHECK((*here)[member] == (*there)[member]);
    CHECK(!(*here)[member].is_null());
  }
  CHECK((*here)["end"] == "edge");
  CHECK((*there)["end"] == "origin");
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
