#include "aws/web_identity.hpp"

#include "aws/session_tags.hpp"
#include "encoding/json.hpp"

namespace sallyport::aws {
namespace {

using encoding::json;

constexpr seconds max_lifetime = 300;

json tag(std::string_view value, crypto::port& host) {
  return json::array({tag_value(value, host)});
}

}  // namespace

bool is_accepted_by_sts(crypto::algorithm how) {
  const auto family = crypto::describe(how).family;
  return family == crypto::family::ecdsa || family == crypto::family::rsa_pkcs1;
}

std::string web_identity_claims(const web_identity& what, crypto::port& host) {
  json tags = {{"issuer", tag(what.caller.issuer, host)}, {"subject", tag(what.caller.subject, host)}};
  // A look that nobody asked for has no route.
  if (!what.caller.route.empty()) tags["route"] = tag(what.caller.route, host);
  if (!what.place.empty()) tags["sallyport_target"] = tag(what.place, host);
  if (what.caller.email) tags["email"] = tag(*what.caller.email, host);
  const seconds lifetime = what.lifetime > max_lifetime ? max_lifetime : what.lifetime;
  return encoding::canonical_json(
      {{"iss", what.issuer},
       {"aud", "sts.amazonaws.com"},
       {"sub", "sallyport:" + what.target},
       {"iat", what.now},
       {"nbf", what.now},
       {"exp", what.now + lifetime},
       {"jti", what.id},
       {"https://aws.amazon.com/tags", {{"principal_tags", std::move(tags)}}},
       {"https://aws.amazon.com/source_identity", source_identity(what.caller.subject, host)}});
}

result<std::string> mint_web_identity(const web_identity& what, const jose::signing_key& key, crypto::port& host) {
  if (!is_accepted_by_sts(key.algorithm)) {
    return failure(reason::jwk_algorithm_mismatch, "AWS STS takes ES256 and RS256 tokens, not EdDSA");
  }
  return jose::sign_jws(key, "JWT", as_bytes(web_identity_claims(what, host)), host);
}

}  // namespace sallyport::aws
