#include "core/ascii.hpp"
#include "http/characters.hpp"
#include "http/head_lines.hpp"
#include "http/request_head.hpp"

namespace sallyport::http {
namespace {

using ascii::is_digit;

// RFC 9112 section 4. The space behind the status code may be missing together with the reason phrase.
reason read_status_line(std::string_view line, response_head& head) {
  if (find_control(line) != std::string_view::npos) return reason::framing_control_character;
  if (line.size() < 12 || line[8] != ' ') return reason::framing_syntax;
  if (const reason why = read_version(line.substr(0, 8), head.minor_version); why != reason::ok) return why;
  if (!is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11])) return reason::framing_syntax;
  head.status = static_cast<std::uint16_t>((line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0'));
  if (head.status < 100 || head.status > 599) return reason::framing_syntax;
  if (line.size() > 12 && line[12] != ' ') return reason::framing_syntax;
  if (line.size() > 12) head.reason_phrase = line.substr(13);
  return reason::ok;
}

// RFC 9112 section 6.3, items 1 and 2: such a response ends with its head, whatever its fields say.
bool ends_with_head(std::uint16_t status, std::string_view method) {
  return status < 200 || status == 204 || status == 304 || method == "HEAD";
}

// RFC 9110 section 8.6: only these may state the length of a body that is not there.
bool may_declare_length(std::uint16_t status) {
  return status >= 200 && status != 204;
}

// A field about a body says nothing here, so no value of it makes the response unreadable. Where it announces bytes
// that an app might really send, nothing else is read from the connection.
void read_no_body(const framing_fields& found, const head_limits& limits, response_head& head) {
  const bool declarable = may_declare_length(head.status);
  std::uint64_t length = 0;
  const bool readable =
      found.content_length.count == 1 &&
      read_content_length(found.content_length.value, limits.max_content_length, length) == reason::ok;
  const bool encoded = found.transfer_encoding.count > 0;
  if (declarable && readable && !encoded) head.declared_length = length;
  const bool odd_length = found.content_length.count > 0 && (!readable || (!declarable && length > 0));
  const bool odd_encoding = encoded && (!declarable || check_body_fields(found, head.minor_version) != reason::ok);
  head.bytes_may_follow = odd_length || odd_encoding;
}

// RFC 9112 section 6.3, in its order.
reason read_body(const framing_fields& found, std::string_view method, const head_limits& limits, response_head& head) {
  if (ends_with_head(head.status, method)) return read_no_body(found, limits, head), reason::ok;
  if (const reason why = check_body_fields(found, head.minor_version); why != reason::ok) return why;
  const bool has_length = found.content_length.count > 0;
  if (has_length) {
    const reason why = read_content_length(found.content_length.value, limits.max_content_length, head.content_length);
    if (why != reason::ok) return why;
  }
  head.body = found.transfer_encoding.count > 0 ? body_framing::chunked
              : has_length                      ? body_framing::content_length
                                                : body_framing::until_close;
  return reason::ok;
}

reason read_connection(const framing_fields& found, response_head& head) {
  head.keep_alive =
      is_persistent(found, head.minor_version) && head.body != body_framing::until_close && !head.bytes_may_follow;
  head.interim = head.status < 200 && head.status != 101;
  if (head.status != 101) return reason::ok;
  // RFC 9110 section 15.2.2: 101 names what the connection speaks from now on.
  if (found.upgrade.count != 1 || !found.connection_upgrade) return reason::framing_syntax;
  head.upgrade = found.upgrade.value;
  return reason::ok;
}

reason read_response(std::string_view text, std::string_view method, const head_limits& limits, response_head& head) {
  if (text.size() > limits.max_head_bytes) return reason::framing_head_too_large;
  head_lines lines{text};
  framing_fields found;
  std::string_view line;
  if (const reason why = lines.next(line); why != reason::ok) return why;
  if (const reason why = read_status_line(line, head); why != reason::ok) return why;
  if (const reason why = read_fields(lines, limits, head.fields, found); why != reason::ok) return why;
  if (const reason why = read_body(found, method, limits, head); why != reason::ok) return why;
  return read_connection(found, head);
}

}  // namespace

result<response_head> parse_response_head(std::string_view head, std::string_view request_method,
                                          const head_limits& limits) {
  response_head out;
  const reason why = read_response(head, request_method, limits, out);
  if (why != reason::ok) return failure(reason::upstream_invalid_response, std::string(name_of(why)));
  return out;
}

}  // namespace sallyport::http
