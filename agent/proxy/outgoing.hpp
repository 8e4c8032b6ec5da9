// The next write on a connection: a head, pieces of a body in their framing, gathered for one system call.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <span>
#include <string_view>

#include "agent/proxy/body_source.hpp"
#include "http/chunked.hpp"

namespace sallyport::agent::proxy {

/// Views only: whatever is put in must live until the write is over. Pieces of a chunked body leave as one chunk.
class outgoing {
 public:
  static constexpr std::size_t max_pieces = 16;

  explicit outgoing(bool chunked) : chunked_(chunked) {}

  void head(std::string_view text) { parts_[0] = buffer(text); }
  bool takes_more() const { return pieces_ < max_pieces; }
  void piece(std::string_view data) {
    parts_[2 + pieces_++] = buffer(data);
    piece_bytes_ += data.size();
  }
  bool empty() const { return parts_[0].size() == 0 && pieces_ == 0; }
  std::size_t piece_bytes() const { return piece_bytes_; }

  /// What to write; `last`: the body ends here. Call it once, then clear().
  std::span<boost::asio::const_buffer> parts(bool last) {
    std::size_t end = 2 + pieces_;
    if (chunked_ && pieces_ > 0) {
      parts_[1] = buffer(http::chunk_opening(piece_bytes_, opening_));
      parts_[end++] = buffer(http::chunk_closing);
    }
    if (chunked_ && last) parts_[end++] = buffer(http::last_chunk);
    return squeeze(end);
  }

  void clear() {
    parts_[0] = parts_[1] = {};
    pieces_ = piece_bytes_ = 0;
  }

 private:
  static boost::asio::const_buffer buffer(std::string_view text) { return {text.data(), text.size()}; }

  // The two places in front may be empty; a write starts at the first part that is not.
  std::span<boost::asio::const_buffer> squeeze(std::size_t end) {
    std::size_t begin = 0;
    if (parts_[1].size() == 0) std::swap(parts_[0], parts_[1]);
    while (begin < end && parts_[begin].size() == 0) ++begin;
    return {parts_.data() + begin, end - begin};
  }

  bool chunked_;
  std::size_t pieces_ = 0;
  std::size_t piece_bytes_ = 0;
  char opening_[20];
  /// Head, chunk opening, pieces, chunk closing, last chunk.
  std::array<boost::asio::const_buffer, max_pieces + 4> parts_{};
};

enum class gathered : std::uint8_t {
  /// The body ends here.
  last,
  /// There may be more at hand than fits into one write.
  full,
  /// Nothing more is at hand: body_source::fill.
  dry,
};

/// Puts the pieces of `from` that are at hand into `next`. Reasons: those of body_source::piece.
inline result<gathered> gather(body_source& from, outgoing& next) {
  while (next.takes_more()) {
    SALLYPORT_ASSIGN(const auto piece, from.piece());
    if (!piece.has_value()) return gathered::dry;
    if (piece->empty()) return gathered::last;
    next.piece(*piece);
  }
  return gathered::full;
}

}  // namespace sallyport::agent::proxy
