// Field hygiene: which fields of a message may pass to the next hop, and which never do.
//
// Rules
// * Hop-by-hop fields (RFC 9110 section 7.6.1) never pass, nor does any field that Connection names.
// * What apps, frameworks and their modules trust for where a request came from, who sent it or what it really asks for
//   is ours to say: Sallyport-*, Forwarded, X-Forwarded-*, X-Real-Ip, X-Original-Url, X-Http-Method-Override, Proxy
//   (HTTP_PROXY of CGI), X-WebAuth-User, X-Middleware-Subrequest and the rest of the table in fields.def. Whatever came
//   in under such a name is removed, in any case and with "_" or any other token character that is no letter and no
//   digit for "-", because CGI-style mapping makes one variable of all these spellings (RFC 3875 section 4.1.18;
//   lighttpd, for one, replaces them all). The origin's framing refuses these spellings outright: the edge never lets
//   one through.
// * Connection cannot remove a protected field: "Connection: sallyport-assertion" takes nothing away from what this hop
//   reads or sets. Only ordinary fields can be named away.
// * Content-Length, Transfer-Encoding and Host are rebuilt by whoever forwards, never copied.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "http/field.hpp"

namespace sallyport::http {

/// What a field is to hygiene; the first that applies.
enum class field_class : std::uint8_t {
  /// Of no special meaning: passes.
  ordinary,
  /// Sallyport-*: only the edge sets them, only the agent reads them.
  sallyport,
  /// Tells an app where a request came from, who sent it, or that it is another one than policy saw.
  forwarding,
  /// As `forwarding`, but a policy may set it (header map) or find a caller's token in it: what an app behind another
  /// proxy trusts.
  trusted,
  /// Connection, Keep-Alive, Proxy-*, TE, Trailer, Upgrade, HTTP2-Settings.
  hop_by_hop,
  /// Content-Length, Transfer-Encoding, Host: rebuilt from the parsed head.
  framing,
  /// Signature, Signature-Input: the caller decides (the edge replaces them, the agent reads and drops them).
  signature,
  /// Content-Digest: the caller decides.
  digest,
};

/// The class of a field name, any case, every character but letters and digits counting as "-".
field_class classify(std::string_view name);

/// Whether `name` is spelled otherwise than a protected name that it would become under CGI-style mapping.
bool collides(std::string_view name);

/// Whether CGI-style mapping makes one variable of both names: equal but for case and for what stands in place of "-".
bool same_variable(std::string_view a, std::string_view b);

/// Whether the Connection fields among `fields` name `name` (any case). Fields other than ordinary ones are never
/// affected.
bool named_by_connection(std::span<const field> fields, std::string_view name);

/// Whether the field may be copied to the next hop as it is: ordinary, not colliding, not named by Connection.
/// `connection_names_fields`: from has_connection_names, so that the common case costs one test.
bool may_pass(std::span<const field> fields, const field& candidate, bool connection_names_fields);
/// Whether any Connection field among `fields` names something besides close, keep-alive and upgrade.
bool has_connection_names(std::span<const field> fields);

}  // namespace sallyport::http
