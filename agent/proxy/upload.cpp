#include "agent/proxy/upload.hpp"

#include <utility>

#include "agent/proxy/outgoing.hpp"

namespace sallyport::agent::proxy {

void upload::start(body_source& from, bool chunked) {
  running_ = reads_caller_ = true;
  from_ = &from;
  io::spawn(run(from, chunked));
}

void upload::start(std::string_view rest) {
  running_ = true;
  io::spawn(run(rest));
}

io::task<> upload::run(body_source& from, bool chunked) {
  broken_ = !co_await send_piecewise(from, chunked);
  finish();
}

io::task<> upload::run(std::string_view rest) {
  boost::asio::const_buffer part(rest.data(), rest.size());
  const io::io_result sent = co_await to_.write({&part, 1}, limits_.stall);
  broken_ = !sent.ok();
  finish();
}

// False when the body did not get through. An app that stops reading may have answered already: its answer decides.
io::task<bool> upload::send_piecewise(body_source& from, bool chunked) {
  outgoing next(chunked);
  for (;;) {
    const auto got = gather(from, next);
    if (!got.ok()) {
      fail(got.why());
      co_return false;
    }
    const auto parts = next.parts(*got == gathered::last);
    if (!parts.empty() && !(co_await to_.write(parts, limits_.stall)).ok()) co_return false;
    if (*got == gathered::last) co_return true;
    next.clear();
    if (*got == gathered::full) continue;
    const auto filled = co_await from.fill(limits_.stall, to_);
    if (!filled.ok()) {
      fail(filled.why());
      co_return false;
    }
  }
}

void upload::fail(reason why) {
  caller_failure_ = why;
  to_.close();
}

void upload::finish() {
  running_ = false;
  if (to_.reading() && !answer_begun_) to_.limit_read(limits_.first_byte);
  if (const auto waiter = std::exchange(joiner_, nullptr)) waiter.resume();
}

}  // namespace sallyport::agent::proxy
