#include "aws/web_identity.hpp"

#include "core/ascii.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"

namespace sallyport::aws {
namespace {

using encoding::json;

constexpr std::size_t max_source_identity = 64;
constexpr std::size_t max_tag_value = 256;
constexpr std::size_t hash_characters = 16;
constexpr seconds max_lifetime = 300;

bool is_source_identity_character(char c) {
  return ascii::is_word(c) || std::string_view("+=,.@-").find(c) != std::string_view::npos;
}
bool is_tag_character(char c) {
  return ascii::is_word(c) || std::string_view(" .:/=+-@").find(c) != std::string_view::npos;
}

json tag(std::string_view value) {
  return json::array({tag_value(value)});
}
}  // namespace

bool is_accepted_by_sts(crypto::algorithm how) {
  const auto family = crypto::describe(how).family;
  return family == crypto::family::ecdsa || family == crypto::family::rsa_pkcs1;
}

std::string source_identity(std::string_view subject, crypto::port& host) {
  std::string safe;
  for (char c : subject) safe += is_source_identity_character(c) ? c : '-';
  if (safe == subject && safe.size() >= 2 && safe.size() <= max_source_identity) return safe;
  const std::string hash = encoding::encode_base64url(host.sha256(as_bytes(subject))).substr(0, hash_characters);
  return safe.substr(0, max_source_identity - hash_characters - 1) + "-" + hash;
}

std::string tag_value(std::string_view text) {
  std::string out;
  for (char c : text.substr(0, max_tag_value)) out += is_tag_character(c) ? c : '_';
  return out;
}

std::string web_identity_claims(const web_identity& what, crypto::port& host) {
  json tags = {
      {"issuer", tag(what.caller.issuer)}, {"subject", tag(what.caller.subject)}, {"route", tag(what.caller.route)}};
  if (what.caller.email) tags["email"] = tag(*what.caller.email);
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
