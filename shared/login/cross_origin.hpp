// Whether a request that a cookie speaks for was the caller's will: cookies come along with what other pages make a browser
// send. SameSite=Lax stops other sites; this stops other hosts of the site, too.
//
// Rules
// * Asked of what may change something: every method but GET, HEAD and OPTIONS, and WebSocket handshakes.
// * `Sec-Fetch-Site` same-origin or none: it was. Else `Origin` is this origin (scheme, host and port), or one that the route
//   names. `null`, an Origin that is there twice, or neither field: it was not (curl with a jar must send Origin).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/field.hpp"

namespace sallyport::login {

struct cookie_request {
  std::string_view method, scheme;
  /// Host field.
  std::string_view host;
  std::span<const http::field> fields;
};

/// `allowed`: origins as the route has them, `scheme://host[:port]`. Reasons: cross_origin_refused.
result<void> check_cross_origin(const cookie_request& request, std::span<const std::string> allowed);

}  // namespace sallyport::login
