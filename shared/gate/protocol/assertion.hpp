// The assertion: the JWT by which the edge says who calls, over which route, to which service, until when (protocol,
// "Fields the edge adds"). Written and read here; signed and verified by jose.
//
// Claims: iss, aud `sallyport:service:<name>`, sub, idp, kind, iat, exp (at most 300 s later), jti, route, pol, the
// used ones of email, email_verified, groups, claims, idp_exp (policy/travel.hpp), and body: "stream" when the body is
// not covered by the request signature.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "policy/identity.hpp"
#include "policy/used_facts.hpp"

namespace sallyport::gate {

inline constexpr std::string_view assertion_typ = "sallyport-assertion+jwt";
inline constexpr std::string_view service_audience_prefix = "sallyport:service:";
inline constexpr seconds max_assertion_lifetime = 300;
/// Of the compact form. The edge makes no longer one, the origin reads no longer one.
inline constexpr std::size_t max_assertion_bytes = std::size_t{24} << 10;

enum class body_coverage : std::uint8_t {
  /// Content-Digest covers it, or there is none.
  covered,
  /// It streams and is not covered.
  stream,
};

/// An assertion as values; `audience` is the whole `aud`.
struct assertion {
  std::string issuer;
  std::string audience;
  std::string route;
  /// base64url SHA-256 of the canonical policy.
  std::string policy_digest;
  std::string id;
  unix_seconds issued_at = 0;
  unix_seconds expires = 0;
  body_coverage body = body_coverage::covered;
  policy::identity who;
};

/// The payload, canonical JSON; of the identity only what is used.
std::string write_assertion(const assertion& what, const policy::used_facts& used);

/// Reads a payload whose signature was verified. Reasons: assertion_invalid.
result<assertion> read_assertion(std::string_view payload);

}  // namespace sallyport::gate
