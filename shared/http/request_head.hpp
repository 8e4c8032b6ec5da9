// The head of an HTTP/1.1 message, parsed once into views. Nobody else in the program reads a request line or a field
// line, so there are never two interpretations of one message. The rules are those of framing.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "http/field.hpp"
#include "http/framing.hpp"

namespace sallyport::http {

/// How the body behind a head ends (RFC 9112 section 6.3).
enum class body_framing : std::uint8_t { none, content_length, chunked, until_close };

/// A request whose framing is beyond doubt. All views are into the buffer that was parsed and live as long as it does.
struct request_head {
  std::string_view method;
  /// Origin form, not yet canonical: see path.hpp.
  std::string_view target;
  /// The value of the one Host field, as sent; a host with an optional port.
  std::string_view host;
  /// In the order received; names as sent, values without surrounding white space.
  std::vector<field> fields;
  body_framing body = body_framing::none;
  /// Bytes; only with body_framing::content_length.
  std::uint64_t content_length = 0;
  /// Minor version: 1, or 0 for HTTP/1.0.
  std::uint8_t minor_version = 1;
  /// Whether the connection may carry another request after this one (RFC 9112 section 9.3).
  bool keep_alive = true;
  /// Expect: 100-continue on HTTP/1.1 with a body.
  bool expect_continue = false;
  /// The protocol of an Upgrade field that Connection names (RFC 9110 section 7.8), or empty.
  std::string_view upgrade;
};

/// Parses a whole request head up to and with the empty line; bytes behind it are an error (framing_syntax).
/// Reasons: every framing_* of reason.def but those of bodies.
result<request_head> parse_request_head(std::string_view head, const head_limits& limits = {});

/// A response head of the app or of an origin. Views as in request_head.
struct response_head {
  /// 100 to 599.
  std::uint16_t status = 0;
  std::string_view reason_phrase;
  std::vector<field> fields;
  body_framing body = body_framing::none;
  std::uint64_t content_length = 0;
  /// Content-Length of a response that has no body here (HEAD, 304): what a GET would have had.
  std::optional<std::uint64_t> declared_length;
  /// It ends with its head, and yet its fields announce a body that the app might send: then keep_alive is false.
  bool bytes_may_follow = false;
  std::uint8_t minor_version = 1;
  bool keep_alive = true;
  /// 1xx other than 101: another head follows on the same connection.
  bool interim = false;
  /// 101: the connection now speaks this protocol; empty otherwise.
  std::string_view upgrade;
};

/// Parses a whole response head. `request_method` decides whether a body follows (RFC 9112 section 6.3).
/// Reasons: upstream_invalid_response (detail: the framing rule that was broken).
result<response_head> parse_response_head(std::string_view head, std::string_view request_method,
                                          const head_limits& limits = {});

}  // namespace sallyport::http
