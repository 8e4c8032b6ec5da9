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

void append_unless_empty(std::string& to, std::string_view name, std::string_view value) {
  if (!value.empty()) to.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void append_refusal(std::string& to, reason why, std::string_view request_id, std::string_view channel, bool head_only,
                    connection_note note) {
  const std::string body = gate::problem_body(why, request_id);
  to.append("HTTP/1.1 ");
  append_number(to, describe(why).http_status);
  to.append(" ").append(gate::title_of(why)).append("\r\n");
  append_unless_empty(to, "Content-Type", gate::problem_content_type);
  to.append("Content-Length: ");
  append_number(to, body.size());
  to.append("\r\nCache-Control: no-store\r\n");
  append_date(to, seconds_now());
  append_unless_empty(to, "Sallyport-Request-Id", request_id);
  append_unless_empty(to, channel::field_name, channel);
  // No app can say this: what it sends under a Sallyport name goes no further.
  const bool unreached = why == reason::upstream_connect_failed;
  append_unless_empty(to, "Sallyport-Refusal",
                      std::string(describe(why).public_code) + (unreached ? ";unreached" : ""));
  append_unless_empty(to, "WWW-Authenticate", gate::challenge(why));
  // RFC 9110 section 15.6.4. Each of these may be over with the next connection that ends.
  if (describe(why).http_status == 503) append_unless_empty(to, "Retry-After", retry_after_s);
  if (note == connection_note::stopping) append_unless_empty(to, "Sallyport-Stopping", "1");
  if (note == connection_note::close || note == connection_note::stopping)
    append_unless_empty(to, "Connection", "close");
  if (note == connection_note::keep_alive) append_unless_empty(to, "Connection", "keep-alive");
  to.append("\r\n");
  if (!head_only) to.append(body);
}

std::string make_request_id() {
  const auto random = openssl::random_bytes(request_id_bytes);
  if (!random.ok()) return "agent-unnamed";
  return "agent-" + encoding::encode_base64url(*random);
}

}  // namespace sallyport::agent::proxy
