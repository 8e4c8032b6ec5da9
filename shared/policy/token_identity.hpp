// From the claims of a verified token to an identity, by the rules of its issuer.
//
// Rules
// * The subject must be there and not be empty; an Access service token has its common_name for a subject.
// * An e-mail address holds exactly one @, with something on both sides; another one is refused, not ignored. Its
//   domain becomes lower-case, so that a test of the domain cannot be evaded by spelling.
// * Groups are a list of strings or one string; a string named `scope` or `scp` holds several, with spaces between them
//   (RFC 8693 section 4.2). Anything else is refused.
// * A token that is bound to a key (`cnf`) is refused unless the issuer says `bound: allow`.
#pragma once

#include "core/result.hpp"
#include "policy/identity.hpp"
#include "policy/issuer.hpp"

namespace sallyport::policy {

/// Precondition: `claims` come from a token whose signature, iss, aud and times were checked for `from`. The token's
/// aud may be absent only with `audience_may_be_client_id`; then client_id is checked here. Reasons:
/// jwt_claims_invalid, jwt_subject_missing, jwt_required_claim, jwt_kind_refused, jwt_audience_mismatch,
/// jwt_bound, identity_email_invalid.
result<identity> identity_from_claims(const issuer& from, const encoding::json& claims);

}  // namespace sallyport::policy
