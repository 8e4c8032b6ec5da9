// What a token stands for: a person, a machine, or nothing that may call.
//
// Rules
// * The kind is what the document or the preset says, unless the token bears a mark by which a provider tells a machine
//   (below): then it is a service. A mark is believed in one direction only, so that no machine passes for a person.
// * Marks of any provider, looked for where the issuer's tokens are users: the subject is the client itself (`sub`
//   equals `client_id`, `azp` or `cid`; RFC 9068 section 2.2), Auth0's `gty` client-credentials and its subjects
//   `ID@clients`, Keycloak's users `service-account-CLIENT`, Entra's `idtyp` other than user.
// * Marks of presets: Access: `common_name` or an empty `sub`. Okta: an access token (`cid`) without `uid`. Google: an
//   address below gserviceaccount.com, `azp` equal to `sub`, a member `google.compute_engine`. Entra: `oid` equal to
//   `sub`, or an access token (`azp`, `appid`) without `scp`. Cognito: an access token without `username`.
// * A token that says it is something else is no identity: Access with a `type` other than app (org: a login
//   session), and a security event
//   (RFC 8417 section 2.2, such as the logout token of OpenID Connect Back-Channel Logout 1.0): a member `events` that
//   names an event.
#pragma once

#include "policy/issuer.hpp"

namespace sallyport::policy {

/// Reasons: jwt_kind_refused, jwt_claims_invalid (Entra left the groups out).
result<identity_kind> kind_of_token(const issuer& from, const encoding::json& claims);

}  // namespace sallyport::policy
