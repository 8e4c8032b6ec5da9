// Where a message's body ends, whichever way its head says so. Decides nothing about bytes it was not shown.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/result.hpp"
#include "http/chunked.hpp"
#include "http/request_head.hpp"

namespace sallyport::agent::proxy {

class body_decoder {
 public:
  /// `length` counts with body_framing::content_length only. Reading more than `max_bytes` is body_too_large.
  body_decoder(http::body_framing framing, std::uint64_t length, std::uint64_t max_bytes)
      : framing_(framing), left_(length), max_(max_bytes), chunked_({.max_body_bytes = max_bytes}) {}

  /// Takes input up to the end of the next piece, of the body, or of `input`. When there is neither data nor the end,
  /// more input is needed. Reasons: framing_chunk_invalid, body_too_large.
  result<http::chunked_step> next(std::string_view input);
  /// The connection has ended: whether the body has, too.
  bool ends_here() const { return finished_ || framing_ == http::body_framing::until_close; }
  bool finished() const { return finished_; }
  /// At least this many bytes of input are to come until the body ends.
  std::uint64_t least_left() const {
    if (finished_) return 0;
    return framing_ == http::body_framing::content_length ? left_ : 1;
  }

 private:
  result<http::chunked_step> next_counted(std::string_view input);
  result<http::chunked_step> next_unbounded(std::string_view input);

  http::body_framing framing_;
  std::uint64_t left_;
  std::uint64_t max_;
  std::uint64_t seen_ = 0;
  http::chunked_decoder chunked_;
  bool finished_ = false;
};

}  // namespace sallyport::agent::proxy
