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
//
// What apps take as authority is bound in the same way, in every service and without a word in the policy: the member
// `authority` is the SHA-256 over such lines for authority_fields, in their order, without those that are signed
// headers already. Here several Cookie lines are joined with "; ", as hops that speak HTTP/2 do (RFC 9113
// section 8.2.3). With no line there is no member: a request that carries none of these costs nothing. An agent refuses
// a field that was added, changed or removed on the way.
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

/// What apps decide by, and no hop between edge and agent has to touch: who asks (Authorization, Cookie), from which
/// page (Origin), for which part (Range), and how the body is to be read (Content-Encoding). Left out is what the
/// platform or the cache of the edge writes itself: Accept-Encoding, Cache-Control, Pragma, conditions, User-Agent.
inline constexpr std::string_view authority_fields[] = {"authorization", "content-encoding", "cookie", "origin",
                                                        "range"};

/// Whether `name` (any case) is among the service's signed_headers.
bool is_signed_header(const policy::service& to, std::string_view name);

/// Whether a field of that name is bound to the request signature by the profile or the policy: Content-Type and the
/// service's signed headers.
bool is_covered(const policy::service& to, std::string_view name);

/// Whether `name` is not covered, but would be under CGI-style mapping: an app reads X_Tenant as X-Tenant, and what
/// conditions never saw must not stand in for what they decided on.
bool imitates_covered(const policy::service& to, std::string_view name);

/// The digest for `to`, or nothing when it has no signed headers besides those of the profile.
std::optional<std::array<byte, 32>> signed_header_digest(const policy::service& to, std::span<const http::field> fields,
                                                         crypto::port& host);

/// The digest over what `fields` hold of authority_fields, or nothing when that is none. `fields`: those that the app
/// gets, as far as the edge decides.
std::optional<std::array<byte, 32>> authority_digest(const policy::service& to, std::span<const http::field> fields,
                                                     crypto::port& host);

}  // namespace sallyport::gate
