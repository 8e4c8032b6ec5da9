#include "agent/proxy/heads.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include "agent/proxy/date.hpp"
#include "channel/field.hpp"
#include "http/fields.hpp"

namespace sallyport::agent::proxy {

namespace {

void append_field(std::string& to, std::string_view name, std::string_view value) {
  to.append(name).append(": ").append(value).append("\r\n");
}

void append_framing(std::string& to, const outgoing_body& body) {
  switch (body.how) {
    case outgoing_body::framing::counted:
      to.append("Content-Length: ");
      append_number(to, body.length);
      to.append("\r\n");
      return;
    case outgoing_body::framing::chunked: to.append("Transfer-Encoding: chunked\r\n"); return;
    case outgoing_body::framing::none:
    case outgoing_body::framing::until_close: return;
  }
}

void append_status_line(std::string& to, const http::response_head& answer) {
  to.append("HTTP/1.1 ");
  append_number(to, answer.status);
  to.append(" ").append(answer.reason_phrase).append("\r\n");
}

// Sallyport-* and framing are this hop's to state. Signatures and digests are the app's own word about its response,
// and names that matter in requests mean nothing here to anybody whom Sallyport answers for.
bool may_answer_with(http::field_class which) {
  switch (which) {
    case http::field_class::ordinary:
    case http::field_class::signature:
    case http::field_class::digest:
    case http::field_class::forwarding:
    case http::field_class::trusted: return true;
    case http::field_class::sallyport:
    case http::field_class::hop_by_hop:
    case http::field_class::framing: return false;
  }
  return false;
}

void append_fields(std::string& to, std::span<const http::field> fields) {
  const bool named = http::has_connection_names(fields);
  for (const http::field& each : fields) {
    if (!may_answer_with(http::classify(each.name))) continue;
    if (named && http::named_by_connection(fields, each.name)) continue;
    append_field(to, each.name, each.value);
  }
}

bool has_field(std::span<const http::field> fields, std::string_view name) {
  return std::ranges::any_of(fields, [&](const http::field& each) { return http::name_equals(each.name, name); });
}

bool never_has_body(std::uint16_t status) {
  return status < 200 || status == 204 || status == 304;
}

std::string_view note_text(connection_note note) {
  switch (note) {
    case connection_note::close: return "Connection: close\r\n";
    case connection_note::keep_alive: return "Connection: keep-alive\r\n";
    case connection_note::stopping: return "Connection: close\r\nSallyport-Stopping: 1\r\n";
    case connection_note::nothing: return "";
  }
  return "";
}

}  // namespace

void append_number(std::string& to, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  to.append(digits, end);
}

void append_request_head(std::string& to, const gate::admitted& request, const outgoing_body& body, bool http10) {
  to.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  append_field(to, "Host", request.host);
  for (const http::field& each : request.fields) {
    // Expect was answered here, before the body was taken (RFC 9110 section 10.1.1).
    if (each.name.size() == 6 && http::name_equals(each.name, "expect")) continue;
    append_field(to, each.name, each.value);
  }
  // RFC 9110 section 7.6.3: a gateway adds itself behind whoever came before.
  to.append(http10 ? "Via: 1.0 sallyport\r\n" : "Via: 1.1 sallyport\r\n");
  append_framing(to, body);
  to.append("\r\n");
}

void append_response_head(std::string& to, const http::response_head& answer, const answered_request& request,
                          const outgoing_body& body, connection_note note) {
  append_status_line(to, answer);
  append_fields(to, answer.fields);
  append_field(to, "Sallyport-Request-Id", request.request_id);
  if (!request.channel.empty()) append_field(to, channel::field_name, request.channel);
  // RFC 9110 section 6.6.1: who receives and passes on an answer without a Date adds one.
  if (!has_field(answer.fields, "date")) append_date(to, request.answered_at);
  append_framing(to, body);
  if (answer.declared_length) {
    to.append("Content-Length: ");
    append_number(to, *answer.declared_length);
    to.append("\r\n");
  }
  to.append(note_text(note)).append("\r\n");
}

outgoing_body framing_for_caller(const http::response_head& answer, std::string_view method, bool http10) {
  using framing = outgoing_body::framing;
  switch (answer.body) {
    case http::body_framing::none:
      if (never_has_body(answer.status) || method == "HEAD") return {framing::none, 0};
      return {framing::counted, 0};
    case http::body_framing::content_length: return {framing::counted, answer.content_length};
    case http::body_framing::chunked:
    case http::body_framing::until_close: return {http10 ? framing::until_close : framing::chunked, 0};
  }
  return {framing::until_close, 0};
}

}  // namespace sallyport::agent::proxy
