// Which header fields a service can have signed, and so conditions can read.
#pragma once

#include <string_view>

namespace sallyport::policy {

/// Whether the name has a spelling that can be signed at all.
bool is_signable_name(std::string_view lower);
/// Why a field of this name, in lower case, cannot be signed, and what to use instead; empty when it can be.
std::string_view why_unsignable(std::string_view lower);

}  // namespace sallyport::policy
