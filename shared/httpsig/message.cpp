#include "httpsig/message.hpp"

#include <algorithm>
#include <charconv>

#include "http/characters.hpp"
#include "http/field.hpp"

namespace sallyport::httpsig {
namespace {

// Takes one line off `rest`, without its CRLF or LF; false at the end.
bool next_line(std::string_view& rest, std::string_view& line) {
  if (rest.empty()) return false;
  const std::size_t lf = std::min(rest.find('\n'), rest.size());
  line = rest.substr(0, lf);
  rest.remove_prefix(std::min(lf + 1, rest.size()));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return true;
}

result<message_field> read_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return reason::framing_field_name;
  const std::string_view name = line.substr(0, colon);
  if (!http::all_are(name, http::token_char)) return reason::framing_field_name;
  return message_field{http::to_lower(name), std::string(http::trim_ows(line.substr(colon + 1)))};
}

// Reads field lines up to the empty line or the end.
result<std::vector<message_field>> take_fields(std::string_view& rest) {
  std::vector<message_field> fields;
  std::string_view line;
  while (next_line(rest, line) && !line.empty()) {
    const bool folded = line[0] == ' ' || line[0] == '\t';
    if (!folded) {
      SALLYPORT_ASSIGN(message_field added, read_field(line));
      fields.push_back(std::move(added));
      continue;
    }
    // RFC 9421 section 2.1, step 3: obs-fold becomes a single space.
    if (fields.empty()) return reason::framing_field_name;
    fields.back().value += ' ';
    fields.back().value += http::trim_ows(line);
  }
  // RFC 9112 section 5.2: a fold counts as space, and what stands around a value is not part of it.
  for (auto& each : fields) each.value = std::string(http::trim_ows(each.value));
  return fields;
}

result<void> read_status_line(std::string_view line, message& out) {
  out.is_request = false;
  const std::string_view code = line.size() >= 12 && line[8] == ' ' ? line.substr(9, 3) : std::string_view();
  const auto read = std::from_chars(code.data(), code.data() + code.size(), out.status);
  const bool is_status = read.ec == std::errc() && read.ptr == code.data() + code.size() && out.status >= 100;
  return is_status ? result<void>() : reason::framing_syntax;
}

result<void> read_request_line(std::string_view line, message& out) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return reason::framing_syntax;
  out.method = line.substr(0, first);
  out.target = line.substr(first + 1, last - first - 1);
  const bool well_formed = http::all_are(out.method, http::token_char) && !out.method.empty() && !out.target.empty() &&
                           out.target.find(' ') == std::string::npos && line.substr(last + 1, 5) == "HTTP/" &&
                           http::find_control(out.target) == std::string::npos;
  return well_formed ? result<void>() : reason::framing_syntax;
}

bool is_chunked(const std::vector<message_field>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const message_field& each) {
    return each.name == "transfer-encoding" && http::list_contains(each.value, "chunked");
  });
}

// Steps over the chunks of a body, to its trailers.
result<void> skip_chunks(std::string_view& rest) {
  std::string_view line;
  while (next_line(rest, line)) {
    std::size_t size = 0;
    const std::string_view digits = line.substr(0, line.find(';'));
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return reason::framing_chunk_invalid;
    if (size == 0) return {};
    if (size > rest.size()) return reason::framing_chunk_invalid;
    rest.remove_prefix(size);
    if (!next_line(rest, line) || !line.empty()) return reason::framing_chunk_invalid;
  }
  return reason::framing_chunk_invalid;
}

}  // namespace

result<message> parse_message(std::string_view raw, std::string_view scheme) {
  message out;
  out.scheme = scheme;
  std::string_view line;
  if (!next_line(raw, line)) return reason::framing_syntax;
  const bool is_response = line.substr(0, 5) == "HTTP/";
  SALLYPORT_TRY(is_response ? read_status_line(line, out) : read_request_line(line, out));
  SALLYPORT_ASSIGN(out.fields, take_fields(raw));
  if (!is_chunked(out.fields)) return out;
  SALLYPORT_TRY(skip_chunks(raw));
  SALLYPORT_ASSIGN(out.trailers, take_fields(raw));
  return out;
}

result<std::vector<message_field>> parse_field_lines(std::string_view lines) {
  return take_fields(lines);
}

}  // namespace sallyport::httpsig
