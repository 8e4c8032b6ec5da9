#include "policy/load/presets.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"

namespace sallyport::policy {
namespace {

using crypto::algorithm;
using place = credential_source::place;

// In the order of the enumerators.
constexpr std::array<std::string_view, 8> preset_names = {
    "", "cloudflare-access", "github-actions", "okta", "google", "entra", "cognito", "aws"};

struct preset_member {
  std::string_view name;
  preset of;
};
constexpr preset_member preset_members[] = {{"team", preset::cloudflare_access},
                                            {"domain", preset::okta},
                                            {"authorization_server", preset::okta},
                                            {"enterprise", preset::github_actions},
                                            {"tenant", preset::entra},
                                            {"user_pool", preset::cognito},
                                            {"account", preset::aws}};

bool is_plain(std::string_view text, std::string_view punctuation) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return ascii::is_alphanumeric(c) || punctuation.find(c) != std::string_view::npos;
  });
}

/// The part of an address or ARN that `fits` takes; empty when none does.
template <class Fits>
std::string part_of(std::string_view text, Fits fits) {
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("/:?# "), text.size());
    auto part = ascii::to_lower(text.substr(0, end));
    if (fits(part)) return std::string(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return "";
}

std::string write_or(const std::string& found, std::string_view otherwise) {
  return found.empty() ? std::string(otherwise) : "write " + found;
}

/// A name that goes into a URL's host or path, so it can hold nothing that ends one. `advise` makes the advice out of
/// what was written instead: mostly a whole address.
template <class Advise>
std::optional<std::string> url_word(const node& at, std::string_view punctuation, Advise advise) {
  auto text = at.some_text();
  if (!text || is_plain(*text, punctuation)) return text;
  at.refuse(reason::policy_member_type, "\"" + *text + "\" is not the bare name", advise(*text));
  return std::nullopt;
}

/// As url_word; iss is compared byte for byte, and what issuers write there is lower-case.
template <class Advise>
std::optional<std::string> lower_word(const node& at, std::string_view punctuation, Advise advise) {
  auto text = url_word(at, punctuation, advise);
  if (!text || std::none_of(text->begin(), text->end(), ascii::is_upper)) return text;
  at.refuse(reason::policy_member_type, "no token's iss is spelled like that",
            "write it in lower case: " + ascii::to_lower(*text));
  return std::nullopt;
}

std::string team_advice(std::string_view given) {
  constexpr std::string_view domain = ".cloudflareaccess.com";
  const auto host = ascii::to_lower(part_of(given, [&](std::string_view part) { return part.ends_with(domain); }));
  const auto team = host.substr(0, host.size() - std::min(host.size(), domain.size()));
  return write_or(is_plain(team, "-") ? team : "", "write the name before .cloudflareaccess.com");
}

std::string domain_advice(std::string_view given) {
  const auto fits = [](std::string_view part) {
    return part.find('.') != std::string_view::npos && is_plain(part, "-.");
  };
  return write_or(ascii::to_lower(part_of(given, fits)), "write the domain alone, e.g. acme.okta.com");
}

std::string server_advice(std::string_view given) {
  const auto at = given.find("/oauth2/");
  const auto rest = at == std::string_view::npos ? std::string_view() : given.substr(at + 8);
  const std::string id(rest.substr(0, rest.find('/')));
  return write_or(is_plain(id, "-_") ? id : "", "write the id of the authorization server, e.g. default");
}

std::string tenant_advice(std::string_view given) {
  constexpr std::size_t guid_size = 36;
  const auto is_guid = [](std::string_view part) { return part.size() == guid_size && is_plain(part, "-"); };
  return write_or(ascii::to_lower(part_of(given, is_guid)), "write the directory (tenant) id, a GUID");
}

std::optional<std::string> team_word(const node& at) {
  return lower_word(at, "-", team_advice);
}

std::optional<std::string> domain_word(const node& at) {
  return lower_word(at, "-.", domain_advice);
}

std::optional<std::string> server_word(const node& at) {
  return url_word(at, "-_", server_advice);
}

/// The names for several tenants at once stand in addresses only: a token's iss has its tenant's id.
std::optional<std::string> tenant_word(const node& at) {
  auto text = lower_word(at, "-", tenant_advice);
  if (text != "common" && text != "organizations" && text != "consumers") return text;
  at.refuse(reason::policy_member_type, "no token's iss names the tenant " + *text, "write the directory (tenant) id");
  return std::nullopt;
}

bool is_pool(std::string_view text) {
  const auto end = text.find('_');
  const auto region = text.substr(0, end);
  const bool whole = end != std::string_view::npos && end > 0 && end + 1 < text.size();
  return whole && is_plain(text, "-_") && std::none_of(region.begin(), region.end(), ascii::is_upper);
}

std::string pool_advice(std::string_view given) {
  return write_or(part_of(given, is_pool), "write REGION_ID, as in us-east-1_Ab12Cd34E");
}

/// REGION_ID; the region becomes a part of the host.
std::optional<std::string> pool_word(const node& at) {
  auto text = url_word(at, "-_", pool_advice);
  if (!text || is_pool(*text)) return text;
  at.refuse(reason::policy_member_type, "not the id of a user pool", "write REGION_ID, as in us-east-1_Ab12Cd34E");
  return std::nullopt;
}

/// The value of a preset's own member, or an empty string after a problem was reported. An explicit issuer makes it
/// optional.
std::string own_member(const node& at, std::string_view name, std::string advice,
                       std::optional<std::string> (*read)(const node&)) {
  const auto found = at.member("issuer") ? at.member(name) : at.required(name, std::move(advice));
  return found ? read(*found).value_or("") : "";
}

void expand_cloudflare_access(const node& at, issuer& to) {
  const auto team = own_member(at, "team", "the name before .cloudflareaccess.com", team_word);
  to.from = {{place::header, "cf-access-jwt-assertion"}, {place::cookie, "CF_Authorization"}};
  to.claims.groups = {"groups", "custom.groups"};
  to.url = "https://" + team + ".cloudflareaccess.com";
  to.jwks_uri = to.url + "/cdn-cgi/access/certs";
}

std::string enterprise_advice(const std::string&) {
  return "write the slug of the enterprise, as in https://github.com/enterprises/SLUG";
}

/// An enterprise may have its name in the iss of its tokens, which then differs from everybody else's.
void expand_github_actions(const node& at, issuer& to) {
  const std::string host = "https://token.actions.githubusercontent.com";
  std::string enterprise;
  read_member(at, "enterprise", enterprise, [](const node& m) { return url_word(m, "-_", enterprise_advice); });
  to.kind = identity_kind::workload;
  to.url = enterprise.empty() ? host : host + "/" + enterprise;
  to.jwks_uri = host + "/.well-known/jwks";
}

void expand_okta(const node& at, issuer& to) {
  const auto domain = own_member(at, "domain", "e.g. \"acme.okta.com\"", domain_word);
  std::string server = "default";
  read_member(at, "authorization_server", server, server_word);
  to.url = "https://" + domain + (server == "org" ? "" : "/oauth2/" + server);
  to.jwks_uri = to.url + (server == "org" ? "/oauth2/v1/keys" : "/v1/keys");
  to.types.push_back("okta-internal-at+jwt");
}

void expand_google(issuer& to) {
  to.url = "https://accounts.google.com";
  to.other_urls = {"accounts.google.com"};
  to.jwks_uri = "https://www.googleapis.com/oauth2/v3/certs";
}

void expand_entra(const node& at, issuer& to) {
  const auto tenant = own_member(at, "tenant", "the directory (tenant) id, a GUID", tenant_word);
  // xms_edov says whether the owner of the e-mail's domain was verified; without it the address is only a claim.
  to.claims.email_verified = {"xms_edov"};
  to.url = "https://login.microsoftonline.com/" + tenant + "/v2.0";
  // The iss of v1.0 tokens; the keys are the same.
  to.other_urls = {"https://sts.windows.net/" + tenant + "/"};
  to.jwks_uri = "https://login.microsoftonline.com/" + tenant + "/discovery/v2.0/keys";
}

void expand_cognito(const node& at, issuer& to) {
  const auto pool = own_member(at, "user_pool", "the user pool id, e.g. \"us-east-1_Ab12Cd34E\"", pool_word);
  to.claims.groups = {"cognito:groups"};
  to.audience_may_be_client_id = true;
  to.url = "https://cognito-idp." + pool.substr(0, pool.find('_')) + ".amazonaws.com/" + pool;
  to.jwks_uri = to.url + "/.well-known/jwks.json";
}

std::optional<std::string> account_word(const node& at) {
  constexpr std::size_t digits = 12;
  auto text = at.some_text();
  if (!text || (text->size() == digits && ascii::all_are(*text, ascii::is_digit))) return text;
  at.refuse(reason::policy_member_type, "not the id of an account", "write its 12 digits, as in \"123456789012\"");
  return std::nullopt;
}

/// Each account has an issuer of its own. What STS says of the caller beside `sub` is below a claim with the name of a URL.
void expand_aws(const node& at, issuer& to) {
  at.required("issuer",
              "the account's own, https://<uuid>.tokens.sts.global.api.aws: aws iam "
              "get-outbound-web-identity-federation-info shows it");
  std::string account;
  read_member(at, "account", account, account_word);
  to.kind = identity_kind::workload;
  to.algorithms = {algorithm::es384, algorithm::rs256};
  to.max_lifetime = 3600;
  if (!account.empty()) to.required.push_back({"https://sts.amazonaws.com/.aws_account", account});
}

}  // namespace

std::string_view name_of(preset which) {
  return preset_names[static_cast<std::size_t>(which)];
}

void expand_preset(preset which, const node& at, issuer& to) {
  to.preset = which;
  if (which == preset::none) return;
  to.algorithms = {algorithm::rs256};
  switch (which) {
    case preset::none: return;
    case preset::cloudflare_access: return expand_cloudflare_access(at, to);
    case preset::github_actions: return expand_github_actions(at, to);
    case preset::okta: return expand_okta(at, to);
    case preset::google: return expand_google(to);
    case preset::entra: return expand_entra(at, to);
    case preset::cognito: return expand_cognito(at, to);
    case preset::aws: return expand_aws(at, to);
  }
}

void check_preset_members(preset which, const node& at) {
  for (const auto& member : preset_members) {
    const auto found = at.member(member.name);
    if (!found || member.of == which) continue;
    found->refuse_name(reason::policy_member_unknown,
                       std::string(member.name) + " belongs to preset " + std::string(name_of(member.of)),
                       "add \"preset\": \"" + std::string(name_of(member.of)) + "\", or drop it");
  }
}

}  // namespace sallyport::policy
