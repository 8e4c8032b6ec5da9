#include "policy/token_kind.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "encoding/json_members.hpp"
#include "encoding/shown.hpp"

namespace sallyport::policy {
namespace {

using encoding::json;
using encoding::text_member;
using std::string_view;

bool same_text(const json& claims, string_view one, string_view other) {
  return !text_member(claims, one).empty() && text_member(claims, one) == text_member(claims, other);
}

bool holds(const json& claims, string_view name) {
  const auto* member = encoding::find_member(claims, name);
  return member != nullptr && !member->is_null();
}

bool ends_with_any_case(string_view whole, string_view end) {
  return whole.size() > end.size() && ascii::equal(whole.substr(whole.size() - end.size()), end);
}

/// Security event tokens name their events by URI (RFC 8417 section 2.2). A list of events, or an object of other
/// names, is an application's own.
bool is_security_event(const json& claims) {
  const auto* events = encoding::find_member(claims, "events");
  if (events == nullptr || !events->is_object()) return false;
  for (const auto& event : events->items()) {
    if (event.key().find(':') != std::string::npos) return true;
  }
  return false;
}

/// Auth0: a text, or the list of grants of a chain.
bool has_client_credentials_grant(const json& claims) {
  const auto is_it = [](const json& grant) { return grant == "client-credentials" || grant == "client_credentials"; };
  const auto* grants = encoding::find_member(claims, "gty");
  if (grants == nullptr) return false;
  return grants->is_array() ? std::any_of(grants->begin(), grants->end(), is_it) : is_it(*grants);
}

/// Auth0 writes CLIENT@clients, and subjects of people as CONNECTION|ID.
bool is_auth0_client(const json& claims) {
  const auto subject = text_member(claims, "sub");
  return ends_with_any_case(subject, "@clients") && subject.find('|') == string_view::npos;
}

/// Keycloak calls the user behind a client service-account-CLIENT. A name of another client is a person's odd choice.
bool is_keycloak_service_account(const json& claims) {
  constexpr string_view prefix = "service-account-";
  const auto name = text_member(claims, "preferred_username");
  if (name.size() <= prefix.size() || !ascii::equal(name.substr(0, prefix.size()), prefix)) return false;
  bool named = false;
  for (const string_view member : {"azp", "client_id", "clientId"}) {
    const auto client = text_member(claims, member);
    if (!client.empty() && ascii::equal(client, name.substr(prefix.size()))) return true;
    named = named || !client.empty();
  }
  return !named;
}

bool is_any_machine(const json& claims) {
  const auto entra_type = text_member(claims, "idtyp");
  return same_text(claims, "sub", "client_id") || same_text(claims, "sub", "azp") || same_text(claims, "sub", "cid") ||
         (!entra_type.empty() && entra_type != "user") || has_client_credentials_grant(claims) ||
         is_auth0_client(claims) || is_keycloak_service_account(claims);
}

/// Access signs three kinds of token: for an application (type app), for the team's login session (type org), which is
/// no permission for any application, and for service tokens, which have a common_name and an empty sub.
bool is_access_machine(const json& claims) {
  return !text_member(claims, "common_name").empty() || encoding::string_member(claims, "sub") == "";
}

/// Access tokens name their client (cid), and the user (uid) unless there is none.
bool is_okta_machine(const json& claims) {
  return holds(claims, "cid") && (!holds(claims, "uid") || same_text(claims, "sub", "cid"));
}

/// Google's service accounts have addresses below this domain, which nobody else can have. A token without the address
/// has the account's number for its client, too.
bool is_google_machine(const json& claims) {
  const auto* extra = encoding::find_member(claims, "google");
  return ends_with_any_case(text_member(claims, "email"), ".gserviceaccount.com") || same_text(claims, "azp", "sub") ||
         (extra != nullptr && encoding::find_member(*extra, "compute_engine") != nullptr);
}

/// idtyp is optional. A person's access token (which names its client) has scopes, and her sub differs from her oid.
bool is_entra_machine(const json& claims) {
  const auto type = text_member(claims, "idtyp");
  if (!type.empty()) return type != "user";
  const bool access_token =
      holds(claims, "azp") || holds(claims, "appid") || holds(claims, "azpacr") || holds(claims, "appidacr");
  return same_text(claims, "oid", "sub") || (access_token && (!holds(claims, "scp") || claims["scp"] == ""));
}

bool is_cognito_machine(const json& claims) {
  if (text_member(claims, "token_use") != "access") return false;
  return text_member(claims, "username").empty() || same_text(claims, "sub", "client_id");
}

/// Entra leaves the groups out of a token that would have too many of them: it would look like one without any. It
/// says so in _claim_names, and in a token of the implicit flow with hasgroups.
bool leaves_groups_out(const json& claims) {
  const auto* elsewhere = encoding::find_member(claims, "_claim_names");
  const auto* unnamed = encoding::find_member(claims, "hasgroups");
  return (elsewhere != nullptr && encoding::find_member(*elsewhere, "groups") != nullptr) ||
         (unnamed != nullptr && *unnamed == true);
}

result<void> check_entra_groups(const issuer& from, const json& claims) {
  const auto& paths = from.claims.groups;
  const bool reads_groups = std::find(paths.begin(), paths.end(), "groups") != paths.end();
  if (!reads_groups || !leaves_groups_out(claims)) return {};
  return failure(reason::jwt_claims_invalid,
                 "the token has too many groups to name them; let Entra send only groups assigned to the application, "
                 "or map groups to roles");
}

result<void> check_identity(const issuer& from, const json& claims) {
  if (is_security_event(claims)) return failure(reason::jwt_kind_refused, "a security event, such as a logout token");
  if (from.preset == preset::entra) return check_entra_groups(from, claims);
  const auto type = from.preset == preset::cloudflare_access ? text_member(claims, "type") : string_view();
  if (type.empty() || type == "app") return {};
  return failure(reason::jwt_kind_refused, "type is " + encoding::shown(type, 32) + ", not app");
}

bool is_machine_of_preset(preset which, const json& claims) {
  switch (which) {
    case preset::none:
    case preset::github_actions:
    case preset::aws: return false;
    case preset::cloudflare_access: return is_access_machine(claims);
    case preset::okta: return is_okta_machine(claims);
    case preset::google: return is_google_machine(claims);
    case preset::entra: return is_entra_machine(claims);
    case preset::cognito: return is_cognito_machine(claims);
  }
  __builtin_trap();
}

}  // namespace

result<identity_kind> kind_of_token(const issuer& from, const json& claims) {
  SALLYPORT_TRY(check_identity(from, claims));
  const bool machine =
      is_machine_of_preset(from.preset, claims) || (from.kind == identity_kind::user && is_any_machine(claims));
  return machine ? identity_kind::service : from.kind;
}

}  // namespace sallyport::policy
