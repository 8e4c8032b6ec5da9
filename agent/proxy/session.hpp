// One connection of a caller: requests in, one after the other, each decided and then forwarded or refused.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "agent/io/inbox.hpp"
#include "agent/io/ring.hpp"
#include "agent/io/stream.hpp"
#include "agent/io/task.hpp"
#include "agent/proxy/exchange.hpp"
#include "agent/proxy/worker.hpp"
#include "core/time.hpp"
#include "gate/origin/request.hpp"
#include "http/request_head.hpp"

namespace sallyport::agent::proxy {

/// Room for a head and whatever follows; longer heads and bodies get more while they last.
inline constexpr std::size_t session_inbox_bytes = std::size_t{16} << 10;

class session : public io::ring {
 public:
  session(worker& owner, io::tcp_socket socket);
  /// Serves the connection to its end.
  io::task<> run();
  /// Says that there is no room, and ends.
  io::task<> turn_away();

  /// The connection is between requests: nobody waits for an answer.
  bool between_requests() const { return between_requests_; }
  io::stream& caller() { return caller_; }
  /// A request is with the app, and the caller could leave meanwhile.
  bool awaits_app() const { return exchange_ != nullptr; }
  /// Of a caller that awaits the app: `events` are those of poll(2).
  void look_at_caller(short events);

 private:
  /// What a request says about its connection and body, kept when the head itself is handed over.
  struct head_facts {
    http::body_framing body = http::body_framing::none;
    std::uint64_t content_length = 0;
    bool http10 = false;
    bool keep_alive = false;
    bool expects_continue = false;
    bool head_only = false;
    /// It is for the agent's own path.
    bool own = false;
    /// It came when this agent served no more.
    bool elsewhere = false;
  };

  using opening = std::variant<gate::refused, gate::opened>;

  // Each of these that gives a bool says whether the connection may go on.
  io::task<bool> next_head();
  io::task<io::io_result> read_head_bytes();
  io::task<bool> serve();
  io::task<bool> decide(http::request_head head);
  io::task<bool> tell_status(const http::request_head& head);
  io::task<bool> write_status(const gate::agent_status& says);
  io::task<opening> open(http::request_head head);
  io::task<result<void>> hold_body();
  io::task<result<void>> read_held_body();
  io::task<bool> forward(gate::admitted request);
  io::task<bool> end_with(exchange_end end, std::string_view request_id);
  std::string_view own_id();
  io::task<bool> refuse(gate::refused why);
  io::task<bool> refuse(failure why, const http::request_head* head = nullptr, const gate::opened* request = nullptr);
  io::task<> discard_body();
  io::task<bool> answer_refusal(reason why, std::string_view request_id);
  io::task<bool> write(std::string_view text);
  io::task<> close_in_order();
  io::task<> linger();
  bool caller_is_gone(short events);
  bool waits_on();

  const config::settings& settings() const;
  http::head_limits head_limits() const;
  failure objection(const http::request_head& head) const;
  void begin_request();
  void release_body();
  void note_facts(const http::request_head& head);
  bool body_is_at_hand();
  void note_channel(const opening& outcome);
  outgoing_body outgoing_framing() const;
  void count_bytes();

  worker& owner_;
  io::stream caller_;
  io::inbox box_{session_inbox_bytes};
  /// The request's head while it is worked on: all views of it point here.
  std::string head_text_;
  std::string out_;
  /// A signed body, from its arrival until it has been forwarded.
  std::string held_body_;
  exchange_text text_;
  head_facts facts_;
  std::optional<body_source> body_;
  body_budget::share held_share_;
  /// What the response to this request says of channels.
  gate::channel_response channel_;
  exchange* exchange_ = nullptr;
  std::chrono::milliseconds head_started_{0};
  /// When the caller was last seen to take something, or to have ended its side.
  std::chrono::milliseconds quiet_since_{0};
  std::uint64_t taken_ = 0;
  steady::time_point started_;
  steady::time_point decided_;
  /// For the next refusal of a request whose own id is not known.
  std::string own_id_;
  std::uint64_t counted_in_ = 0;
  std::uint64_t counted_out_ = 0;
  bool between_requests_ = true;
  bool held_ = false;
  bool served_any_ = false;
  bool half_closed_ = false;
  bool looked_again_ = false;
};

}  // namespace sallyport::agent::proxy
