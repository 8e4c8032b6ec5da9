// Sallyport-Context: what the edge saw of the request that the origin cannot see itself. A structured field dictionary
// (RFC 9651), covered by the request signature.
//
// | member | type | content |
// | --- | --- | --- |
// | `id` | string | request id: 128 bits of base64url, made at the edge |
// | `time` | integer | milliseconds since 1970, fixed at the edge: `request.time` |
// | `host` | string | the Host that the caller asked for |
// | `proto` | string | "https" or "http" |
// | `ip`, `country` | string | absent when unknown |
// | `asn` | integer | absent when unknown |
// | `headers` | byte sequence | SHA-256 over the service's signed headers (gate/protocol/signed_headers.hpp) |
// | `authority` | byte sequence | SHA-256 over Authorization, Cookie and the like (ibid.) |
//
// The last two are absent where the service, or the request, has nothing for them. Members come in any order, each once,
// without parameters; members of other names are stepped over (they are signed, and a later version may need them).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sallyport::gate {

/// 128 bits as base64url without padding.
inline constexpr std::size_t request_id_chars = 22;

/// Views into whatever was read or is to be written.
struct request_context {
  std::string_view id;
  unix_milliseconds time = 0;
  std::string_view host;
  std::string_view proto;
  std::string_view ip;
  std::string_view country;
  std::uint32_t asn = 0;
  std::optional<std::array<byte, 32>> headers;
  std::optional<std::array<byte, 32>> authority;
};

/// Precondition: all text is printable ASCII without quotes and backslashes (host, proto and the rest were checked).
std::string write_context(const request_context& context);

/// The result views into `field`. Reasons: context_invalid.
result<request_context> read_context(std::string_view field);

}  // namespace sallyport::gate
