// One decision, one line: what each end writes for every request it decided, joined by the request id. What came of one
// that was allowed is another line (audit/outcome.hpp).
//
// A JSON object without line feed, always with the same members in the same (sorted) order; what is not known is null.
// Written as RFC 8785 has it, but that characters which a terminal or a reader of lines would obey are escapes
// (encoding/visible.hpp). It never holds a token, key, signature, cookie or query, nor a claim other than iss, aud and
// sub, shortened, of a token that is refused.
//
// | member | content |
// | --- | --- |
// | assertion | jti of the assertion |
// | clock_difference | origin: seconds from the edge's signature to this clock |
// | country, ip | of the caller, as the platform or the signed context says |
// | decision | "allow" or "deny" |
// | detail | for operators |
// | end | "edge" or "origin" |
// | grant_kid | origin: the key that signed the grant of the channel |
// | host, method, path | of the request; the path without its query |
// | id | request id |
// | issuer, kind, subject | of the identity; issuer is its name in the policy |
// | keyid | origin: of the key that signed the request |
// | policy | digest of the policy that decided |
// | reason, reason_number, severity | why |
// | route, service | where to |
// | sig | origin: how the request was signed: "es256", "eddsa", "hmac", or "channel" |
// | shadow | what the shadow policy would have said, when it differs: a reason's name |
// | time | milliseconds since 1970, of the end's own clock |
// | type | "decision" |
// | v | 1 |
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/reason.hpp"
#include "core/time.hpp"

namespace sallyport::audit {

enum class end : std::uint8_t { edge, origin };

/// Views; empty text is written as null.
struct record {
  audit::end end = end::edge;
  unix_milliseconds time = 0;
  reason why = reason::internal;
  std::string_view detail;
  std::string_view id;
  std::string_view method, host, path;
  std::string_view ip, country;
  std::string_view issuer, subject, kind;
  std::string_view route, service;
  std::string_view policy;
  std::string_view assertion;
  std::string_view keyid, sig, grant_kid;
  std::optional<seconds> clock_difference;
  std::optional<reason> shadow;
};

/// The line, without a line feed. Each text is cut at 2 KiB; bytes of it that are not UTF-8 become U+FFFD.
std::string line(const record& what);

}  // namespace sallyport::audit
