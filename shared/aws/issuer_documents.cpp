#include "aws/issuer_documents.hpp"

#include <algorithm>

#include "aws/web_identity.hpp"
#include "core/ascii.hpp"
#include "encoding/json.hpp"
#include "http/host.hpp"
#include "http/url.hpp"
#include "jose/jwk_set.hpp"

namespace sallyport::aws {
namespace {

using encoding::find_member;
using encoding::json;

struct published_keys {
  json entries = json::array();
  json algorithms = json::array();
  bool accepted_by_sts = false;
};

bool is_path(std::string_view text) {
  if (text.empty()) return true;
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return ascii::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~' || c == '/';
  });
  return plain && text.front() == '/' && text.back() != '/' && text.find("//") == std::string_view::npos &&
         text.find("/.") == std::string_view::npos;
}

result<std::string> base_path_of(std::string_view issuer) {
  const failure malformed(reason::config_invalid, "the issuer is not https://host[/path] without port and query");
  const auto url = http::split_url(issuer);
  const auto at = url ? http::parse_host(url->authority) : std::nullopt;
  if (!at || !is_path(url->rest)) return malformed;
  const bool for_aws = url->scheme == "https" && at->port == 0;
  const bool for_tests = url->scheme == "http" && http::is_loopback(at->host);
  if (!for_aws && !for_tests) return malformed;
  return std::string(url->rest);
}

/// What is passed over in a set of somebody else is a mistake in a set of our own.
result<void> publish(const json& entry, std::size_t number, crypto::port& host, published_keys& to) {
  const std::string which = "key " + std::to_string(number);
  const auto key = jose::parse_jwk(entry, jose::key_purpose::verify_public);
  if (!key.ok()) return failure(key.why(), which + ": " + std::string(name_of(key.why())));
  const auto imported = jose::parse_public_jwk(encoding::canonical_json(entry), host);
  if (!imported.ok()) return failure(imported.why(), which + ": " + std::string(name_of(imported.why())));
  if (key->kid.empty() || !key->algorithm) return failure(reason::config_invalid, which + " has no kid or no alg");
  const auto has_its_kid = [&](const json& other) { return encoding::string_member(other, "kid") == key->kid; };
  if (std::any_of(to.entries.begin(), to.entries.end(), has_its_kid)) {
    return failure(reason::jwk_duplicate_kid, which + " has the kid of another one");
  }
  const json name = std::string(crypto::describe(*key->algorithm).jose_name);
  const bool known = std::find(to.algorithms.begin(), to.algorithms.end(), name) != to.algorithms.end();
  if (!known) to.algorithms.push_back(name);
  to.accepted_by_sts = to.accepted_by_sts || is_accepted_by_sts(*key->algorithm);
  to.entries.push_back(jose::public_jwk(*key));
  return {};
}

result<published_keys> publish_all(std::string_view text, crypto::port& host) {
  SALLYPORT_TRY(jose::parse_jwks(text, host));
  SALLYPORT_ASSIGN(const json set, encoding::parse_json(text));
  published_keys out;
  for (const auto& entry : *find_member(set, "keys")) {
    SALLYPORT_TRY(publish(entry, out.entries.size() + 1, host, out));
  }
  if (!out.accepted_by_sts) {
    return failure(reason::config_invalid, "no key is for RS256 or ES256 or their longer kin, which AWS STS takes");
  }
  return out;
}

}  // namespace

result<issuer_documents> make_issuer_documents(std::string_view issuer, std::string_view keys, crypto::port& host) {
  SALLYPORT_ASSIGN(auto base_path, base_path_of(issuer));
  SALLYPORT_ASSIGN(auto published, publish_all(keys, host));
  const std::string name(issuer);
  return issuer_documents{
      std::move(base_path), encoding::canonical_json({{"keys", std::move(published.entries)}}),
      // OpenID Connect Discovery 1.0 section 3, the members that STS reads.
      encoding::canonical_json({{"issuer", name},
                                {"jwks_uri", name + "/.well-known/jwks.json"},
                                {"response_types_supported", json::array({"id_token"})},
                                {"subject_types_supported", json::array({"public"})},
                                {"id_token_signing_alg_values_supported", std::move(published.algorithms)}})};
}

}  // namespace sallyport::aws
