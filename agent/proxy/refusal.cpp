#include "agent/proxy/refusal.hpp"

#include "agent/openssl/generate.hpp"
#include "agent/proxy/date.hpp"
#include "channel/field.hpp"
#include "encoding/base64url.hpp"
#include "gate/protocol/problem.hpp"

namespace sallyport::agent::proxy {

namespace {

constexpr std::size_t request_id_bytes = 16;
constexpr std::string_view retry_after_s = "1";
/// Of agent_field.
constexpr std::string_view own_mark = "1";

void append_unless_empty(std::string& to, std::string_view name, std::string_view value) {
  if (!value.empty()) to.append(name).append(": ").append(value).append("\r\n");
}

void append_start(std::string& to, int status, std::string_view title, std::string_view type, std::size_t length) {
  to.append("HTTP/1.1 ");
  append_number(to, static_cast<std::uint64_t>(status));
  to.append(" ").append(title).append("\r\n");
  append_unless_empty(to, "Content-Type", type);
  to.append("Content-Length: ");
  append_number(to, length);
  to.append("\r\nCache-Control: no-store\r\n");
  append_date(to, seconds_now());
}

void append_note(std::string& to, connection_note note) {
  if (note == connection_note::stopping) append_unless_empty(to, "Sallyport-Stopping", "1");
  if (note == connection_note::close || note == connection_note::stopping)
    append_unless_empty(to, "Connection", "close");
  if (note == connection_note::keep_alive) append_unless_empty(to, "Connection", "keep-alive");
  to.append("\r\n");
}

}  // namespace

void append_refusal(std::string& to, const refusal& what, connection_note note) {
  const auto& row = describe(what.why);
  const std::string body = gate::problem_body(what.why, what.request_id);
  append_start(to, row.http_status, gate::title_of(what.why), gate::problem_content_type, body.size());
  append_unless_empty(to, "Sallyport-Request-Id", what.request_id);
  append_unless_empty(to, channel::field_name, what.channel);
  if (what.own_path) append_unless_empty(to, gate::agent_field, own_mark);
  // To the edge, which brings the very same request to another task.
  if (what.elsewhere) append_unless_empty(to, gate::agent_field, gate::stopping_mark);
  // No app can say this: what it sends under a Sallyport name goes no further.
  const bool unreached = what.why == reason::upstream_connect_failed;
  append_unless_empty(to, "Sallyport-Refusal", std::string(row.public_code) + (unreached ? ";unreached" : ""));
  append_unless_empty(to, "WWW-Authenticate", gate::challenge(what.why));
  // RFC 9110 section 15.5.6.
  if (what.why == reason::agent_method) append_unless_empty(to, "Allow", "GET");
  // RFC 9110 section 15.6.4. Each of these may be over with the next connection that ends.
  if (row.http_status == 503) append_unless_empty(to, "Retry-After", retry_after_s);
  append_note(to, note);
  if (!what.head_only) to.append(body);
}

void append_status(std::string& to, const gate::agent_status& says, connection_note note) {
  const std::string body = gate::write_status(says);
  append_start(to, 200, "OK", gate::status_content_type, body.size());
  append_unless_empty(to, gate::agent_field, own_mark);
  append_note(to, note);
  to.append(body);
}

std::string make_request_id() {
  const auto random = openssl::random_bytes(request_id_bytes);
  if (!random.ok()) return "agent-unnamed";
  return "agent-" + encoding::encode_base64url(*random);
}

}  // namespace sallyport::agent::proxy
