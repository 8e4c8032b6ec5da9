// What a request must be before anyone trusts it (protocol, "Framing"; RFC 9112, and stricter). Each rule has its
// reason:
//
// * the head ends with CRLF CRLF and holds no bare CR or LF (framing_bare_cr_or_lf), no control character but HTAB
//   inside a value (framing_control_character), and at most max_head_bytes and max_fields;
// * no empty line before the request line, single spaces in it (framing_syntax), HTTP/1.1 or HTTP/1.0
//   (framing_version);
// * the method is a token and neither CONNECT nor TRACE (framing_method);
// * the target is in origin form, without a fragment (framing_target_form); its characters are path.hpp's business;
// * field names are tokens (framing_field_name) with the colon right behind (framing_space_before_colon), no obs-fold
//   (framing_line_folding), no name that maps to one of ours as a CGI variable (framing_field_collision);
// * exactly one Host, not empty, a registered name, IPv4 or bracketed IPv6 literal with an optional port;
// * at most one Content-Length, digits only, never beside Transfer-Encoding, which is exactly one "chunked" on
//   HTTP/1.1, in lower case: a hop in front that does not know "Chunked" must not disagree with this one. (In responses
//   it may have any case: nobody else reads them before the agent.)
// * Expect is 100-continue or absent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.hpp"

namespace sallyport::http {

struct head_limits {
  std::size_t max_head_bytes = std::size_t{64} << 10;
  std::size_t max_fields = 128;
  /// Largest Content-Length that is believed at all; routes have their own, smaller ones.
  std::uint64_t max_content_length = std::uint64_t{1} << 53;
};

/// Finds the end of a head while it arrives. Feed it everything received so far for this head, as often as more
/// arrives; it remembers what it has seen and never reads a byte twice. It refuses as soon as no continuation could be
/// valid.
class head_scanner {
 public:
  enum class state : std::uint8_t { incomplete, complete };

  explicit head_scanner(const head_limits& limits = {}) : limits_(limits) {}

  /// Reasons: framing_head_too_large, framing_too_many_fields, framing_bare_cr_or_lf, framing_syntax (a first byte that
  /// starts no method). Precondition: `received` starts with what was passed before.
  result<state> scan(std::string_view received);
  /// Bytes of the head with its empty line; only after `complete`.
  std::size_t length() const { return length_; }
  /// Makes it ready for the next head.
  void reset() { at_ = line_start_ = lines_ = length_ = 0; }

 private:
  head_limits limits_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::size_t lines_ = 0;
  std::size_t length_ = 0;
};

}  // namespace sallyport::http
