// The smaller formats of the gate: context, signed headers, assertion, problem.
#include <doctest/doctest.h>

#include <tuple>

#include "encoding/structured_field.hpp"
#include "gate/protocol/context.hpp"
#include "gate/protocol/problem.hpp"
#include "gate/protocol/signed_headers.hpp"
#include "tests/shared/gate/world.hpp"
#include "tests/support/exact.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

gate::request_context sample() {
  gate::request_context context;
  context.id = "BBBBBBBBBBBBBBBBBBBBBA";
  context.time = 1760000000123;
  context.host = "es.test:8443";
  context.proto = "https";
  context.ip = "2001:db8::1";
  context.country = "CH";
  context.asn = 4294967295U;
  context.headers.emplace().fill(7);
  context.authority.emplace().fill(8);
  return context;
}

policy::service service_with(std::vector<std::string> signed_headers) {
  policy::service to;
  to.signed_headers = std::move(signed_headers);
  return to;
}

}  // namespace

TEST_CASE("a context is read back as it was written, and is what a serializer of RFC 9651 writes") {
  const auto text = gate::write_context(sample());
  CHECK(text ==
        R"(id="BBBBBBBBBBBBBBBBBBBBBA", time=1760000000123, host="es.test:8443", proto="https", ip="2001:db8::1", )"
        R"(country="CH", asn=4294967295, headers=:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=:, )"
        R"(authority=:CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=:)");
  const auto parsed = encoding::sf::parse_dictionary(text);
  REQUIRE(parsed.ok());
  CHECK(*encoding::sf::serialize(*parsed) == text);
  const auto back = gate::read_context(text);
  REQUIRE(back.ok());
  CHECK(back->id == sample().id);
  CHECK(back->time == sample().time);
  CHECK(back->host == sample().host);
  CHECK(back->proto == sample().proto);
  CHECK(back->ip == sample().ip);
  CHECK(back->country == sample().country);
  CHECK(back->asn == sample().asn);
  CHECK(back->headers == sample().headers);
}

TEST_CASE("a context that is cut short is refused, or what is required is all there") {
  const auto text = gate::write_context(sample());
  for (std::size_t length = 0; length < text.size(); ++length) {
    const exact_text cut(std::string_view(text).substr(0, length));
    const auto back = gate::read_context(cut.view());
    if (!back.ok()) {
      CHECK(back.why() == reason::context_invalid);
      continue;
    }
    CHECK(std::tuple(back->id, back->time, back->host, back->proto) ==
          std::tuple(sample().id, sample().time, sample().host, sample().proto));
  }
}

TEST_CASE("signed headers: names in the policy's order, lines joined, absent ones left out") {
  const std::vector<http::field> fields{{"B", "2"}, {"a", "1"}, {"b", "3"}, {"content-type", "x"}, {"z", "26"}};
  const auto digest = [&](std::vector<std::string> names) {
    return gate::signed_header_digest(service_with(std::move(names)), fields, host());
  };
  CHECK(digest({"a", "b", "missing"}) == host().sha256(as_bytes("\"a\": 1\n\"b\": 2, 3\n")));
  CHECK(digest({"b", "a"}) == host().sha256(as_bytes("\"b\": 2, 3\n\"a\": 1\n")));
  CHECK(digest({"missing"}) == host().sha256({}));
  CHECK(digest({"content-type", "a"}) == host().sha256(as_bytes("\"a\": 1\n")));
  CHECK(!digest({}).has_value());
  CHECK(!digest({"content-type", "content-length"}).has_value());
}

TEST_CASE("an assertion is read back as it was written") {
  gate::assertion what;
  what.issuer = "https://edge.test";
  what.audience = "sallyport:service:es";
  what.route = "r";
  what.policy_digest = "p";
  what.id = "j";
  what.issued_at = start_s;
  what.expires = start_s + 30;
  what.body = gate::body_coverage::stream;
  what.who.issuer = "okta";
  what.who.subject = "alice";
  what.who.kind = policy::identity_kind::user;
  what.who.groups = {"a", "b"};
  policy::used_facts used;
  used.groups = true;
  const auto back = gate::read_assertion(gate::write_assertion(what, used));
  REQUIRE(back.ok());
  CHECK(back->issuer == what.issuer);
  CHECK(back->audience == what.audience);
  CHECK(back->route == what.route);
  CHECK(back->policy_digest == what.policy_digest);
  CHECK(back->id == what.id);
  CHECK(back->issued_at == what.issued_at);
  CHECK(back->expires == what.expires);
  CHECK(back->body == what.body);
  CHECK(back->who.subject == "alice");
  CHECK(back->who.groups == what.who.groups);
}

TEST_CASE("every refusal has a problem document, and every 401 a challenge") {
  for (const auto& row : all_reasons()) {
    CAPTURE(row.name);
    const auto body = encoding::parse_json(gate::problem_body(row.code, "id"));
    REQUIRE(body.ok());
    CHECK((*body)["status"] == row.http_status);
    CHECK((*body)["code"] == std::string(row.public_code));
    CHECK((*body)["title"] != "Error");
    CHECK(body->size() == 4);
    CHECK(gate::challenge(row.code).empty() == (row.http_status != 401));
  }
  CHECK(gate::challenge(reason::credential_missing) == R"(Bearer realm="sallyport")");
  CHECK(gate::challenge(reason::jws_signature_invalid) == R"(Bearer error="invalid_token")");
  CHECK(gate::challenge(reason::httpsig_invalid) == "Sallyport");
  // RFC 9728 section 5.1
  constexpr std::string_view where = "https://mcp.test/.well-known/oauth-protected-resource";
  CHECK(gate::challenge(reason::credential_missing, where) ==
        R"(Bearer realm="sallyport", resource_metadata="https://mcp.test/.well-known/oauth-protected-resource")");
  CHECK(gate::challenge(reason::jwt_expired, where).find(", resource_metadata=\"https://mcp.test/") !=
        std::string::npos);
  CHECK(gate::challenge(reason::httpsig_invalid, where) == "Sallyport");
  CHECK(gate::challenge(reason::policy_denied, where).empty());
}
