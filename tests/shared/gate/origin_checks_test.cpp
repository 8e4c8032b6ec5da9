// Each of the nine checks, with everything else right: the first failure is the reason, exactly.
#include <doctest/doctest.h>

#include <functional>

#include "gate/protocol/problem.hpp"
#include "tests/shared/gate/forge.hpp"

using namespace sallyport;
using namespace sallyport::testing;

namespace {

struct edit {
  const char* what;
  reason expected;
  std::function<void(forge&)> apply;
};

/// Reasons that say all there is to say; any other refusal of the agent tells operators what it saw.
bool is_told(const verdict& in) {
  const bool plain = in.why == reason::ok || in.why == reason::policy_not_allowed || in.why == reason::policy_denied ||
                     in.why == reason::replay_detected || in.why == reason::agent_path_unknown ||
                     static_cast<unsigned>(in.why) < static_cast<unsigned>(reason::jwk_invalid);
  return plain || (!in.detail.empty() && in.detail.size() < 1000);
}

void check_all(const std::vector<edit>& edits) {
  for (const auto& each : edits) {
    CAPTURE(each.what);
    forge made;
    each.apply(made);
    const auto in = agent(made.service).receive(made.build());
    CHECK_MESSAGE(in.why == each.expected, each.what << ": " << name_of(in.why) << " " << in.detail);
    CHECK_MESSAGE(is_told(in), each.what << ": " << name_of(in.why) << " has no detail");
  }
}

/// A change of the finished message.
struct mutation {
  const char* what;
  reason expected;
  std::string_view from;
  std::string_view to;
};

void check_mutations(const std::vector<mutation>& mutations, const forge& made) {
  const std::string message = made.build();
  for (const auto& each : mutations) {
    CAPTURE(each.what);
    std::string changed = message;
    const auto at = changed.find(each.from);
    REQUIRE(at != std::string::npos);
    changed.replace(at, each.from.size(), each.to);
    const auto in = agent(made.service).receive(changed);
    CHECK_MESSAGE(in.why == each.expected, each.what << ": " << name_of(in.why) << " " << in.detail);
    CHECK_MESSAGE(is_told(in), each.what << ": " << name_of(in.why) << " has no detail");
  }
}

const jose::signing_key& stranger() {
  static const auto made = make_key("ES256", "edge-es");
  return made;
}

}  // namespace

TEST_CASE("the forged message is right when nothing is changed") {
  check_all({{"as it is", reason::ok, [](forge&) {}},
             {"with a body", reason::ok, [](forge& f) { f.with_body("hello"); }},
             {"with a content type", reason::ok, [](forge& f) { f.content_type = "text/plain"; }},
             {"a Content-Length of 0 that is covered", reason::ok, [](forge& f) { f.content_length = "0"; }},
             {"a Content-Length of 0 that is not covered", reason::ok, [](forge& f) {
                f.extra_fields = {{"Content-Length", "0"}};
              }}});
}

TEST_CASE("check 1: framing comes first") {
  check_mutations(
      {{"no host", reason::framing_host_missing, "Host: es.origin.test\r\n", ""},
       {"an underscore name", reason::framing_field_collision, "Host:", "sallyport_subject: root\r\nHost:"}},
      forge());
}

TEST_CASE("check 2: the path is canonical") {
  check_mutations({{"not canonical", reason::path_not_canonical, "/api/x", "/api/%78"},
                   {"dot segment", reason::path_dot_segment, "/api/x", "/api/../x"},
                   {"encoded slash", reason::path_encoded_separator, "/api/x", "/api%2Fx"},
                   {"empty segment", reason::path_empty_segment, "/api/x", "/api//x"},
                   {"parameter", reason::path_parameter, "/api/x", "/api/x;y"},
                   {"encoded delimiter", reason::path_not_canonical, "/api/x", "/api/x%40"},
                   {"plain bracket", reason::path_not_canonical, "/api/x", "/api/[x]"},
                   {"encoded control", reason::path_control_character, "/api/x", "/api/%0Ax"},
                   {"and it comes before the fields", reason::path_not_canonical, "/api/x?a=1 HTTP/1.1\r\n",
                    "/api/%78?a=1 HTTP/1.1\r\nSallyport-Foo: 1\r\n"}},
                  forge());
}

TEST_CASE("check 3: one of each Sallyport field, none unknown") {
  check_mutations(
      {{"unknown", reason::sallyport_field_unknown, "Host:", "Sallyport-Subject: root\r\nHost:"},
       {"no assertion", reason::sallyport_field_missing, "Sallyport-Assertion:", "X-Assertion:"},
       {"no context", reason::sallyport_field_missing, "Sallyport-Context:", "X-Context:"},
       {"no signature input", reason::sallyport_field_missing, "Signature-Input:", "X-Input:"},
       {"no signature", reason::sallyport_field_missing, "Signature: ", "X-Signature: "},
       {"two assertions", reason::sallyport_field_repeated, "Host:", "SALLYPORT-ASSERTION: x\r\nHost:"},
       {"two contexts", reason::sallyport_field_repeated, "Host:", "sallyport-context: x\r\nHost:"},
       {"two signature inputs", reason::sallyport_field_repeated, "Host:", "signature-input: x\r\nHost:"},
       {"two signatures", reason::sallyport_field_repeated, "Host:", "signature: x\r\nHost:"},
       {"no dictionary", reason::httpsig_malformed, "Signature: sallyport=:", "Signature: sallyport=;"},
       {"another label", reason::httpsig_label_missing, "Signature-Input: sallyport=", "Signature-Input: someone="},
       {"a component less", reason::httpsig_profile, "(\"@method\" \"@path\"", "(\"@method\""},
       {"a component more", reason::httpsig_profile, "(\"@method\"", "(\"@method\" \"accept\""},
       {"a component twice", reason::httpsig_component_invalid, "(\"@method\"", "(\"@method\" \"@method\""},
       {"no components", reason::httpsig_profile,
        "(\"@method\" \"@path\" \"@query\" \"sallyport-assertion\" \"sallyport-context\")", "()"},
       {"a content type that is not covered", reason::httpsig_profile, "Host:", "Content-Type: text/html\r\nHost:"},
       {"a content digest that is not covered", reason::httpsig_profile, "Host:", "Content-Digest: x\r\nHost:"},
       {"a length that is not covered", reason::httpsig_profile, "Host:", "Content-Length: 1\r\nHost:"}},
      forge());
  forge typed;
  typed.content_type = "text/plain";
  check_mutations({{"two content types", reason::httpsig_component_value, "Host:", "Content-Type: a/b\r\nHost:"},
                   {"a covered content type removed", reason::httpsig_profile, "Content-Type: text/plain\r\n", ""}},
                  typed);
}

TEST_CASE("check 4: the parameters of the signature") {
  check_all({
      {"no tag", reason::httpsig_parameter_invalid,
       [](forge& f) {
         f.edits = {{";tag=\"sallyport\"", ""}};
       }},
      {"another tag", reason::httpsig_tag,
       [](forge& f) {
         f.edits = {{"tag=\"sallyport\"", "tag=\"other\""}};
       }},
      {"no alg", reason::httpsig_parameter_invalid,
       [](forge& f) {
         f.edits = {{";alg=\"ecdsa-p256-sha256\"", ""}};
       }},
      {"an unknown alg", reason::httpsig_algorithm,
       [](forge& f) {
         f.edits = {{"ecdsa-p256-sha256", "rot13"}};
       }},
      {"an alg of another key", reason::httpsig_algorithm,
       [](forge& f) {
         f.edits = {{"ecdsa-p256-sha256", "ed25519"}};
       }},
      {"a secret's alg with a public key's id", reason::httpsig_algorithm,
       [](forge& f) {
         f.edits = {{"ecdsa-p256-sha256", "hmac-sha256"}};
       }},
      {"no nonce", reason::httpsig_parameter_invalid,
       [](forge& f) {
         f.edits = {{";nonce=\"CCCCCCCCCCCCCCCCCCCCCA\"", ""}};
       }},
      {"a short nonce", reason::httpsig_nonce,
       [](forge& f) {
         f.edits = {{"CCCCCCCCCCCCCCCCCCCCCA", "CCCC"}};
       }},
      {"a nonce with spare bits", reason::httpsig_nonce,
       [](forge& f) {
         f.edits = {{"CCCCCCCCCCCCCCCCCCCCCA", "CCCCCCCCCCCCCCCCCCCCCB"}};
       }},
      {"an unknown keyid", reason::httpsig_key_unknown, [](forge& f) { f.keyid = "edge-older"; }},
      {"an empty keyid", reason::httpsig_key_unknown,
       [](forge& f) {
         f.edits = {{"keyid=\"edge-es\"", "keyid=\"\""}};
       }},
      {"no created", reason::httpsig_parameter_invalid,
       [](forge& f) {
         f.edits = {{";created=1760000000", ""}};
       }},
      {"no expires", reason::httpsig_parameter_invalid,
       [](forge& f) {
         f.edits = {{";expires=1760000030", ""}};
       }},
      {"created ahead of the skew", reason::httpsig_created_in_future,
       [](forge& f) { f.created = start_s + 6, f.expires = start_s + 30; }},
      {"created within the skew", reason::ok, [](forge& f) { f.created = start_s + 5, f.expires = start_s + 30; }},
      {"expired", reason::httpsig_expired, [](forge& f) { f.created = start_s - 36, f.expires = start_s - 6; }},
      {"expired within the skew", reason::ok, [](forge& f) { f.created = start_s - 35, f.expires = start_s - 5; }},
      {"61 seconds", reason::httpsig_lifetime_too_long, [](forge& f) { f.expires = start_s + 61; }},
      {"60 seconds", reason::ok, [](forge& f) { f.expires = start_s + 60; }},
  });
}

TEST_CASE("check 4: a key that is not for the service's algorithm is refused even when its signature is right") {
  check_all({{"ed25519 for es", reason::httpsig_algorithm,
              [](forge& f) {
                f.key = &keys().edge[1];
                f.keyid = "edge-ed";
              }},
             {"a public key where the service has a secret", reason::httpsig_algorithm, [](forge& f) {
                f.service = "mac";
                f.with_claim("aud", "sallyport:service:mac").with_claim("route", "mac-all");
              }}});
}

TEST_CASE("check 5: the signature is over this very request") {
  forge made;
  made.with_body("hello");
  made.content_type = "text/plain";
  check_mutations({{"method", reason::httpsig_invalid, "POST ", "PUT "},
                   {"path", reason::httpsig_invalid, "/api/x", "/api/y"},
                   {"query", reason::httpsig_invalid, "?a=1", "?a=2"},
                   {"query dropped", reason::httpsig_invalid, "?a=1", ""},
                   {"assertion", reason::httpsig_invalid, "Sallyport-Assertion: eyJ", "Sallyport-Assertion: eyK"},
                   {"context", reason::httpsig_invalid, "192.0.2.7", "192.0.2.8"},
                   {"content type", reason::httpsig_invalid, "text/plain", "text/html"},
                   {"content digest", reason::httpsig_invalid, "sha-256=:", "sha-512=:"},
                   {"content length", reason::httpsig_invalid, "Content-Length: 5", "Content-Length: 6"},
                   {"created", reason::httpsig_invalid, "created=1760000000", "created=1759999999"},
                   {"nonce", reason::httpsig_invalid, "CCCCCCCCCCCCCCCCCCCCCA", "CCCCCCCCCCCCCCCCCCCCDA"}},
                  made);
  check_all({{"a stranger's key under our keyid", reason::httpsig_invalid, [](forge& f) { f.key = &stranger(); }}});
}

TEST_CASE("check 5: the signed context is the dictionary it must be") {
  const auto context = [](const char* text) { return [text](forge& f) { f.context = text; }; };
  check_all({
      {"no id", reason::context_invalid, context(R"(time=1, host="es.test", proto="https")")},
      {"a short id", reason::context_invalid, context(R"(id="x", time=1, host="es.test", proto="https")")},
      {"no host", reason::context_invalid, context(R"(id="BBBBBBBBBBBBBBBBBBBBBA", time=1, proto="https")")},
      {"another proto", reason::context_invalid,
       context(R"(id="BBBBBBBBBBBBBBBBBBBBBA", time=1, host="es.test", proto="ftp")")},
      {"time as text", reason::context_invalid,
       context(R"(id="BBBBBBBBBBBBBBBBBBBBBA", time="1", host="es.test", proto="https")")},
      {"host twice", reason::context_invalid,
       context(R"(id="BBBBBBBBBBBBBBBBBBBBBA", time=1, host="es.test", proto="https", host="b")")},
      {"a digest of the wrong length", reason::context_invalid,
       context(R"(id="BBBBBBBBBBBBBBBBBBBBBA", time=1, host="es.test", proto="https", headers=:AAAA:)")},
      {"not a dictionary", reason::context_invalid, context("{}")},
      {"members that a later version may add", reason::ok,
       context(R"(v2=(a b);c, id="BBBBBBBBBBBBBBBBBBBBBA", time=1, host="es.test", proto="https", flag)")},
  });
}

TEST_CASE("check 6: the assertion") {
  static const auto other_key = make_key("ES256", "edge-unknown");
  check_all({
      {"not a token", reason::assertion_invalid, [](forge& f) { f.assertion = "a.b.c"; }},
      {"signed by a stranger", reason::assertion_invalid, [](forge& f) { f.assertion_key = &stranger(); }},
      {"an unknown kid", reason::httpsig_key_unknown, [](forge& f) { f.assertion_key = &other_key; }},
      {"signed by the caller's issuer", reason::httpsig_key_unknown, [](forge& f) { f.assertion_key = &keys().okta; }},
      {"a plain JWT", reason::assertion_invalid, [](forge& f) { f.typ = "JWT"; }},
      {"another typ", reason::assertion_invalid, [](forge& f) { f.typ = "sallyport-other+jwt"; }},
      {"no iss", reason::assertion_invalid, [](forge& f) { f.claims.erase("iss"); }},
      {"no aud", reason::assertion_invalid, [](forge& f) { f.claims.erase("aud"); }},
      {"a list of audiences", reason::assertion_invalid,
       [](forge& f) { f.with_claim("aud", json::array({"sallyport:service:es"})); }},
      {"no sub", reason::assertion_invalid, [](forge& f) { f.claims.erase("sub"); }},
      {"no exp", reason::assertion_invalid, [](forge& f) { f.claims.erase("exp"); }},
      {"no iat", reason::assertion_invalid, [](forge& f) { f.claims.erase("iat"); }},
      {"exp as text", reason::assertion_invalid, [](forge& f) { f.with_claim("exp", "soon"); }},
      {"exp before iat", reason::assertion_invalid, [](forge& f) { f.with_claim("exp", start_s); }},
      {"a later nbf", reason::assertion_invalid, [](forge& f) { f.with_claim("nbf", start_s + 1); }},
      {"no jti", reason::assertion_invalid, [](forge& f) { f.claims.erase("jti"); }},
      {"no route", reason::assertion_invalid, [](forge& f) { f.claims.erase("route"); }},
      {"no pol", reason::assertion_invalid, [](forge& f) { f.claims.erase("pol"); }},
      {"an unknown kind", reason::assertion_invalid, [](forge& f) { f.with_claim("kind", "root"); }},
      {"another body mode", reason::assertion_invalid, [](forge& f) { f.with_claim("body", "none"); }},
      {"another edge", reason::assertion_issuer, [](forge& f) { f.with_claim("iss", "https://edge.test/"); }},
      {"another service", reason::assertion_audience, [](forge& f) { f.with_claim("aud", "sallyport:service:ed"); }},
      {"no prefix", reason::assertion_audience, [](forge& f) { f.with_claim("aud", "es"); }},
      {"301 seconds", reason::assertion_lifetime, [](forge& f) { f.with_claim("exp", start_s + 301); }},
      {"300 seconds", reason::ok, [](forge& f) { f.with_claim("exp", start_s + 300); }},
      {"expired", reason::assertion_expired,
       [](forge& f) { f.with_claim("iat", start_s - 60).with_claim("exp", start_s - 5); }},
      {"expired within the skew", reason::ok,
       [](forge& f) { f.with_claim("iat", start_s - 60).with_claim("exp", start_s - 4); }},
      {"from the future", reason::assertion_not_yet_valid,
       [](forge& f) { f.with_claim("iat", start_s + 6).with_claim("exp", start_s + 30); }},
      {"from the future within the skew", reason::ok,
       [](forge& f) { f.with_claim("iat", start_s + 5).with_claim("exp", start_s + 30); }},
      {"an unknown route", reason::assertion_route_unknown, [](forge& f) { f.with_claim("route", "es-other"); }},
  });
}

TEST_CASE("check 6: the assertion and the request agree on whether the body is signed") {
  check_all({
      {"a body without digest that nothing announces", reason::assertion_body_mode,
       [](forge& f) { f.with_body("hello"), f.digest.clear(); }},
      {"a digest for a streamed body", reason::assertion_body_mode,
       [](forge& f) { f.with_body("hello").with_claim("body", "stream"); }},
      {"a chunked body that was added", reason::assertion_body_mode,
       [](forge& f) {
         f.extra_fields = {{"Transfer-Encoding", "chunked"}};
       }},
      {"a streamed body", reason::ok,
       [](forge& f) { f.with_body("hello").with_claim("body", "stream"), f.digest.clear(); }},
      {"a streamed body that is empty", reason::ok, [](forge& f) { f.with_claim("body", "stream"); }},
  });
}

TEST_CASE("check 7: the body is the one that was signed") {
  check_all({
      {"another body", reason::digest_mismatch, [](forge& f) { f.with_body("hello").body = "hullo"; }},
      {"not a digest", reason::digest_malformed, [](forge& f) { f.with_body("hello").digest = "sha-256=x;;"; }},
      {"an unknown digest", reason::digest_unsupported, [](forge& f) { f.with_body("hello").digest = "md5=:AAAA:"; }},
      {"too large", reason::body_too_large, [](forge& f) { f.with_body(std::string((1U << 20) + 1, 'x')); }},
      {"as large as it may be", reason::ok, [](forge& f) { f.with_body(std::string(1U << 20, 'x')); }},
  });
}

TEST_CASE("check 8: policy decides again") {
  check_all({
      {"another policy", reason::policy_digest_unknown, [](forge& f) { f.with_claim("pol", "AAAA"); }},
      {"a route that only another policy has", reason::policy_digest_unknown,
       [](forge& f) { f.with_claim("pol", "AAAA").with_claim("route", "es-new"); }},
      {"another route of this service", reason::policy_route_differs,
       [](forge& f) { f.with_claim("route", "es-open"); }},
      {"a route of another service", reason::policy_route_differs, [](forge& f) { f.with_claim("route", "ed-all"); }},
      {"no route for this path", reason::policy_route_differs, [](forge& f) { f.target = "/other"; }},
      {"a reserved path", reason::agent_path_unknown, [](forge& f) { f.target = "/.sallyport/status"; }},
      {"not in the group", reason::policy_not_allowed,
       [](forge& f) { f.with_claim("groups", json::array({"sales"})); }},
      {"from where it is denied", reason::policy_denied,
       [](forge& f) { f.context.replace(f.context.find("CH"), 2, "KP"); }},
      {"a signed header that the edge did not see", reason::signed_headers_differ,
       [](forge& f) {
         f.service = "mac";
         f.key = &keys().secret;
         f.keyid = "mac-1";
         f.context.replace(f.context.find("es.test"), 7, "mac.test");
         f.with_claim("aud", "sallyport:service:mac").with_claim("route", "mac-all");
       }},
  });
}

TEST_CASE("check 9: a request is admitted once") {
  agent origin("es");
  forge made;
  const std::string message = made.build();
  CHECK(origin.receive(message).why == reason::ok);
  CHECK(origin.receive(message).why == reason::replay_detected);
  CHECK(origin.receive(message, start + 34'000).why == reason::replay_detected);
  // The same nonce in another request is a replay, too.
  made.target = "/api/y";
  CHECK(origin.receive(made.build()).why == reason::replay_detected);
  made.nonce = "DDDDDDDDDDDDDDDDDDDDDA";
  CHECK(origin.receive(made.build()).why == reason::ok);
}

TEST_CASE("check 9: a refused request burns no nonce") {
  agent origin("es");
  forge made;
  forge refused_one = made;
  refused_one.with_claim("groups", json::array({"sales"}));
  CHECK(origin.receive(refused_one.build()).why == reason::policy_not_allowed);
  CHECK(origin.receive(made.build()).why == reason::ok);
}

TEST_CASE("check 9: at the bound the set refuses") {
  gate::replay_set full({0, 16});
  agent origin("es");
  const auto message = forge().build();
  auto head = http::parse_request_head(message);
  auto step = origin.origin.open(std::move(*head), start);
  auto* request = std::get_if<gate::opened>(&step);
  REQUIRE(request != nullptr);
  const auto last = origin.origin.admit(std::move(*request), full, start);
  REQUIRE(std::get_if<gate::refused>(&last) != nullptr);
  CHECK(std::get_if<gate::refused>(&last)->why == reason::replay_set_full);
}

TEST_CASE("a body that must be checked cannot be skipped") {
  agent origin("es");
  forge made;
  made.with_body("hello");
  const auto message = made.build();
  auto head = http::parse_request_head(std::string_view(message).substr(0, message.size() - 5));
  REQUIRE(head.ok());
  auto step = origin.origin.open(std::move(*head), start);
  auto* request = std::get_if<gate::opened>(&step);
  REQUIRE(request != nullptr);
  const auto last = origin.origin.admit(std::move(*request), origin.seen, start);
  REQUIRE(std::get_if<gate::refused>(&last) != nullptr);
  CHECK(std::get_if<gate::refused>(&last)->why == reason::internal);
}

TEST_CASE("a refusal tells by how much the clocks differ, and says no more to the caller") {
  agent origin("es");
  const auto message = forge().build();
  const auto behind = origin.receive(message, start - 20'000);
  CHECK(behind.why == reason::httpsig_created_in_future);
  CHECK_MESSAGE(behind.detail.find("20 s") != std::string::npos, behind.detail);
  CHECK(behind.no.clock_difference == -20);
  const auto record = encoding::parse_json(behind.no.audit);
  REQUIRE(record.ok());
  CHECK((*record)["clock_difference"] == -20);
  CHECK((*record)["keyid"] == "edge-es");
  const auto ahead = origin.receive(message, start + 60'000);
  CHECK(ahead.why == reason::httpsig_expired);
  CHECK(ahead.no.clock_difference == 60);
  CHECK(gate::problem_body(ahead.why, "id") ==
        R"({"code":"unauthorized","request_id":"id","status":401,"title":"Unauthorized"})");
}
