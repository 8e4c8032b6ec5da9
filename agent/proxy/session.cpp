#include "agent/proxy/session.hpp"

#include <algorithm>
#include <utility>

#include "agent/proxy/outcome_line.hpp"
#include "agent/proxy/refusal.hpp"

namespace sallyport::agent::proxy {

namespace {

constexpr std::string_view continue_head = "HTTP/1.1 100 Continue\r\n\r\n";

unix_milliseconds now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

/// Who asks, as one text that no other issuer and subject give. Empty for the anonymous, of whom nobody knows whether
/// two are one.
std::string subject_of(const gate::verified_assertion& asserted) {
  const policy::identity& who = asserted.content.who;
  if (who.kind == policy::identity_kind::anonymous) return "";
  return std::to_string(who.issuer.size()) + ":" + who.issuer + who.subject;
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
  co_await close_in_order();
}

io::task<> session::turn_away() {
  co_await refuse(reason::too_many_connections);
  co_await close_in_order();
}

// A caller that took nothing within the limit of a write gets no more time.
io::task<> session::close_in_order() {
  if (!caller_.write_timed_out()) co_await linger();
  count_bytes();
  if (!caller_.open()) co_return;
  caller_.discard_unread();
  caller_.close();
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
    if (between_requests_ && !waits_on()) co_return false;
    if (box_.full()) box_.grow(settings().limits.max_head_bytes + 1);
    const io::io_result got = co_await read_head_bytes();
    if (got.status == io::io_status::timed_out && !between_requests_) {
      begin_request();
      co_await refuse(reason::request_timeout);
    }
    if (got.status == io::io_status::failed && owner_.closing() && !std::exchange(looked_again_, true)) continue;
    if (!got.ok()) co_return false;
    if (std::exchange(between_requests_, false)) head_started_ = owner_.wheel().elapsed();
    box_.arrived(got.bytes);
  }
  between_requests_ = false;
  head_text_.assign(box_.unread().substr(0, scanner.length()));
  box_.consume(scanner.length());
  co_return true;
}

// Once the doors are closed, a kept connection ends unless a request has come on it already. On one that was accepted a
// moment ago the first request may still be under way.
bool session::waits_on() {
  return !owner_.closing() || !served_any_ || caller_.pending() == io::arrived::bytes;
}

// A head has one limit from its first byte on, however its bytes are spread.
io::task<io::io_result> session::read_head_bytes() {
  const auto& times = settings().timeouts;
  const auto first = owner_.closing() ? std::min(times.head, times.drain) : times.head;
  if (between_requests_) co_return co_await caller_.read(box_.room(), served_any_ ? times.idle : first);
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
  facts_.elsewhere = owner_.refusing() && !facts_.own;
  const failure objects = objection(*parsed);
  if (objects.why != reason::ok) co_return co_await refuse(objects, &*parsed);
  if (facts_.own) co_return co_await tell_status(*parsed);
  co_return co_await decide(std::move(*parsed));
}

// What this agent itself cannot or will not carry, before the gate is asked.
failure session::objection(const http::request_head& head) const {
  if (facts_.elsewhere) return reason::shutting_down;
  if (!head.upgrade.empty()) return reason::framing_upgrade_unsupported;
  if (head.body == http::body_framing::content_length && head.content_length > settings().limits.max_body_bytes)
    return reason::body_too_large;
  if (!owner_.audit_sink().takes_lines()) return reason::audit_blocked;
  return reason::ok;
}

io::task<bool> session::decide(http::request_head head) {
  opening outcome = co_await open(std::move(head));
  note_channel(outcome);
  if (auto* const refused = std::get_if<gate::refused>(&outcome)) co_return co_await refuse(std::move(*refused));
  const use under_way(owner_.uses());
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

// Counted, and no line: the edge asks several times a second while it waits.
io::task<bool> session::tell_status(const http::request_head& head) {
  auto verdict = owner_.gate().probe(head, owner_.replays(), owner_.probe_rate(), now(), own_id());
  const auto* refused = std::get_if<gate::refused>(&verdict);
  if (refused != nullptr && refused->unknown_key && owner_.refetch_keys()) {
    co_await owner_.key_answer();
    verdict = owner_.gate().probe(head, owner_.replays(), owner_.probe_rate(), now(), own_id());
    refused = std::get_if<gate::refused>(&verdict);
  }
  owner_.metrics().probes.add(refused != nullptr ? refused->why : reason::ok);
  if (refused != nullptr) co_return co_await answer_refusal(refused->why, refused->request_id);
  co_return co_await write_status(owner_.status(*std::get_if<gate::accepted_probe>(&verdict)));
}

io::task<bool> session::write_status(const gate::agent_status& says) {
  const bool goes_on = facts_.keep_alive && !owner_.stopping();
  const auto kept = facts_.http10 ? connection_note::keep_alive : connection_note::nothing;
  std::string text;
  append_status(text, says, goes_on ? kept : connection_note::close);
  co_return co_await write(text) && goes_on;
}

// A key that is not known may be one that the edge has just begun to use: the keys are fetched once more, within the
// limits of the key set, and the request is looked at again.
io::task<session::opening> session::open(http::request_head head) {
  opening outcome = owner_.gate().open(std::move(head), now(), own_id());
  const auto* const refused = std::get_if<gate::refused>(&outcome);
  if (refused == nullptr || !refused->unknown_key || !owner_.refetch_keys()) co_return outcome;
  co_await owner_.key_answer();
  auto again = http::parse_request_head(head_text_, head_limits());
  if (again.ok()) outcome = owner_.gate().open(std::move(*again), now(), own_id());
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

// Made once, and used by the first refusal that has no id of the edge.
std::string_view session::own_id() {
  if (own_id_.empty()) own_id_ = make_request_id();
  return own_id_;
}

io::task<bool> session::forward(gate::admitted request) {
  decided_ = steady::now();
  owner_.audit().write(request.audit);
  owner_.metrics().decisions.add(reason::ok);
  owner_.metrics().clock_seen(request.clock_difference);
  const outgoing_body framing = outgoing_framing();
  out_.clear();
  append_request_head(out_, request, framing, facts_.http10);
  const bool empty = facts_.body == http::body_framing::content_length && facts_.content_length == 0;
  const bool streams = facts_.body != http::body_framing::none && !empty && !held_;
  const std::string subject = subject_of(*request.assertion);
  const outgoing_request outgoing{request.method,
                                  request.request_id,
                                  request.snapshot.get(),
                                  subject,
                                  out_,
                                  framing.how == outgoing_body::framing::chunked,
                                  held_body_,
                                  streams ? &*body_ : nullptr,
                                  facts_.expects_continue && streams,
                                  facts_.http10,
                                  facts_.keep_alive,
                                  channel_.field};
  exchange carried(caller_, owner_.pool(), settings(), owner_.metrics(), owner_.stopping(), text_);
  exchange_ = &carried;
  half_closed_ = false;
  exchange_end end = co_await carried.run(outgoing);
  exchange_ = nullptr;
  co_return co_await end_with(std::move(end), request.request_id);
}

io::task<bool> session::end_with(exchange_end end, std::string_view request_id) {
  // Neither the caller nor the app is to blame for that.
  if (owner_.cutting_off() && end.why.why != reason::ok) end.why = reason::shutting_down;
  const std::uint64_t in = held_ ? held_body_.size() : body_->bytes();
  owner_.audit().write(outcome_line(end, {request_id, settings().service, in, decided_}, now()));
  if (end.why.why == reason::upstream_connect_failed) owner_.app_failed();
  if (end.why.why != reason::ok) {
    owner_.metrics().failures.add(end.why.why);
    if (!end.answered) co_return co_await answer_refusal(end.why.why, request_id);
  }
  owner_.metrics().request_time.observe(steady::now() - started_);
  co_return end.reusable;
}

io::task<bool> session::refuse(failure why, const http::request_head* head, const gate::opened* request) {
  co_return co_await refuse(owner_.gate().refuse(std::move(why), head, request, now(), own_id()));
}

io::task<bool> session::refuse(gate::refused why) {
  if (why.clock_difference) owner_.metrics().clock_seen(*why.clock_difference);
  if (why.request_id == own_id_) own_id_.clear();
  // Nothing is lost that was served: while nobody takes the lines, refusals are counted and nothing else happens.
  if (owner_.audit_sink().takes_lines()) owner_.audit().write(why.audit);
  owner_.metrics().decisions.add(why.why);
  if (channel_.unknown || facts_.elsewhere) co_await discard_body();
  co_return co_await answer_refusal(why.why, why.request_id);
}

void session::note_channel(const opening& outcome) {
  channel_ = std::visit([](const auto& each) { return each.channel; }, outcome);
  metrics::thread_metrics& counts = owner_.metrics();
  if (channel_.used) counts.channel_requests.add();
  if (channel_.grant_verified) counts.channel_grants_verified.add();
  const auto* const refused = std::get_if<gate::refused>(&outcome);
  if (channel_.unknown && refused != nullptr) counts.channel_unknown.add(refused->why);
}

// The edge sends the same request once more, by the same connection if it can. Its platform loses the response to an
// upload whose connection is reset: so as much of a body as would have been held is read and thrown away. How long that
// may take as a whole is limited: nobody has signed this request.
io::task<> session::discard_body() {
  const std::uint64_t most = settings().limits.max_signed_body_bytes;
  if (!body_ || facts_.content_length > most || body_is_at_hand()) co_return;
  if (std::exchange(facts_.expects_continue, false) && !co_await write(continue_head)) co_return;
  const auto until = owner_.wheel().elapsed() + settings().timeouts.body;
  while (body_->bytes() <= most) {
    const auto piece = body_->piece();
    if (!piece.ok() || (piece->has_value() && piece->value().empty())) co_return;
    if (piece->has_value()) continue;
    const auto left = until - owner_.wheel().elapsed();
    if (left.count() <= 0 || !(co_await body_->fill(left)).ok()) co_return;
  }
}

// The connection goes on only when it is certain where the next request begins.
io::task<bool> session::answer_refusal(reason why, std::string_view request_id) {
  const bool goes_on = facts_.keep_alive && !owner_.stopping() && body_is_at_hand();
  const auto kept = facts_.http10 ? connection_note::keep_alive : connection_note::nothing;
  std::string answer;
  const auto ends = owner_.stopping() ? connection_note::stopping : connection_note::close;
  append_refusal(answer, {why, request_id, channel_.field, facts_.head_only, facts_.own, facts_.elsewhere},
                 goes_on ? kept : ends);
  const bool written = co_await write(answer);
  owner_.metrics().request_time.observe(steady::now() - started_);
  co_return written&& goes_on;
}

io::task<bool> session::write(std::string_view text) {
  boost::asio::const_buffer part(text.data(), text.size());
  co_return (co_await caller_.write({&part, 1}, settings().timeouts.body)).ok();
}

void session::begin_request() {
  started_ = steady::now();
  facts_ = {};
  body_.reset();
  held_ = false;
  channel_ = {};
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
            head.method == "HEAD",
            gate::own_target_of(head.target) != gate::own_target::none,
            false};
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
