#include "policy/token_identity.hpp"

#include <algorithm>
#include <cmath>

#include "encoding/shown.hpp"
#include "policy/token_kind.hpp"

namespace sallyport::policy {
namespace {

using encoding::json;

/// The claim at `path` (see claim_paths), or nullptr; null counts as absent.
const json* find_claim(const json& claims, std::string_view path) {
  const auto* whole = encoding::find_member(claims, path);
  if (whole != nullptr) return whole->is_null() ? nullptr : whole;
  // The longest name comes first, so that a URL in front of further names is one name.
  constexpr auto none = std::string_view::npos;
  for (auto dot = path.rfind('.'); dot != none; dot = dot == 0 ? none : path.rfind('.', dot - 1)) {
    const auto* below = encoding::find_member(claims, path.substr(0, dot));
    const auto* found = below == nullptr ? nullptr : find_claim(*below, path.substr(dot + 1));
    if (found != nullptr) return found;
  }
  return nullptr;
}

/// A claim and the path at which it was found.
struct found_claim {
  const json* value = nullptr;
  std::string_view path;
};

found_claim find_first(const json& claims, const std::vector<std::string>& paths) {
  for (const auto& path : paths) {
    if (const auto* found = find_claim(claims, path)) return {found, path};
  }
  return {};
}

failure wrong_type(std::string_view what) {
  return {reason::jwt_claims_invalid, "the claim for " + std::string(what) + " has the wrong type"};
}

result<void> check_client_id(const issuer& from, const json& claims) {
  if (!from.audience_may_be_client_id || encoding::find_member(claims, "aud") != nullptr) return {};
  const auto client = encoding::string_member(claims, "client_id");
  const auto& accepted = from.audiences;
  if (client && std::find(accepted.begin(), accepted.end(), *client) != accepted.end()) return {};
  const std::string has = client ? "client_id " + encoding::shown(*client) : "no client_id";
  return failure(reason::jwt_audience_mismatch,
                 "the token has no aud and " + has + "; wanted " + encoding::shown_some(accepted));
}

// RFC 9449 section 7.2, RFC 8705 section 3: whoever holds a bound token proves it with a key, which nothing here can
// see.
result<void> check_bound(const issuer& from, const json& claims) {
  const auto* confirmation = encoding::find_member(claims, "cnf");
  if (from.takes_bound || confirmation == nullptr || confirmation->is_null()) return {};
  return failure(reason::jwt_bound, "the token has cnf, and issuer " + from.name + " does not say bound: allow");
}

result<void> check_required(const issuer& from, const json& claims) {
  for (const auto& demand : from.required) {
    const auto* found = find_claim(claims, demand.path);
    if (found == nullptr) return failure(reason::jwt_required_claim, demand.path + " is absent");
    if (!encoding::same_value(*found, demand.value)) {
      return failure(reason::jwt_required_claim, demand.path + " has another value");
    }
  }
  return {};
}

failure no_subject(const issuer& from, bool service_token) {
  const std::string name = service_token ? "common_name" : encoding::shown_some(from.claims.subject);
  return {reason::jwt_subject_missing, name + " is absent or empty"};
}

result<std::string> read_subject(const issuer& from, const json& claims, identity_kind kind) {
  // An Access service token has an empty sub; its name is the client id in common_name.
  const bool service_token = from.preset == preset::cloudflare_access && kind == identity_kind::service;
  const auto* subject =
      service_token ? encoding::find_member(claims, "common_name") : find_first(claims, from.claims.subject).value;
  if (subject == nullptr) return no_subject(from, service_token);
  if (!subject->is_string()) return wrong_type("the subject");
  if (subject->get_ref<const std::string&>().empty()) return no_subject(from, service_token);
  return subject->get<std::string>();
}

result<std::optional<std::string>> read_email(const issuer& from, const json& claims) {
  const auto* found = find_first(claims, from.claims.email).value;
  if (found == nullptr) return std::optional<std::string>();
  if (!found->is_string()) return wrong_type("email");
  // Some providers send "" for "none".
  if (found->get_ref<const std::string&>().empty()) return std::optional<std::string>();
  SALLYPORT_ASSIGN(auto address, normal_email(found->get<std::string>()));
  return std::optional(std::move(address));
}

/// OpenID Connect Core section 5.1 says boolean; providers also send it as text, and Entra's xms_edov as a number.
result<std::optional<bool>> read_email_verified(const issuer& from, const json& claims) {
  const auto* found = find_first(claims, from.claims.email_verified).value;
  if (found == nullptr) return std::optional<bool>();
  for (const auto& yes : {json(true), json("true"), json("1"), json(1)}) {
    if (*found == yes) return std::optional(true);
  }
  for (const auto& no : {json(false), json("false"), json("0"), json(0)}) {
    if (*found == no) return std::optional(false);
  }
  return wrong_type("email_verified");
}

// RFC 6749 section 3.3, RFC 8693 section 4.2: a text of values with spaces between them.
bool is_scope(std::string_view path) {
  const auto name = path.substr(path.rfind('.') + 1);
  return name == "scope" || name == "scp";
}

std::vector<std::string> split_at_spaces(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    if (!word.empty()) words.emplace_back(word);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return words;
}

result<std::vector<std::string>> read_groups(const issuer& from, const json& claims) {
  const auto [found, path] = find_first(claims, from.claims.groups);
  std::vector<std::string> groups;
  if (found == nullptr) return groups;
  if (found->is_string() && is_scope(path)) return split_at_spaces(found->get_ref<const std::string&>());
  if (found->is_string()) return std::vector{found->get<std::string>()};
  if (!found->is_array()) return wrong_type("groups");
  groups.reserve(found->size());
  for (const auto& group : *found) {
    if (!group.is_string()) return wrong_type("groups");
    groups.push_back(group.get<std::string>());
  }
  return groups;
}

/// exp was checked with the token; a fraction of a second is dropped.
std::optional<unix_seconds> read_expiry(const json& claims) {
  constexpr double largest_exact_integer = 9007199254740991.0;
  const auto* exp = encoding::find_member(claims, "exp");
  if (exp == nullptr || !exp->is_number()) return std::nullopt;
  const auto time = std::floor(exp->get<double>());
  if (std::fabs(time) > largest_exact_integer) return std::nullopt;
  return static_cast<unix_seconds>(time);
}

}  // namespace

result<identity> identity_from_claims(const issuer& from, const json& claims) {
  if (!claims.is_object()) return failure(reason::jwt_claims_invalid, "the claims are not an object");
  identity who;
  who.issuer = from.name;
  SALLYPORT_ASSIGN(who.kind, kind_of_token(from, claims));
  SALLYPORT_TRY(check_bound(from, claims));
  SALLYPORT_TRY(check_client_id(from, claims));
  SALLYPORT_TRY(check_required(from, claims));
  SALLYPORT_ASSIGN(who.subject, read_subject(from, claims, who.kind));
  SALLYPORT_ASSIGN(who.email, read_email(from, claims));
  SALLYPORT_ASSIGN(who.email_verified, read_email_verified(from, claims));
  SALLYPORT_ASSIGN(who.groups, read_groups(from, claims));
  who.expires = read_expiry(claims);
  who.claims = claims;
  return who;
}

}  // namespace sallyport::policy
