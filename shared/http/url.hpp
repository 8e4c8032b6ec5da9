// URLs where the gateway reads one: its parts, and which of them may be fetched.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::http {

/// Views into the text. Nothing was checked: each reader says what its URLs may hold.
struct url_parts {
  std::string_view scheme;
  /// User, host and port: up to the first "/", "?" or "#" (RFC 3986 section 3.2).
  std::string_view authority;
  /// Path, query and fragment; empty when the text ends with the authority.
  std::string_view rest;
};

/// `scheme://authority[rest]`; nothing where there is no "://".
std::optional<url_parts> split_url(std::string_view text);

/// localhost, 127.0.0.0/8 in its four decimal numbers, or ::1, with or without its brackets.
bool is_loopback(std::string_view host);
/// https, or http on loopback: nobody on the way reads or changes what is sent.
bool is_https_or_loopback(std::string_view scheme, std::string_view host);

/// 443 for https, else 80.
std::uint16_t default_port(std::string_view scheme);
/// The authority as most people write it: without the port when it is the scheme's own.
std::string_view without_default_port(std::string_view authority, std::string_view scheme);

}  // namespace sallyport::http
