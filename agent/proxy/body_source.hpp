// The body of a message as a row of pieces, read from its connection as they are asked for.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "agent/io/inbox.hpp"
#include "agent/io/stream.hpp"
#include "agent/io/task.hpp"
#include "agent/proxy/body_decoder.hpp"
#include "core/result.hpp"

namespace sallyport::agent::proxy {

/// Room that a body gets once it turns out to come faster than in small pieces.
inline constexpr std::size_t streaming_inbox_bytes = std::size_t{64} << 10;

/// Reads into the connection's own inbox, where whatever follows the body stays. All three must outlive it.
class body_source {
 public:
  body_source(io::stream& from, io::inbox& box, const body_decoder& decoder)
      : from_(from), box_(box), decoder_(decoder) {}

  /// The next piece if it has arrived; empty at the end; nothing: fill() first. A piece lives until the next fill().
  /// Reasons: framing_chunk_invalid, body_too_large.
  result<std::optional<std::string_view>> piece();
  /// Waits for more, at most `stall` without a byte. Reasons: framing_body_incomplete, request_timeout.
  io::task<result<void>> fill(std::chrono::milliseconds stall);
  /// The same, but the limit counts anew as long as something is read from `beside`, which carries a body the other
  /// way.
  io::task<result<void>> fill(std::chrono::milliseconds stall, const io::stream& beside);

  bool finished() const { return decoder_.finished(); }
  /// Octets of the body that were given out.
  std::uint64_t bytes() const { return bytes_; }
  /// Of a connection on which nothing more will come: whether the body lacks a part, and nobody is about to read that.
  bool is_cut_off() const;
  /// The connection has ended, and with it a body that is not delimited otherwise.
  bool ended() const { return ended_; }

 private:
  io::stream& from_;
  io::inbox& box_;
  body_decoder decoder_;
  std::uint64_t bytes_ = 0;
  bool ended_ = false;
  bool filled_ = false;
};

}  // namespace sallyport::agent::proxy
