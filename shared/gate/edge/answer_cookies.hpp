// What an app must not set in its caller's browser: the cookies in which the gate itself looks for a token. Set for a
// whole domain, one would make the callers of all other apps somebody else, or lock them out.
#pragma once

#include <string>
#include <string_view>

#include "policy/document.hpp"

namespace sallyport::gate {

/// Whether the issuers of the policy look for tokens in cookies at all.
bool has_credential_cookies(const policy::compiled_policy& policy);

/// Whether this value of a Set-Cookie field sets such a cookie (http/cookie.hpp). Then it goes no further.
bool sets_credential_cookie(const policy::compiled_policy& policy, std::string_view set_cookie);

}  // namespace sallyport::gate
