// The identity inside an assertion: written at the edge, read at the origin, so that conditions see the same at both
// ends.
//
// | assertion claim | identity | when |
// | --- | --- | --- |
// | `sub`, `idp`, `kind` | subject, issuer (name), kind | always |
// | `email` | email | used and present |
// | `email_verified` | email_verified | used and present |
// | `groups` | groups | used and not empty |
// | `claims` | claims, only the used paths | used and one of them present |
// | `idp_exp` | expires, NumericDate | used and present |
#pragma once

#include "core/result.hpp"
#include "policy/identity.hpp"
#include "policy/used_facts.hpp"

namespace sallyport::policy {

/// Adds the members above to the object `assertion`. On a path through `claims`, objects are kept as far as the path
/// goes and values that are not objects before its end are left out: conditions fail the same way at both ends.
void write_identity(const identity& who, const used_facts& used, encoding::json& assertion);

/// The identity that write_identity wrote. Reasons: assertion_invalid (a member is missing or has the wrong type).
result<identity> read_identity(const encoding::json& assertion);

}  // namespace sallyport::policy
