// What methods mean (RFC 9110 section 9.2). They are case-sensitive.
#pragma once

#include <string_view>

namespace sallyport::http {

/// Asks for no change (section 9.2.1).
constexpr bool is_safe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

/// Two of the same have the effect of one (section 9.2.2), so that it may be sent again.
constexpr bool is_idempotent(std::string_view method) {
  return is_safe(method) || method == "PUT" || method == "DELETE";
}

/// Passes neither end: CONNECT asks for a tunnel, TRACE shows credentials to scripts (section 9.3.8).
constexpr bool is_refused_method(std::string_view method) {
  return method == "CONNECT" || method == "TRACE";
}

}  // namespace sallyport::http
