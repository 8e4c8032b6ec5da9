#include "policy/travel.hpp"

#include <span>

#include "encoding/json_members.hpp"

namespace sallyport::policy {
namespace {

using encoding::json;

/// Copies the member at `path`. What is not an object before the path's end stays behind, as nothing reads it.
void copy_path(const json& from, std::span<const std::string> path, json& to) {
  const auto* member = encoding::find_member(from, path.front());
  if (member == nullptr) return;
  if (path.size() == 1) {
    to[path.front()] = *member;
    return;
  }
  if (!member->is_object()) return;
  auto& below = to[path.front()];
  if (!below.is_object()) below = json::object();
  copy_path(*member, path.subspan(1), below);
}

json used_claims(const json& claims, const used_facts& used) {
  if (used.all_claims) return claims;
  auto some = json::object();
  for (const auto& path : used.claims) copy_path(claims, path, some);
  return some;
}

}  // namespace

void write_identity(const identity& who, const used_facts& used, json& assertion) {
  assertion["sub"] = who.subject;
  assertion["idp"] = who.issuer;
  assertion["kind"] = name_of(who.kind);
  if (used.email && who.email) assertion["email"] = *who.email;
  if (used.email_verified && who.email_verified) assertion["email_verified"] = *who.email_verified;
  if (used.groups && !who.groups.empty()) assertion["groups"] = who.groups;
  if (used.expires && who.expires) assertion["idp_exp"] = *who.expires;
  auto claims = used_claims(who.claims, used);
  if (!claims.empty()) assertion["claims"] = std::move(claims);
}

namespace {

failure wrong(std::string_view name) {
  return {reason::assertion_invalid, std::string(name) + " is missing or of the wrong type"};
}

result<void> read_who(const json& assertion, identity& to) {
  const auto subject = encoding::string_member(assertion, "sub");
  const auto issuer = encoding::string_member(assertion, "idp");
  const auto kind = kind_from_name(encoding::text_member(assertion, "kind"));
  if (!subject) return wrong("sub");
  if (!issuer) return wrong("idp");
  if (!kind) return wrong("kind");
  to.subject = *subject;
  to.issuer = *issuer;
  to.kind = *kind;
  return {};
}

result<void> read_email(const json& assertion, identity& to) {
  if (const auto* email = encoding::find_member(assertion, "email")) {
    if (!email->is_string()) return wrong("email");
    to.email = email->get<std::string>();
  }
  const auto* verified = encoding::find_member(assertion, "email_verified");
  if (verified == nullptr) return {};
  if (!verified->is_boolean()) return wrong("email_verified");
  to.email_verified = verified->get<bool>();
  return {};
}

result<void> read_groups(const json& assertion, identity& to) {
  const auto* groups = encoding::find_member(assertion, "groups");
  if (groups == nullptr) return {};
  if (!groups->is_array()) return wrong("groups");
  to.groups.reserve(groups->size());
  for (const auto& group : *groups) {
    if (!group.is_string()) return wrong("groups");
    to.groups.push_back(group.get<std::string>());
  }
  return {};
}

result<void> read_rest(const json& assertion, identity& to) {
  if (const auto* claims = encoding::find_member(assertion, "claims")) {
    if (!claims->is_object()) return wrong("claims");
    to.claims = *claims;
  }
  if (!assertion.contains("idp_exp")) return {};
  to.expires = encoding::integer_member(assertion, "idp_exp");
  if (!to.expires) return wrong("idp_exp");
  return {};
}

}  // namespace

result<identity> read_identity(const json& assertion) {
  identity who;
  SALLYPORT_TRY(read_who(assertion, who));
  SALLYPORT_TRY(read_email(assertion, who));
  SALLYPORT_TRY(read_groups(assertion, who));
  SALLYPORT_TRY(read_rest(assertion, who));
  return who;
}

}  // namespace sallyport::policy
