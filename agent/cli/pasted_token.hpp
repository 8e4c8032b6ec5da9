// A token as people paste it: out of a request head, a shell, a cookie, a mail.
#pragma once

#include <string>
#include <string_view>

namespace sallyport::agent::cli {

/// The token alone: without the header's or cookie's name, scheme, quotes and line breaks around and inside of it. What
/// holds no token comes back without its blanks.
std::string unwrap_token(std::string_view pasted);

}  // namespace sallyport::agent::cli
