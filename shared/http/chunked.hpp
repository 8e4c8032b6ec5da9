// The chunked transfer coding (RFC 9112 section 7.1), decoded strictly and without copying.
//
// * Sizes are one to sixteen hexadecimal digits, never over the limit; chunk extensions are read over (section 7.1.1
//   says to ignore unknown ones) but bounded, and hold no control character.
// * Every line ends with CRLF; a bare LF, white space before the size or anything else is framing_chunk_invalid.
// * Trailer fields must be well-formed, are bounded, and dropped: nothing that decides may arrive after the decision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.hpp"

namespace sallyport::http {

struct chunked_limits {
  std::uint64_t max_body_bytes = std::uint64_t{1} << 53;
  /// One size line with its extensions, without CRLF.
  std::size_t max_line_bytes = 256;
  /// All trailer lines together.
  std::size_t max_trailer_bytes = 8192;
};

/// One step of decoding.
struct chunked_step {
  /// Bytes of the input that are now done with, `data` among them.
  std::size_t consumed = 0;
  /// The next piece of body, a view into the input; may be empty.
  std::string_view data;
  /// The body, its last chunk and its trailers are complete. What follows belongs to the next message.
  bool finished = false;
};

/// Feed it what arrives, from the first byte it has not consumed. It keeps a few numbers and no bytes.
class chunked_decoder {
 public:
  explicit chunked_decoder(const chunked_limits& limits = {}) : limits_(limits) {}

  /// Takes input up to the end of the next piece of data, of the body, or of `input`. When nothing is left to do with
  /// `input`, consumed == input.size() and more is needed. Reasons: framing_chunk_invalid, body_too_large.
  result<chunked_step> next(std::string_view input);
  bool finished() const { return state_ == state::finished; }
  /// Body bytes given out so far.
  std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class state : std::uint8_t {
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_name,
    trailer_value,
    trailer_lf,
    last_lf,
    finished,
    failed
  };

  reason step(char c);
  reason size_byte(char c);
  reason extension_byte(char c);
  reason trailer_byte(char c);
  reason begin_data();

  chunked_limits limits_;
  state state_ = state::size;
  unsigned digits_ = 0;
  std::size_t line_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::uint64_t chunk_left_ = 0;
  std::uint64_t body_bytes_ = 0;
};

/// The line that opens a chunk of `size` bytes ("1a\r\n"), for writing; `buffer` must outlive the view.
std::string_view chunk_opening(std::uint64_t size, char (&buffer)[20]);
inline constexpr std::string_view chunk_closing = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace sallyport::http
