// One request to the app and its answer back to the caller, both streamed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/config/settings.hpp"
#include "agent/io/stream.hpp"
#include "agent/io/task.hpp"
#include "agent/metrics/thread_metrics.hpp"
#include "agent/proxy/body_source.hpp"
#include "agent/proxy/heads.hpp"
#include "agent/proxy/outgoing.hpp"
#include "agent/proxy/upload.hpp"
#include "agent/proxy/upstream.hpp"
#include "core/result.hpp"
#include "gate/origin/origin.hpp"

namespace sallyport::agent::proxy {

/// A request that was allowed, ready to be sent.
struct outgoing_request {
  std::string_view method;
  std::string_view request_id;
  /// What it was decided with: whose cookies an app must not set.
  const gate::origin_snapshot* decided_with = nullptr;
  /// Who asks, told apart from everybody else; empty: anonymous.
  std::string_view subject;
  /// The whole head for the app.
  std::string_view head;
  bool chunked = false;
  /// A body that is held in memory: it follows the head.
  std::string_view held_body;
  /// A body that is still on its way, or null.
  body_source* body = nullptr;
  /// The caller waits for 100 Continue before it sends the body.
  bool expects_continue = false;
  bool caller_http10 = false;
  /// The caller's connection may carry another request.
  bool caller_keeps_alive = true;
  /// Sallyport-Channel of the response, or "".
  std::string_view channel;
};

struct exchange_end {
  /// ok: the answer went out whole. Else why not.
  failure why = reason::ok;
  /// Something of an answer has gone to the caller: no other one may follow.
  bool answered = false;
  /// The caller's connection may go on.
  bool reusable = false;
  /// Of the app's response; nothing: none came.
  std::optional<int> status;
  /// How often the request was sent, and whether the last time over a connection that had served before.
  std::uint64_t attempts = 0;
  bool reused = false;
  /// Octets of the response's body.
  std::uint64_t out = 0;
  /// When the head of the response had come.
  std::optional<std::chrono::steady_clock::time_point> head_at;
};

/// Text that an exchange writes and reads; kept from one to the next so that its memory is.
struct exchange_text {
  std::string answer;
  std::string out;
};

/// Runs once, on one io thread; everything it is given must outlive run().
class exchange {
 public:
  /// `stopping` may change while it runs.
  exchange(io::stream& caller, upstream_pool& pool, const config::settings& settings, metrics::thread_metrics& counts,
           const bool& stopping, exchange_text& text)
      : caller_(caller), pool_(pool), settings_(settings), counts_(counts), stopping_(stopping), text_(text) {}

  io::task<exchange_end> run(const outgoing_request& request);
  /// Whether nothing of the request is still to come, so that nobody reads what the caller sends, or its end.
  bool has_request() const { return !(upload_ && upload_->reads_caller()); }
  /// Of a caller that sends nothing more: whether all of its request has not come.
  bool is_cut_off() const { return upload_ && upload_->is_cut_off(); }
  /// The caller is gone: gives the request up. That its connection ends is the only sign for the app that its work is
  /// no longer wanted.
  void abandon();

 private:
  /// How sending a request and waiting for its answer went. unused: the connection could not be, and nothing was sent.
  enum class attempt : std::uint8_t { answered, unused, stale, failed };

  io::task<bool> obtain_connection(bool reuse);
  io::task<bool> send_continue();
  io::task<attempt> send_and_wait();
  io::task<io::io_result> send_first();
  io::task<bool> read_answer_head();
  io::task<> relay_answer();
  io::task<bool> relay_body(body_source& body, outgoing& next);
  io::task<bool> write_to_caller(std::span<boost::asio::const_buffer> parts);
  io::task<> wind_up();

  bool gather_first();
  io::task<> clear_attempt();
  bool may_repeat(std::size_t bytes_taken) const;
  bool is_sent() const;
  bool is_read() const;
  bool is_at_hand() const;
  bool end_is_proven() const;
  bool parse_answer(std::size_t head_bytes);
  bool step_over_interim();
  void drop_credential_cookies();
  std::chrono::milliseconds patience_for_body() const;
  connection_note note(const outgoing_body& body);
  void fail(failure why);
  void fail_read(io::io_status how);

  io::stream& caller_;
  upstream_pool& pool_;
  const config::settings& settings_;
  metrics::thread_metrics& counts_;
  const bool& stopping_;
  exchange_text& text_;

  const outgoing_request* request_ = nullptr;
  std::optional<outgoing> first_;
  gathered first_state_ = gathered::last;
  upstream_ptr link_;
  std::optional<upload> upload_;
  http::response_head answer_;
  unsigned interim_ = 0;
  /// What leaves with the head went out.
  bool first_sent_ = false;
  bool heard_ = false;
  bool continued_ = false;
  bool whole_ = false;
  bool close_ = false;
  bool abandoned_ = false;
  exchange_end end_;
};

}  // namespace sallyport::agent::proxy
