// The request body on its way to the app, while the answer may already come the other way.
#pragma once

#include <chrono>
#include <coroutine>
#include <string_view>
#include <variant>

#include "agent/io/stream.hpp"
#include "agent/io/task.hpp"
#include "agent/metrics/counter.hpp"
#include "agent/proxy/body_source.hpp"
#include "core/result.hpp"

namespace sallyport::agent::proxy {

struct upload_limits {
  /// Without a byte moving, in either body.
  std::chrono::milliseconds stall;
  /// For the answer to begin once the body is sent.
  std::chrono::milliseconds first_byte;
};

/// Runs beside the exchange that starts it; the exchange must join() it before either goes away.
class upload {
 public:
  upload(io::stream& to, const upload_limits& limits) : to_(to), limits_(limits) {}
  upload(const upload&) = delete;
  upload& operator=(const upload&) = delete;

  /// Sends what `from` still brings, in chunks or as it is.
  void start(body_source& from, bool chunked);
  /// Sends `rest`.
  void start(std::string_view rest);

  bool running() const { return running_; }
  /// More of the body is to come from the caller.
  bool reads_caller() const { return running_ && reads_caller_; }
  /// Of a caller that sends nothing more: whether all of the body has not come.
  bool is_cut_off() const { return reads_caller() && from_->is_cut_off(); }
  /// The answer has begun: what is read of it has a limit of its own.
  void answer_begins() { answer_begun_ = true; }
  /// All of the body went out.
  bool complete() const { return !running_ && !broken_; }
  /// What the caller did wrong with the body, or ok. Then the connection to the app has been closed, so that the app
  /// does not take a part for the whole.
  reason caller_failure() const { return caller_failure_; }

  /// Waits for the end.
  auto join() { return join_operation{*this}; }

 private:
  struct join_operation {
    upload& self;
    bool await_ready() const { return !self.running_; }
    void await_suspend(std::coroutine_handle<> waiter) { self.joiner_ = waiter; }
    void await_resume() const {}
  };

  io::task<> run(body_source& from, bool chunked);
  io::task<> run(std::string_view rest);
  io::task<bool> send_piecewise(body_source& from, bool chunked);
  void fail(reason why);
  void finish();

  io::stream& to_;
  upload_limits limits_;
  const body_source* from_ = nullptr;
  std::coroutine_handle<> joiner_;
  reason caller_failure_ = reason::ok;
  bool running_ = false;
  bool reads_caller_ = false;
  bool broken_ = false;
  bool answer_begun_ = false;
};

}  // namespace sallyport::agent::proxy
