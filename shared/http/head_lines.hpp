// What request and response heads have in common: lines, fields, and the fields that frame a message. Internal to this
// folder. Reasons are returned bare, not in a result: this runs for every byte of every message.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/reason.hpp"
#include "http/field.hpp"
#include "http/framing.hpp"

namespace sallyport::http {

/// The lines of a head, one after the other, each without its CRLF.
struct head_lines {
  std::string_view text;
  std::size_t at = 0;

  /// Reasons: framing_bare_cr_or_lf (also when the text ends without CRLF: framing_syntax).
  reason next(std::string_view& line);
};

/// A field that frames the message: how often it came, and its last value.
struct framing_field {
  std::size_t count = 0;
  std::string_view value;
};

/// Everything about a head that decides where the message ends and what the connection does next.
struct framing_fields {
  framing_field host, content_length, transfer_encoding, expect, upgrade;
  bool connection_close = false;
  bool connection_keep_alive = false;
  bool connection_upgrade = false;
  /// Some field name holds another character than letters, digits and "-".
  bool unusual_name = false;
};

/// Reads field lines up to and with the empty line, which must be the end of the text.
reason read_fields(head_lines& lines, const head_limits& limits, std::vector<field>& fields, framing_fields& found);

/// RFC 9110 section 8.6, digits only. Reasons: framing_length_invalid.
reason read_content_length(std::string_view text, std::uint64_t limit, std::uint64_t& length);
/// RFC 9112 section 6.3: the fields contradict neither each other nor the version. Reasons:
/// framing_length_and_encoding, framing_transfer_encoding, framing_length_repeated.
reason check_body_fields(const framing_fields& found, unsigned minor_version);
/// Whether the connection may be used again (RFC 9112 section 9.3).
bool is_persistent(const framing_fields& found, unsigned minor_version);
/// "HTTP/1.1" or "HTTP/1.0". Reasons: framing_version, framing_syntax.
reason read_version(std::string_view text, std::uint8_t& minor_version);

}  // namespace sallyport::http
