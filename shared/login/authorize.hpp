// The authorization request (RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core section 3.1.2.1), which a
// browser carries to the provider.
#pragma once

#include <string>
#include <string_view>

#include "login/provider.hpp"
#include "login/texts.hpp"
#include "login/words.hpp"

namespace sallyport::login {

struct authorization {
  /// Of this provider alone.
  std::string_view redirect_uri;
  /// What the person typed, or an application said; empty: nothing. It proves nothing.
  std::string_view login_hint;
  /// `prompt`: empty, none or login.
  std::string_view prompt;
};

/// What the endpoint's own query has stays in front (RFC 6749 section 3.1).
std::string authorization_url(const provider& to, const provider_metadata& metadata, const login_words& words,
                              const requirement& wanted, const authorization& request);

}  // namespace sallyport::login
