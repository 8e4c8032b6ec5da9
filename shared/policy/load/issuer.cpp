#include <algorithm>

#include "core/ascii.hpp"
#include "document/suggest.hpp"
#include "policy/load/loading.hpp"
#include "policy/load/presets.hpp"
#include "policy/load/url.hpp"

namespace sallyport::policy {
namespace {

using crypto::algorithm;

std::optional<preset> load_preset(const node& at) {
  constexpr std::string_view names[] = {
      "cloudflare-access", "github-actions", "okta", "google", "entra", "cognito", "aws"};
  const auto given = at.text();
  if (!given) return std::nullopt;
  const auto* found = std::find(std::begin(names), std::end(names), *given);
  if (found != std::end(names)) return static_cast<preset>(found - std::begin(names) + 1);
  at.refuse(reason::policy_member_type, "there is no preset \"" + *given + "\"",
            document::suggestion(*given, names) + "; any other provider needs \"issuer\" in its place");
  return std::nullopt;
}

/// Symmetric algorithms would make every holder of the verification key an issuer; none would make everybody one.
std::optional<crypto::algorithm_set> load_algorithms(const node& at) {
  crypto::algorithm_set all;
  for (const auto& element : at.elements()) {
    const auto name = element.some_text();
    if (!name) continue;
    const auto known = crypto::from_jose_name(*name);
    if (known && crypto::describe(*known).family != crypto::family::hmac) {
      all.insert(*known);
      continue;
    }
    element.refuse(reason::policy_member_type, *name + " is not accepted from an issuer",
                   "use RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA");
  }
  if (!all.empty()) return all;
  if (at.value().is_array() && at.value().empty())
    at.refuse(reason::policy_member_type, "no algorithm at all", "name one, or drop the member");
  return std::nullopt;
}

std::optional<std::vector<credential_source>> load_sources(const node& at) {
  std::vector<credential_source> all;
  const auto add = [&](const node& element) {
    const auto text = element.some_text();
    const auto source = text ? load_source(element, *text) : std::nullopt;
    if (source) all.push_back(*source);
  };
  if (at.value().is_string()) add(at);
  if (!at.value().is_string()) {
    for (const auto& element : at.elements()) add(element);
  }
  if (!all.empty()) return all;
  if (at.value().is_array() && at.value().empty())
    at.refuse(reason::policy_member_type, "no place at all", "name one, or drop the member");
  return std::nullopt;
}

std::optional<identity_kind> load_kind(const node& at) {
  const auto index = at.one_of({"user", "service", "workload"});
  return index ? std::optional(static_cast<identity_kind>(*index)) : std::nullopt;
}

std::optional<claim_paths> load_claims(const node& at, claim_paths paths) {
  if (!at.is_object_of({"subject", "email", "email_verified", "groups"})) return std::nullopt;
  const auto path = [](const node& m) -> std::optional<std::vector<std::string>> {
    auto text = m.some_text();
    return text ? std::optional(std::vector{std::move(*text)}) : std::nullopt;
  };
  read_member(at, "subject", paths.subject, path);
  read_member(at, "email", paths.email, path);
  read_member(at, "email_verified", paths.email_verified, path);
  read_member(at, "groups", paths.groups, path);
  return paths;
}

/// Beside those of the preset.
std::vector<required_claim> load_required(const node& at, std::vector<required_claim> all) {
  for (const auto& [path, below] : at.members()) {
    if (below.value().is_structured() || below.value().is_null()) {
      below.refuse(reason::policy_member_type, "a required value is a string, a number, true or false",
                   "write one value; alternatives are a condition: identity.claims.hd in ['a.example', 'b.example']");
      continue;
    }
    all.push_back({path, below.value()});
  }
  return all;
}

void load_audiences(const node& at, issuer& to) {
  const auto audiences = at.required("audiences", "list the audiences your tokens carry; any other token is refused");
  if (!audiences) return;
  to.audiences = audiences->texts();
  if (audiences->value().is_array() && audiences->value().empty()) {
    audiences->refuse(reason::policy_member_type, "no audience at all",
                      "a token for anybody else's application would be accepted: name yours");
  }
}

bool starts_with(std::string_view text, std::string_view lower) {
  return ascii::equal(text.substr(0, lower.size()), lower);
}

/// A typ is the same with and without "application/" (RFC 7515 section 4.1.9).
bool begins_as_ours(std::string_view typ) {
  constexpr std::string_view media = "application/";
  return starts_with(starts_with(typ, media) ? typ.substr(media.size()) : typ, "sallyport-");
}

/// One value or a list; "" stands for a token without typ.
std::optional<std::vector<std::string>> load_types(const node& at) {
  std::vector<std::string> all;
  const auto add = [&](const node& element) {
    auto text = element.text();
    if (text && begins_as_ours(*text)) {
      element.refuse(reason::policy_member_type, "what the edge signs itself is no token of an issuer",
                     "name a typ that does not begin with sallyport-");
    } else if (text) {
      all.push_back(std::move(*text));
    }
  };
  if (at.value().is_string()) {
    add(at);
  } else {
    for (const auto& element : at.elements()) add(element);
  }
  if (!all.empty()) return all;
  if (at.value().is_array() && at.value().empty()) at.refuse(reason::policy_member_type, "no type at all");
  return std::nullopt;
}

std::optional<bool> load_bound(const node& at) {
  const auto index = at.one_of({"refuse", "allow"});
  return index ? std::optional(*index == 1) : std::nullopt;
}

/// Keys that are looked for by discovery need a URL to begin with.
std::optional<std::string> load_iss(const node& at, bool keys_are_known) {
  if (keys_are_known) return at.some_text();
  return read_url(at, url_path::any, "; or say in jwks_uri where the keys are: then it may be any text");
}

/// The issuer and its keys; what the document says wins over the preset.
void load_addresses(const node& at, crypto::port& host, issuer& to) {
  // After an unknown preset the absence of an issuer is no further problem.
  if (to.preset == preset::none && !at.member("preset"))
    at.required("issuer", "the iss of its tokens, or a \"preset\"");
  if (at.member("issuer")) {
    to.jwks_uri.clear();
    to.other_urls.clear();
    const bool keys_are_known = at.member("jwks_uri") || at.member("jwks");
    read_member(at, "issuer", to.url, [&](const node& m) { return load_iss(m, keys_are_known); });
  }
  read_member(at, "jwks_uri", to.jwks_uri, [](const node& m) { return read_url(m, url_path::any); });
  read_member(at, "jwks", to.keys, [&](const node& m) { return load_jwks(m, host); });
  const auto keys = at.member("jwks");
  if (keys && at.member("jwks_uri")) {
    keys->refuse_name(reason::policy_member_unknown, "keys are listed in jwks or fetched from jwks_uri, not both",
                      "drop one");
  }
  if (keys) to.jwks_uri.clear();
}

constexpr seconds longest_skew = 60;
constexpr seconds longest_lifetime = seconds{366} * 86400;

}  // namespace

std::optional<issuer> load_issuer(const std::string& name, const node& at, crypto::port& host) {
  if (!at.is_object_of({"preset",
                        "issuer",
                        "audiences",
                        "algorithms",
                        "jwks",
                        "jwks_uri",
                        "from",
                        "kind",
                        "claims",
                        "clock_skew",
                        "max_lifetime",
                        "required",
                        "typ",
                        "bound",
                        "team",
                        "domain",
                        "authorization_server",
                        "enterprise",
                        "tenant",
                        "user_pool",
                        "account"})) {
    return std::nullopt;
  }
  issuer loaded;
  loaded.name = name;
  loaded.algorithms = {algorithm::rs256, algorithm::es256, algorithm::eddsa, algorithm::ps256};
  loaded.from = {credential_source{}};
  // RFC 8725 section 3.11. Providers write no typ at all, JWT (RFC 7519 section 5.1), at+jwt (RFC 9068) or, of
  // workloads, JOSE (SPIFFE); all else says of itself that it is for something else.
  loaded.types = {"", "JWT", "at+jwt", "JOSE"};
  loaded.claims = {{"sub"}, {"email"}, {"email_verified"}, {"groups"}};
  auto which = preset::none;
  read_member(at, "preset", which, load_preset);
  expand_preset(which, at, loaded);
  // After an unknown preset its members would only repeat the problem.
  if (!at.member("preset") || which != preset::none) check_preset_members(which, at);
  load_addresses(at, host, loaded);
  load_audiences(at, loaded);
  read_member(at, "algorithms", loaded.algorithms, load_algorithms);
  read_member(at, "from", loaded.from, load_sources);
  read_member(at, "kind", loaded.kind, load_kind);
  read_member(at, "typ", loaded.types, load_types);
  read_member(at, "bound", loaded.takes_bound, load_bound);
  read_member(at, "claims", loaded.claims, [&](const node& m) { return load_claims(m, loaded.claims); });
  read_member(at, "clock_skew", loaded.clock_skew, [](const node& m) { return m.duration(0, longest_skew); });
  read_member(at, "max_lifetime", loaded.max_lifetime, [](const node& m) { return m.duration(1, longest_lifetime); });
  read_member(at, "required", loaded.required,
              [&](const node& m) { return std::optional(load_required(m, loaded.required)); });
  return loaded;
}

}  // namespace sallyport::policy
