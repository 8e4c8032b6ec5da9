#include <array>
#include <vector>

#include "document/suggest.hpp"
#include "jose/jwt.hpp"
#include "policy/cases/reading.hpp"
#include "policy/token_identity.hpp"

namespace sallyport::policy {
namespace {

using document::node;
using document::read_member;
using encoding::json;

constexpr std::string_view anonymous = "anonymous";
constexpr std::array kinds = {identity_kind::user, identity_kind::service, identity_kind::workload};

const issuer* read_issuer(const node& at, const compiled_policy& policy) {
  const auto name = at.some_text();
  if (!name) return nullptr;
  if (const auto* found = find_issuer(policy, *name)) return found;
  std::vector<std::string_view> names;
  for (const auto& each : policy.issuers) names.emplace_back(each.name);
  at.refuse(reason::policy_reference_unknown, "the policy has no issuer " + *name, document::suggestion(*name, names));
  return nullptr;
}

/// The payload of a compact token, whose signature nobody checks here; or an object of claims.
std::optional<json> read_claims(const node& at) {
  if (at.value().is_object()) return at.value();
  const auto token = at.some_text();
  if (!token) return std::nullopt;
  auto parsed = jose::parse_jwt(*token);
  if (parsed.ok()) return std::move(parsed->claims);
  at.refuse(reason::policy_member_type, "no token that can be read: " + std::string(name_of(parsed.error().why)),
            "a compact JWT, or an object of its claims");
  return std::nullopt;
}

/// By the issuer that is named, else by iss.
const issuer* issuer_of(const node& at, const json& claims, const compiled_policy& policy) {
  if (const auto named = at.member("issuer")) return read_issuer(*named, policy);
  const auto iss = encoding::string_member(claims, "iss");
  const auto* found = iss ? find_issuer_by_url(policy, *iss) : nullptr;
  if (found == nullptr)
    at.refuse(reason::policy_reference_unknown, "no issuer of the policy has the iss of this token",
              "name one: \"issuer\": \"" + (policy.issuers.empty() ? "name" : policy.issuers[0].name) + "\"");
  return found;
}

std::optional<result<identity>> read_token(const node& at, const node& token, const compiled_policy& policy) {
  auto claims = read_claims(token);
  if (!claims) return std::nullopt;
  const auto* from = issuer_of(at, *claims, policy);
  if (from == nullptr) return std::nullopt;
  // What the edge checks before it maps claims is not what a case is about.
  if (!claims->contains("aud") && !from->audience_may_be_client_id) (*claims)["aud"] = from->audiences.front();
  return identity_from_claims(*from, *claims);
}

std::optional<json> read_object(const node& at) {
  if (at.value().is_object()) return at.value();
  at.refuse(reason::policy_member_type, "the claims must be an object", "{\"name\": value}");
  return std::nullopt;
}

std::optional<std::string> read_email(const node& at) {
  auto text = at.some_text();
  if (!text) return std::nullopt;
  auto email = normal_email(*std::move(text));
  if (email.ok()) return std::move(*email);
  at.refuse(reason::policy_member_type, "no e-mail address", "one @, with something on both sides");
  return std::nullopt;
}

std::optional<result<identity>> read_members(const node& at, const compiled_policy& policy) {
  identity who;
  const auto named = at.required("issuer", "the issuer's name in the policy");
  const auto* from = named ? read_issuer(*named, policy) : nullptr;
  if (from == nullptr) return std::nullopt;
  who.issuer = from->name;
  who.kind = from->kind;
  document::read_required(at, "subject", "what its tokens have as sub", who.subject,
                          [](const node& m) { return m.some_text(); });
  if (const auto kind = at.member("kind"))
    if (const auto which = kind->one_of({"user", "service", "workload"})) who.kind = kinds[*which];
  read_member(at, "email", who.email, read_email);
  read_member(at, "email_verified", who.email_verified, [](const node& m) { return m.truth(); });
  read_member(at, "groups", who.groups, [](const node& m) { return std::optional(m.texts()); });
  read_member(at, "claims", who.claims, read_object);
  return who;
}

}  // namespace

std::optional<result<identity>> read_identity(const node& at, const compiled_policy& policy) {
  const auto token = at.value().is_object() ? at.member("token") : std::nullopt;
  if (token) return at.is_object_of({"issuer", "token"}) ? read_token(at, *token, policy) : std::nullopt;
  if (!at.is_object_of({"issuer", "subject", "kind", "email", "email_verified", "groups", "claims", "token"}))
    return std::nullopt;
  return read_members(at, policy);
}

std::optional<result<identity>> read_caller(const node& at, const named_identities& known,
                                            const compiled_policy& policy) {
  if (!at.value().is_string()) return read_identity(at, policy);
  const auto name = at.some_text();
  if (!name) return std::nullopt;
  if (*name == anonymous) return identity();
  if (const auto found = known.find(*name); found != known.end()) return found->second;
  std::vector<std::string_view> names{anonymous};
  for (const auto& [each, who] : known) names.emplace_back(each);
  at.refuse(reason::policy_reference_unknown, "no identity is named " + *name, document::suggestion(*name, names));
  return std::nullopt;
}

}  // namespace sallyport::policy
