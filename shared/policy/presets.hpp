// What is known about the issuers that people use: where their keys are, where their tokens stand, what the claims
// mean.
//
// | preset | members | issuer | tokens stand in |
// | --- | --- | --- | --- |
// | cloudflare-access | team | https://TEAM.cloudflareaccess.com | Cf-Access-Jwt-Assertion, then cookie
// CF_Authorization | | github-actions | | https://token.actions.githubusercontent.com | Authorization | | okta |
// domain, authorization_server ("default"; "org" for the org server) | https://DOMAIN/oauth2/SERVER | Authorization |
// | google | | https://accounts.google.com | Authorization |
// | entra | tenant | https://login.microsoftonline.com/TENANT/v2.0 | Authorization |
// | cognito | user_pool | https://cognito-idp.REGION.amazonaws.com/POOL | Authorization |
#pragma once

#include "policy/issuer.hpp"
#include "policy/node.hpp"

namespace sallyport::policy {

/// Sets what `which` knows, reading its own members from `at`; what is wrong with those is reported. With an `issuer`
/// member in `at`, only that decides the URL and the preset's members are not needed.
void expand_preset(preset which, const node& at, issuer& to);

/// Reports members of `at` that belong to another preset than `which`.
void check_preset_members(preset which, const node& at);

/// What a machine is to the issuer, and the tokens that are no identity at all.
/// Reasons: jwt_kind_refused, jwt_claims_invalid.
result<identity_kind> kind_of_token(const issuer& from, const encoding::json& claims);

}  // namespace sallyport::policy
