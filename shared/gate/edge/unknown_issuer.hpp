// What an operator needs to know about a token whose issuer the policy does not have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/document.hpp"

namespace sallyport::gate {

/// The detail of issuer_unknown: the token's iss, bounded and printable, and the issuer that it misses by a slash, the
/// scheme, or upper and lower case.
std::string describe_unknown_issuer(const policy::compiled_policy& policy, std::optional<std::string_view> iss);

}  // namespace sallyport::gate
