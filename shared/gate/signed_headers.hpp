// Fields that conditions read beyond the profile's components: how they are bound to the request signature.
//
// The profile's covered list is fixed (protocol), so that a verifier needs no policy to check it. A service's
// signed_headers are bound through Sallyport-Context, which is covered: its member `headers` is the SHA-256 over one
// line for each name of signed_headers, in the order of the policy, that the request has:
//
//   "name": value LF
//
// name and value as RFC 9421 section 2.1 puts a field into a signature base (lower-case name, lines joined by ", "). An
// absent field has no line, so that adding, changing or removing one breaks the digest. content-type and content-length
// are skipped: they are components of their own.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "core/bytes.hpp"
#include "crypto/crypto.hpp"
#include "http/field.hpp"
#include "policy/target.hpp"

namespace sallyport::gate {

/// Whether `name` (any case) is among the service's signed_headers.
bool is_signed_header(const policy::service& to, std::string_view name);

/// Whether a field of that name is bound to the request signature: Content-Type and the service's signed headers.
bool is_covered(const policy::service& to, std::string_view name);

/// Whether `name` is not covered, but would be under CGI-style mapping: an app reads X_Tenant as X-Tenant, and what
/// conditions never saw must not stand in for what they decided on.
bool imitates_covered(const policy::service& to, std::string_view name);

/// The digest for `to`, or nothing when it has no signed headers besides those of the profile.
std::optional<std::array<byte, 32>> signed_header_digest(const policy::service& to, std::span<const http::field> fields,
                                                         crypto::port& host);

}  // namespace sallyport::gate
