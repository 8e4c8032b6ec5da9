// A whole HTTP/1.1 message as RFC 9421 sees it: the general model behind vectors, the command line and interop. Lenient
// where RFC 9421 section 2.1 says how to read old spellings (obs-fold); never used to decide about a proxied request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sallyport::httpsig {

/// One field line: lower-case name; value without surrounding white space, folded lines joined by one space.
struct message_field {
  std::string name;
  std::string value;
};

struct message {
  bool is_request = true;
  std::string method;
  /// As on the request line: any of the four forms of RFC 9112 section 3.2.
  std::string target;
  /// "https" or "http"; what the connection knows.
  std::string scheme = "https";
  std::uint16_t status = 0;
  std::vector<message_field> fields;
  std::vector<message_field> trailers;
};

/// Reads a raw message with its body (CRLF, or LF alone, as line ends). Trailers of a chunked body are kept.
/// Reasons: framing_syntax, framing_field_name, framing_chunk_invalid.
result<message> parse_message(std::string_view raw, std::string_view scheme = "https");
/// Reads only field lines. Reasons: framing_field_name.
result<std::vector<message_field>> parse_field_lines(std::string_view lines);

}  // namespace sallyport::httpsig
