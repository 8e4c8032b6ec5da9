// What is known about the issuers that people use: where their keys are, where their tokens stand, what the claims
// mean.
//
// preset: members: issuer
// * cloudflare-access: team: https://TEAM.cloudflareaccess.com; its tokens stand in Cf-Access-Jwt-Assertion, then in
//   the cookie CF_Authorization, those of all others in Authorization
// * github-actions: enterprise (optional): https://token.actions.githubusercontent.com, with /ENTERPRISE behind it
// * okta: domain, authorization_server ("default"; "org" for the org server): https://DOMAIN/oauth2/SERVER
// * google: https://accounts.google.com, and accounts.google.com
// * entra: tenant: https://login.microsoftonline.com/TENANT/v2.0, and https://sts.windows.net/TENANT/ (tokens of v1.0)
// * cognito: user_pool: https://cognito-idp.REGION.amazonaws.com/POOL
// * aws: account (optional): roles with a token of sts:GetWebIdentityToken; the issuer must be named, since each account has
//   its own. Source: IAM User Guide, "Understanding token claims" (id_roles_providers_outbound_token_claims), and STS API
//   Reference, GetWebIdentityToken: ES384 or RS256, one minute to an hour
//
// What tells a machine from a person is in token_kind.hpp.
#pragma once

#include "policy/issuer.hpp"
#include "policy/load/node.hpp"

namespace sallyport::policy {

/// Sets what `which` knows, reading its own members from `at`; what is wrong with those is reported. With an `issuer`
/// member in `at`, only that decides the URL and the preset's members are not needed.
void expand_preset(preset which, const node& at, issuer& to);

/// Reports members of `at` that belong to another preset than `which`.
void check_preset_members(preset which, const node& at);

}  // namespace sallyport::policy
