// Where a person goes on after a login: a path on the host where it began, never a URL.
//
// Rules
// * The canonical path and query of a request (http/path.hpp, without the forms that routes may allow): so no "//", no
//   backslash, no dot segment, no encoded slash, no fragment.
// * 1,024 bytes at most, and not below /.sallyport/.
// * It is written as an absolute URL of a host that policy has: a browser never resolves it.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sallyport::login {

inline constexpr std::size_t max_return_path_bytes = 1024;

/// The canonical form. Reasons: login_target.
result<std::string> read_return_path(std::string_view text);

/// A Location. Preconditions: `authority` is a host of the policy, or matched one; `path` is from read_return_path.
std::string absolute_location(std::string_view scheme, std::string_view authority, std::string_view path);

}  // namespace sallyport::login
