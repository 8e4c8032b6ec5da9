// Which facts about a person a session carries, as a short name: a cookie that was made for other facts is asked about anew.
// Without it, a policy that gained `deny: 'contractor' in identity.groups` would find no groups in the cookies that are
// about, and let pass.
#pragma once

#include <string>
#include <string_view>

#include "crypto/crypto.hpp"
#include "policy/document.hpp"

namespace sallyport::login {

/// base64url of the first 8 octets of SHA-256 over the canonical JSON of
/// {"read": the sorted names of all facts and claims that routes of `host` read, "issuers": what their claims mean}.
std::string fact_set(const policy::compiled_policy& policy, std::string_view host, crypto::port& crypto_host);

}  // namespace sallyport::login
