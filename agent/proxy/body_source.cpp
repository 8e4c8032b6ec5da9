#include "agent/proxy/body_source.hpp"

namespace sallyport::agent::proxy {

result<std::optional<std::string_view>> body_source::piece() {
  while (!decoder_.finished() && !ended_) {
    SALLYPORT_ASSIGN(const http::chunked_step step, decoder_.next(box_.unread()));
    box_.consume(step.consumed);
    bytes_ += step.data.size();
    if (!step.data.empty()) return std::optional(step.data);
    if (!step.finished && box_.empty()) return std::optional<std::string_view>();
  }
  return std::optional(std::string_view());
}

io::task<result<void>> body_source::fill(std::chrono::milliseconds stall) {
  if (filled_) box_.grow(streaming_inbox_bytes);
  const std::span<char> room = box_.room();
  const io::io_result got = co_await from_.read(room, stall);
  if (got.ok()) {
    box_.arrived(got.bytes);
    filled_ = got.bytes == room.size();
    co_return result<void>();
  }
  if (got.status == io::io_status::timed_out) co_return reason::request_timeout;
  if (got.status != io::io_status::end || !decoder_.ends_here()) co_return reason::framing_body_incomplete;
  ended_ = true;
  co_return result<void>();
}

io::task<result<void>> body_source::fill(std::chrono::milliseconds stall, const io::stream& beside) {
  for (;;) {
    const std::uint64_t moved = beside.bytes_read();
    const auto filled = co_await fill(stall);
    if (filled.ok() || filled.why() != reason::request_timeout || beside.bytes_read() == moved) co_return filled;
  }
}

bool body_source::is_cut_off() const {
  return !from_.reading() && box_.unread().size() + from_.available() < decoder_.least_left();
}

}  // namespace sallyport::agent::proxy
