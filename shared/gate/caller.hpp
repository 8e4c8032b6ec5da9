// What the host may know of a verified caller: whom AWS sees behind a call, and whose budget a start counts against.
#pragma once

#include <string>
#include <string_view>

#include "crypto/crypto.hpp"
#include "encoding/json.hpp"
#include "policy/identity.hpp"

namespace sallyport::gate {

/// base64url SHA-256 that stands for issuer and subject: the same for all tokens of one caller, and for no two callers.
std::string caller_key(const policy::identity& who, crypto::port& host);

/// {"key","issuer","subject","email"?,"kind","route"}; `route` is left out when empty.
encoding::json describe_caller(const policy::identity& who, std::string_view route, crypto::port& host);

}  // namespace sallyport::gate
