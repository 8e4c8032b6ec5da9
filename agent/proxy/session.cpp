#include "agent/proxy/session.hpp"

#include <algorithm>
#include <utility>

#include "agent/log/log.hpp"
#include "agent/proxy/refusal.hpp"

namespace sallyport::agent::proxy {

namespace {

constexpr std::string_view continue_head = "HTTP/1.1 100 Continue\r\n\r\n";

unix_milliseconds now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

session::session(worker& owner, io::tcp_socket socket) : owner_(owner), caller_(std::move(socket), owner.wheel()) {}

io::task<> session::run() {
  while (co_await next_head()) {
    const bool goes_on = co_await serve();
    release_body();
    count_bytes();
    if (!goes_on) break;
  }
  if (linger_) co_await linger();
  count_bytes();
  caller_.close();
}

io::task<> session::turn_away() {
  co_await refuse(reason::too_many_connections);
  co_await linger();
}

// False: there is no request to serve any more. What is wrong with a head before it is whole is answered here.
io::task<bool> session::next_head() {
  box_.shrink(session_inbox_bytes);
  between_requests_ = box_.empty();
  // The next head has begun already, behind the request before.
  if (!between_requests_) head_started_ = owner_.wheel().elapsed();
  http::head_scanner scanner(head_limits());
  for (;;) {
    const auto scanned = scanner.scan(box_.unread());
    if (!scanned.ok()) {
      begin_request();
      co_await refuse(scanned.error());
      co_return false;
    }
    if (*scanned == http::head_scanner::state::complete) break;
    if (between_requests_ && owner_.stopping()) co_return false;
    if (box_.full()) box_.grow(settings().limits.max_head_bytes + 1);
    const io::io_result got = co_await read_head_bytes();
    if (got.status == io::io_status::timed_out && !between_requests_) {
      begin_request();
      co_await refuse(reason::request_timeout);
    }
    if (!got.ok()) co_return false;
    if (std::exchange(between_requests_, false)) head_started_ = owner_.wheel().elapsed();
    box_.arrived(got.bytes);
  }
  between_requests_ = false;
  head_text_.assign(box_.unread().substr(0, scanner.length()));
  box_.consume(scanner.length());
  co_return true;
}

// A head has one limit from its first byte on, however its bytes are spread.
io::task<io::io_result> session::read_head_bytes() {
  const auto& times = settings().timeouts;
  if (between_requests_) co_return co_await caller_.read(box_.room(), served_any_ ? times.idle : times.head);
  const auto left = times.head - (owner_.wheel().elapsed() - head_started_);
  if (left.count() <= 0) co_return io::io_result{io::io_status::timed_out, 0};
  co_return co_await caller_.read(box_.room(), left);
}

io::task<bool> session::serve() {
  begin_request();
  // Known before the head is understood, because a refusal of it must not have content either.
  facts_.head_only = head_text_.starts_with("HEAD ");
  auto parsed = http::parse_request_head(head_text_, head_limits());
  if (!parsed.ok()) co_return co_await refuse(parsed.error());
  note_facts(*parsed);
  const failure objects = objection(*parsed);
  if (objects.why != reason::ok) co_return co_await refuse(objects, &*parsed);
  co_return co_await decide(std::move(*parsed));
}

// What this agent itself cannot or will not carry, before the gate is asked.
failure session::objection(const http::request_head& head) const {
  if (!head.upgrade.empty()) return reason::framing_upgrade_unsupported;
  if (head.body == http::body_framing::content_length && head.content_length > settings().limits.max_body_bytes)
    return reason::body_too_large;
  if (!owner_.audit_sink().takes_lines()) return reason::audit_blocked;
  return reason::ok;
}

io::task<bool> session::decide(http::request_head head) {
  opening outcome = co_await open(std::move(head));
  if (auto* const refused = std::get_if<gate::refused>(&outcome)) co_return co_await refuse(std::move(*refused));
  gate::opened& request = *std::get_if<gate::opened>(&outcome);
  if (request.digest) {
    const auto held = co_await hold_body();
    if (!held.ok()) co_return co_await refuse(held.error(), &request.head, &request);
    if (auto wrong = owner_.gate().check_body(request, as_bytes(held_body_), now()))
      co_return co_await refuse(std::move(*wrong));
  }
  auto verdict = owner_.gate().admit(std::move(request), owner_.replays(), now());
  if (auto* const refused = std::get_if<gate::refused>(&verdict)) co_return co_await refuse(std::move(*refused));
  if (!held_) owner_.metrics().decision_time.observe(steady::now() - started_);
  co_return co_await forward(std::move(*std::get_if<gate::admitted>(&verdict)));
}

// A key that is not known may be one that the edge has just begun to use: the keys are fetched once more, within the
// limits of the key set, and the request is looked at again.
io::task<session::opening> session::open(http::request_head head) {
  opening outcome = owner_.gate().open(std::move(head), now());
  const auto* const refused = std::get_if<gate::refused>(&outcome);
  if (refused == nullptr || !refused->unknown_key || !owner_.refetch_keys()) co_return outcome;
  co_await owner_.key_answer();
  auto again = http::parse_request_head(head_text_, head_limits());
  if (again.ok()) outcome = owner_.gate().open(std::move(*again), now());
  co_return outcome;
}

// Nothing of a signed body reaches the app before all of it was checked, so it is held in memory, within a budget.
io::task<result<void>> session::hold_body() {
  const std::uint64_t most = settings().limits.max_signed_body_bytes;
  const bool counted = facts_.body == http::body_framing::content_length;
  if (counted && facts_.content_length > most) co_return reason::body_too_large;
  held_ = true;
  if (facts_.body == http::body_framing::none) co_return result<void>();
  held_share_ = owner_.bodies().reserve(counted ? facts_.content_length : most);
  if (!held_share_) co_return reason::signed_bodies_full;
  co_return co_await read_held_body();
}

io::task<result<void>> session::read_held_body() {
  if (std::exchange(facts_.expects_continue, false) && !co_await write(continue_head))
    co_return reason::framing_body_incomplete;
  held_body_.reserve(static_cast<std::size_t>(facts_.content_length));
  for (;;) {
    const auto piece = body_->piece();
    if (!piece.ok()) co_return piece.error();
    if (!piece->has_value()) {
      const auto filled = co_await body_->fill(settings().timeouts.body);
      if (!filled.ok()) co_return filled.error();
      continue;
    }
    if (piece->value().empty()) co_return result<void>();
    if (held_body_.size() + piece->value().size() > settings().limits.max_signed_body_bytes)
      co_return reason::body_too_large;
    held_body_.append(piece->value());
  }
}

io::task<bool> session::forward(gate::admitted request) {
  owner_.audit().write(request.audit);
  owner_.metrics().decisions.add(reason::ok);
  owner_.metrics().clock_seen(request.clock_difference);
  const outgoing_body framing = outgoing_framing();
  out_.clear();
  append_request_head(out_, request, framing, facts_.http10);
  const bool streams = facts_.body != http::body_framing::none && !held_;
  const outgoing_request outgoing{request.method,
                                  request.request_id,
                                  request.snapshot.get(),
                                  out_,
                                  framing.how == outgoing_body::framing::chunked,
                                  held_body_,
                                  streams ? &*body_ : nullptr,
                                  facts_.expects_continue && streams,
                                  facts_.http10,
                                  facts_.keep_alive};
  exchange carried(caller_, owner_.pool(), settings(), owner_.metrics(), owner_.stopping(), text_);
  exchange_end end = co_await carried.run(outgoing);
  co_return co_await end_with(std::move(end), request.request_id);
}

io::task<bool> session::end_with(exchange_end end, std::string_view request_id) {
  if (end.why.why != reason::ok) {
    owner_.metrics().failures.add(end.why.why);
    log::request_failed(end.why, request_id);
    if (!end.answered) co_return co_await answer_refusal(end.why.why, request_id);
  }
  owner_.metrics().request_time.observe(steady::now() - started_);
  linger_ = !end.reusable && end.answered && !body_is_at_hand();
  co_return end.reusable;
}

io::task<bool> session::refuse(failure why, const http::request_head* head, const gate::opened* request) {
  co_return co_await refuse(owner_.gate().refuse(std::move(why), head, request, now()));
}

io::task<bool> session::refuse(gate::refused why) {
  if (why.clock_difference) owner_.metrics().clock_seen(*why.clock_difference);
  if (why.request_id.empty()) {
    why.request_id = make_request_id();
    why.audit = with_request_id(std::move(why.audit), why.request_id);
  }
  // Nothing is lost that was served: while nobody takes the lines, refusals are counted and nothing else happens.
  if (owner_.audit_sink().takes_lines()) owner_.audit().write(why.audit);
  owner_.metrics().decisions.add(why.why);
  co_return co_await answer_refusal(why.why, why.request_id);
}

// The connection goes on only when it is certain where the next request begins.
io::task<bool> session::answer_refusal(reason why, std::string_view request_id) {
  const bool goes_on = facts_.keep_alive && !owner_.stopping() && body_is_at_hand();
  const auto kept = facts_.http10 ? connection_note::keep_alive : connection_note::nothing;
  std::string answer;
  append_refusal(answer, why, request_id, facts_.head_only, goes_on ? kept : connection_note::close);
  const bool written = co_await write(answer);
  owner_.metrics().request_time.observe(steady::now() - started_);
  linger_ = written && !goes_on;
  co_return written&& goes_on;
}

io::task<bool> session::write(std::string_view text) {
  boost::asio::const_buffer part(text.data(), text.size());
  co_return (co_await caller_.write({&part, 1}, settings().timeouts.body)).ok();
}

// Closing while the caller still sends would make its system throw away the answer (RFC 9112 section 9.6).
io::task<> session::linger() {
  caller_.shutdown_send();
  // Its answer is out: stopping need not wait for this connection.
  between_requests_ = true;
  const auto until = steady::now() + settings().timeouts.linger;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - steady::now());
    if (left.count() <= 0 || owner_.stopping()) co_return;
    box_.consume(box_.unread().size());
    if (!(co_await caller_.read(box_.room(), left)).ok()) co_return;
  }
}

void session::begin_request() {
  started_ = steady::now();
  facts_ = {};
  body_.reset();
  held_ = false;
  served_any_ = true;
}

void session::release_body() {
  held_body_.clear();
  if (held_body_.capacity() > session_inbox_bytes) held_body_.shrink_to_fit();
  held_share_ = {};
}

void session::note_facts(const http::request_head& head) {
  facts_ = {head.body,
            head.body == http::body_framing::content_length ? head.content_length : 0,
            head.minor_version == 0,
            head.keep_alive,
            head.expect_continue,
            head.method == "HEAD"};
  body_.emplace(caller_, box_, body_decoder(head.body, head.content_length, settings().limits.max_body_bytes));
}

bool session::body_is_at_hand() {
  while (body_) {
    const auto piece = body_->piece();
    if (!piece.ok() || !piece->has_value()) return false;
    if (piece->value().empty()) return true;
  }
  return false;
}

// A body that was held has a length by now, whichever way it came.
outgoing_body session::outgoing_framing() const {
  using framing = outgoing_body::framing;
  if (facts_.body == http::body_framing::none) return {framing::none, 0};
  if (held_) return {framing::counted, held_body_.size()};
  if (facts_.body == http::body_framing::content_length) return {framing::counted, facts_.content_length};
  return {framing::chunked, 0};
}

http::head_limits session::head_limits() const {
  return {settings().limits.max_head_bytes, settings().limits.max_fields};
}

const config::settings& session::settings() const {
  return owner_.settings();
}

void session::count_bytes() {
  owner_.metrics().bytes_from_callers.add(caller_.bytes_read() - std::exchange(counted_in_, caller_.bytes_read()));
  owner_.metrics().bytes_to_callers.add(caller_.bytes_written() - std::exchange(counted_out_, caller_.bytes_written()));
}

}  // namespace sallyport::agent::proxy
