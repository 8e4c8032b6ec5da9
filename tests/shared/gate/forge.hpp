// Messages as somebody with the edge's keys could make them: right in every part but the one that a test changes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/signature.hpp"
#include "encoding/base64url.hpp"
#include "http/digest.hpp"
#include "httpsig/profile.hpp"
#include "tests/shared/gate/world.hpp"
#include "tests/support/signed_message.hpp"

namespace sallyport::testing {

struct forge {
  std::string service = "es";
  std::string method = "GET";
  std::string target = "/api/x?a=1";
  std::string host_field = "es.origin.test";
  json claims = json{{"iss", "https://edge.test"},
                     {"aud", "sallyport:service:es"},
                     {"sub", "alice"},
                     {"idp", "okta"},
                     {"kind", "user"},
                     {"groups", json::array({"finance"})},
                     {"route", "es-api"},
                     {"pol", test_policy()->digest},
                     {"jti", "AAAAAAAAAAAAAAAAAAAAAA"},
                     {"iat", start_s},
                     {"exp", start_s + 30}};
  std::string typ = "sallyport-assertion+jwt";
  const jose::signing_key* assertion_key = &keys().edge[0];
  /// Empty: signed as `claims` say.
  std::string assertion;
  std::string context =
      R"(id="BBBBBBBBBBBBBBBBBBBBBA", time=1760000000000, host="es.test", proto="https", ip="192.0.2.7", country="CH")";
  unix_seconds created = start_s;
  unix_seconds expires = start_s + 30;
  std::string nonce = "CCCCCCCCCCCCCCCCCCCCCA";
  std::string keyid = "edge-es";
  const jose::signing_key* key = &keys().edge[0];
  std::string content_type;
  /// Covered when not empty.
  std::string content_length;
  std::string digest;
  std::string body;
  /// Replaced in the parameters before they are signed.
  std::vector<std::pair<std::string, std::string>> edits;
  std::vector<std::pair<std::string, std::string>> extra_fields;

  forge& with_claim(const char* name, json value) {
    claims[name] = std::move(value);
    return *this;
  }
  forge& with_body(std::string content) {
    method = "POST";
    body = std::move(content);
    content_length = std::to_string(body.size());
    digest = http::content_digest_field(host(), as_bytes(body));
    return *this;
  }

  std::string compact() const { return assertion.empty() ? token(claims, *assertion_key, typ) : assertion; }

  std::string build() const {
    const signed_message message{method,       target,         host_field, compact(),   context,
                                 content_type, content_length, digest,     extra_fields};
    auto draft = httpsig::draft_profile(message.covered(), {created, expires, nonce, keyid, key->algorithm});
    if (!draft.ok()) return "draft failed";
    for (const auto& [what, with] : edits) {
      replace(draft->base, what, with);
      replace(draft->signature_input, what, with);
    }
    const auto made = crypto::make_signature(host(), key->algorithm, *key->key, as_bytes(draft->base));
    if (!made.ok()) return "signing failed";
    return message.head(draft->signature_input, httpsig::profile_signature_field(*made)) + body;
  }

 private:
  static void replace(std::string& in, const std::string& what, const std::string& with) {
    const auto at = in.rfind(what);
    if (at != std::string::npos) in.replace(at, what.size(), with);
  }
};

}  // namespace sallyport::testing
