#include "agent/proxy/exchange.hpp"

#include <algorithm>
#include <utility>

#include "agent/log/log.hpp"
#include "agent/proxy/date.hpp"
#include "gate/edge/answer_cookies.hpp"
#include "http/fields.hpp"
#include "http/method.hpp"

namespace sallyport::agent::proxy {

namespace {

/// Held bodies up to this leave in one write with their head.
constexpr std::size_t gathered_body_bytes = std::size_t{64} << 10;
/// 1xx responses that are stepped over before the app is told to come to the point.
constexpr unsigned max_interim = 256;
/// For a read that another limit guards: the upload's.
constexpr std::chrono::hours guarded_elsewhere{24};
constexpr std::string_view continue_head = "HTTP/1.1 100 Continue\r\n\r\n";

reason upstream_reason(reason of_reading) {
  if (of_reading == reason::request_timeout) return reason::upstream_timeout;
  if (of_reading == reason::framing_body_incomplete) return reason::upstream_closed;
  return reason::upstream_invalid_response;
}

}  // namespace

io::task<exchange_end> exchange::run(const outgoing_request& request) {
  request_ = &request;
  if (!gather_first()) co_return std::move(end_);
  auto how = attempt::failed;
  bool reuse = true;
  do {
    if (!co_await obtain_connection(reuse)) co_return std::move(end_);
    how = co_await send_and_wait();
    if (how == attempt::stale) co_await clear_attempt();
    reuse = how == attempt::unused;
  } while (how == attempt::unused || how == attempt::stale);
  if (how == attempt::answered) co_await relay_answer();
  co_await wind_up();
  co_return std::move(end_);
}

// What leaves with the head: a small held body, or what has arrived of one that streams. A malformed one is found here,
// before the app hears of the request.
bool exchange::gather_first() {
  first_.emplace(request_->chunked);
  first_->head(request_->head);
  if (!request_->held_body.empty() && request_->held_body.size() <= gathered_body_bytes)
    first_->piece(request_->held_body);
  if (request_->body == nullptr) return true;
  const auto got = gather(*request_->body, *first_);
  if (got.ok()) first_state_ = *got;
  if (!got.ok()) fail(got.error());
  return got.ok();
}

io::task<bool> exchange::obtain_connection(bool reuse) {
  link_ = reuse ? pool_.take_idle(request_->subject) : nullptr;
  if (link_) co_return true;
  auto connected = co_await pool_.connect();
  if (connected.ok()) link_ = std::move(*connected);
  if (!connected.ok()) fail(connected.error());
  co_return connected.ok();
}

io::task<exchange::attempt> exchange::send_and_wait() {
  if (request_->expects_continue && !co_await send_continue()) co_return attempt::failed;
  // A new connection belongs to this request alone, whatever comes on it.
  if (link_->reused && !pool_.is_quiet(*link_)) co_return attempt::unused;
  if (link_->reused) counts_.upstream_reuses.add();
  const io::io_result sent = co_await send_first();
  if (!sent.ok() && may_repeat(sent.bytes)) co_return attempt::stale;
  if (co_await read_answer_head()) co_return attempt::answered;
  if (heard_ || end_.why.why != reason::upstream_closed || !may_repeat(sent.bytes)) co_return attempt::failed;
  end_.why = reason::ok;
  co_return attempt::stale;
}

io::task<bool> exchange::send_continue() {
  if (std::exchange(continued_, true)) co_return true;
  boost::asio::const_buffer part(continue_head.data(), continue_head.size());
  const io::io_result sent = co_await caller_.write({&part, 1}, settings_.timeouts.body);
  if (!sent.ok()) fail(reason::framing_body_incomplete);
  co_return sent.ok();
}

// An app that stops reading may have answered already, so a failed write is left for the read to judge.
io::task<io::io_result> exchange::send_first() {
  ++end_.attempts;
  end_.reused = link_->reused;
  outgoing first = *first_;
  const bool more = first_state_ != gathered::last;
  const io::io_result sent = co_await link_->link.write(first.parts(!more), settings_.timeouts.body);
  first_sent_ = sent.ok();
  if (!sent.ok()) co_return sent;
  const upload_limits limits{settings_.timeouts.body, settings_.upstream.first_byte};
  if (more) upload_.emplace(link_->link, limits).start(*request_->body, request_->chunked);
  if (request_->held_body.size() > gathered_body_bytes) upload_.emplace(link_->link, limits).start(request_->held_body);
  co_return sent;
}

// A pooled connection may have been closed by the app while the request was under way to it. Once more is safe when
// nothing of the request was taken, or when it may be repeated by its nature (RFC 9110 section 9.2.2).
bool exchange::may_repeat(std::size_t bytes_taken) const {
  if (!link_->reused || !is_at_hand()) return false;
  return http::is_idempotent(request_->method) || (bytes_taken == 0 && !upload_);
}

// Whether the app was sent all of the request, so that what it reads next on its connection is another one.
bool exchange::is_sent() const {
  return first_sent_ && (!upload_ || upload_->complete());
}

// Whether all of the request was read, so that what its caller sends next is another one.
bool exchange::is_read() const {
  return first_state_ == gathered::last || (upload_ && upload_->complete());
}

// Whether all of the request can be sent again. What counts of a body is its bytes, not the field that announced it:
// one of length 0, and one that came whole with its head, are at hand.
bool exchange::is_at_hand() const {
  return request_->body == nullptr || !upload_;
}

io::task<> exchange::clear_attempt() {
  counts_.upstream_retries.add();
  if (!upload_) co_return;
  link_->link.close();
  co_await upload_->join();
  upload_.reset();
}

io::task<bool> exchange::read_answer_head() {
  const http::head_limits limits{settings_.limits.max_head_bytes, settings_.limits.max_fields};
  http::head_scanner scanner(limits);
  for (;;) {
    const auto scanned = scanner.scan(link_->box.unread());
    if (!scanned.ok()) {
      fail({reason::upstream_invalid_response, std::string(name_of(scanned.why()))});
      co_return false;
    }
    if (*scanned == http::head_scanner::state::complete) {
      if (!parse_answer(scanner.length())) co_return false;
      if (!answer_.interim) co_return true;
      if (!step_over_interim()) co_return false;
      scanner.reset();
      continue;
    }
    if (link_->box.full()) link_->box.grow(settings_.limits.max_head_bytes + 1);
    const bool uploading = upload_ && upload_->running();
    const io::io_result got =
        co_await link_->link.read(link_->box.room(), uploading ? guarded_elsewhere : settings_.upstream.first_byte);
    if (!got.ok()) {
      fail_read(got.status);
      co_return false;
    }
    link_->box.arrived(got.bytes);
    heard_ = true;
  }
}

bool exchange::parse_answer(std::size_t head_bytes) {
  const http::head_limits limits{settings_.limits.max_head_bytes, settings_.limits.max_fields};
  text_.answer.assign(link_->box.unread().substr(0, head_bytes));
  link_->box.consume(head_bytes);
  auto parsed = http::parse_response_head(text_.answer, request_->method, limits);
  if (!parsed.ok()) {
    fail(parsed.error());
    return false;
  }
  answer_ = std::move(*parsed);
  if (answer_.upgrade.empty() && answer_.status != 101) return true;
  fail({reason::upstream_invalid_response, "a switch of protocols that nobody asked for"});
  return false;
}

// RFC 9110 section 15.2 lets a proxy forward interim responses. This one does not: its caller is the edge, whose fetch
// takes the first head that it reads for the response.
bool exchange::step_over_interim() {
  if (++interim_ <= max_interim) return true;
  fail({reason::upstream_invalid_response, "too many interim responses"});
  return false;
}

// What is guarded on the way in must not be planted on the way out.
void exchange::drop_credential_cookies() {
  const gate::origin_snapshot& with = *request_->decided_with;
  const auto plants = [&](const http::field& each) {
    if (!http::name_equals(each.name, "set-cookie")) return false;
    return gate::sets_credential_cookie(*with.policy, each.value) ||
           (with.previous != nullptr && gate::sets_credential_cookie(*with.previous, each.value));
  };
  if (std::erase_if(answer_.fields, plants) > 0) log::credential_cookie_dropped(request_->request_id);
}

io::task<> exchange::relay_answer() {
  end_.status = answer_.status;
  end_.head_at = std::chrono::steady_clock::now();
  if (upload_) upload_->answer_begins();
  drop_credential_cookies();
  const outgoing_body body = framing_for_caller(answer_, request_->method, request_->caller_http10);
  text_.out.clear();
  const answered_request answered{request_->request_id, seconds_now(), request_->channel};
  append_response_head(text_.out, answer_, answered, body, note(body));
  outgoing next(body.how == outgoing_body::framing::chunked);
  next.head(text_.out);
  body_source source(link_->link, link_->box, {answer_.body, answer_.content_length, ~std::uint64_t{0}});
  whole_ = co_await relay_body(source, next);
  end_.out = source.bytes();
}

// False when the answer did not go out whole, for which the end of the connection is the only sign there is left.
io::task<bool> exchange::relay_body(body_source& body, outgoing& next) {
  for (;;) {
    const auto got = gather(body, next);
    if (!got.ok()) {
      fail({upstream_reason(got.why()), std::string(name_of(got.why()))});
      co_return false;
    }
    const auto parts = next.parts(*got == gathered::last);
    end_.answered = true;
    if (!parts.empty() && !co_await write_to_caller(parts)) co_return false;
    if (*got == gathered::last) co_return true;
    next.clear();
    if (*got == gathered::full) continue;
    const auto filled = co_await body.fill(patience_for_body(), caller_);
    if (!filled.ok()) {
      const bool by_caller = upload_ && upload_->caller_failure() != reason::ok;
      fail(by_caller ? upload_->caller_failure() : upstream_reason(filled.why()));
      co_return false;
    }
  }
}

// WHATWG HTML section 9.2: an event stream is silent for as long as there is no event.
std::chrono::milliseconds exchange::patience_for_body() const {
  const auto type = http::single_field(answer_.fields, "content-type").value_or("");
  const std::string_view media = type.substr(0, type.find_first_of("; \t"));
  const auto& times = settings_.timeouts;
  return http::name_equals(media, "text/event-stream") ? std::max(times.event_stream, times.body) : times.body;
}

io::task<bool> exchange::write_to_caller(std::span<boost::asio::const_buffer> parts) {
  const io::io_result sent = co_await caller_.write(parts, settings_.timeouts.body);
  if (sent.status == io::io_status::timed_out)
    fail({reason::request_timeout, "the caller takes no more of the answer"});
  if (sent.status == io::io_status::failed) fail(reason::caller_left);
  co_return sent.ok();
}

connection_note exchange::note(const outgoing_body& body) {
  const bool uploading = upload_ && !upload_->complete();
  close_ = !request_->caller_keeps_alive || stopping_ || !is_read() || uploading ||
           body.how == outgoing_body::framing::until_close;
  if (stopping_) return connection_note::stopping;
  if (close_) return connection_note::close;
  return request_->caller_http10 ? connection_note::keep_alive : connection_note::nothing;
}

io::task<> exchange::wind_up() {
  if (upload_ && upload_->running()) {
    close_ = true;
    caller_.cancel();
    link_->link.close();
    co_await upload_->join();
  }
  end_.reusable = whole_ && is_read() && !close_;
  if (whole_ && is_sent() && answer_.keep_alive && end_is_proven())
    pool_.give_back(std::move(link_), request_->subject);
}

// Responses to HEAD, 204 and 304 end with their head by a rule (RFC 9112 section 6.3) that an app may not know: content
// that it sends all the same would be read as the next response.
bool exchange::end_is_proven() const {
  return answer_.body == http::body_framing::content_length || answer_.body == http::body_framing::chunked;
}

void exchange::abandon() {
  // While a connection is made there is nothing to give up; what is noticed then is noticed again.
  if (link_ == nullptr || std::exchange(abandoned_, true)) return;
  if (upload_ && upload_->running()) caller_.cancel();
  link_->link.close();
}

// Whatever breaks once the request was given up does so because of that.
void exchange::fail(failure why) {
  end_.why = abandoned_ ? failure(reason::caller_left) : std::move(why);
}

void exchange::fail_read(io::io_status how) {
  if (upload_ && upload_->caller_failure() != reason::ok) return fail(upload_->caller_failure());
  // An app that takes no more of the body in time is as late as one that does not answer.
  if (how == io::io_status::timed_out || link_->link.write_timed_out()) return fail(reason::upstream_timeout);
  fail({reason::upstream_closed, how == io::io_status::end ? "it closed the connection" : "the connection broke"});
}

}  // namespace sallyport::agent::proxy
