#include "http/request_head.hpp"

#include "http/characters.hpp"
#include "http/fields.hpp"
#include "http/head_lines.hpp"
#include "http/host.hpp"
#include "http/method.hpp"

namespace sallyport::http {
namespace {

reason check_method(std::string_view method) {
  return is_token(method) && !is_refused_method(method) ? reason::ok : reason::framing_method;
}

reason check_target(std::string_view target) {
  if (target.empty()) return reason::framing_syntax;
  const bool origin_form = target[0] == '/' && target.find('#') == std::string_view::npos;
  return origin_form ? reason::ok : reason::framing_target_form;
}

// RFC 9112 section 3: method SP request-target SP HTTP-version, and exactly so.
reason read_request_line(std::string_view line, request_head& head) {
  const std::size_t control = find_control(line);
  if (control != std::string_view::npos) {
    return line[control] == '\r' ? reason::framing_bare_cr_or_lf : reason::framing_control_character;
  }
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return reason::framing_syntax;
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  if (head.target.find_first_of(" \t") != std::string_view::npos) return reason::framing_syntax;
  if (const reason why = read_version(line.substr(last + 1), head.minor_version); why != reason::ok) return why;
  if (const reason why = check_method(head.method); why != reason::ok) return why;
  return check_target(head.target);
}

reason check_collisions(const framing_fields& found, const request_head& head) {
  if (!found.unusual_name) return reason::ok;
  for (const auto& each : head.fields) {
    if (collides(each.name)) return reason::framing_field_collision;
  }
  return reason::ok;
}

reason read_host(const framing_fields& found, request_head& head) {
  if (found.host.count == 0) return reason::framing_host_missing;
  if (found.host.count > 1) return reason::framing_host_repeated;
  if (!parse_host(found.host.value)) return reason::framing_host_invalid;
  head.host = found.host.value;
  return reason::ok;
}

reason read_body_framing(const framing_fields& found, const head_limits& limits, request_head& head) {
  if (const reason why = check_body_fields(found, head.minor_version); why != reason::ok) return why;
  if (found.transfer_encoding.count > 0) {
    // Byte for byte: "Chunked" is another spelling of it, but one that some hop in front may not take for chunked, and
    // then the two disagree on where the next request begins.
    if (found.transfer_encoding.value != "chunked") return reason::framing_transfer_encoding;
    head.body = body_framing::chunked;
  }
  if (found.content_length.count == 0) return reason::ok;
  head.body = body_framing::content_length;
  return read_content_length(found.content_length.value, limits.max_content_length, head.content_length);
}

reason read_expectation(const framing_fields& found, request_head& head) {
  if (found.expect.count == 0) return reason::ok;
  if (found.expect.count > 1 || !name_equals(found.expect.value, "100-continue")) return reason::framing_expectation;
  // RFC 9110 section 10.1.1: ignored on HTTP/1.0 and without a body.
  head.expect_continue = head.minor_version == 1 && head.body != body_framing::none;
  return reason::ok;
}

void read_connection(const framing_fields& found, request_head& head) {
  head.keep_alive = is_persistent(found, head.minor_version);
  // RFC 9110 section 7.8: ignored on HTTP/1.0; it must be named by Connection. Several lines ask for nothing definite.
  if (found.connection_upgrade && found.upgrade.count == 1 && head.minor_version == 1)
    head.upgrade = found.upgrade.value;
}

reason read_request(std::string_view text, const head_limits& limits, request_head& head) {
  if (text.size() > limits.max_head_bytes) return reason::framing_head_too_large;
  head_lines lines{text};
  framing_fields found;
  std::string_view line;
  if (const reason why = lines.next(line); why != reason::ok) return why;
  if (const reason why = read_request_line(line, head); why != reason::ok) return why;
  if (const reason why = read_fields(lines, limits, head.fields, found); why != reason::ok) return why;
  if (const reason why = check_collisions(found, head); why != reason::ok) return why;
  if (const reason why = read_host(found, head); why != reason::ok) return why;
  if (const reason why = read_body_framing(found, limits, head); why != reason::ok) return why;
  read_connection(found, head);
  return read_expectation(found, head);
}

}  // namespace

result<request_head> parse_request_head(std::string_view head, const head_limits& limits) {
  request_head out;
  if (const reason why = read_request(head, limits, out); why != reason::ok) return why;
  return out;
}

}  // namespace sallyport::http
