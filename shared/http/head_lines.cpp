#include "http/head_lines.hpp"

#include "core/ascii.hpp"
#include "http/characters.hpp"

namespace sallyport::http {
namespace {

reason reason_for_control(char c) {
  return c == '\r' || c == '\n' ? reason::framing_bare_cr_or_lf : reason::framing_control_character;
}

// Why the name ends at `c`, which is neither a token character nor a colon.
reason bad_name(std::string_view line, std::size_t at) {
  if (at == line.size()) return reason::framing_field_name;
  if (is(line[at], control_char)) return reason_for_control(line[at]);
  const std::size_t behind = line.find_first_not_of(" \t", at);
  const bool space_before_colon = behind > at && behind != std::string_view::npos && line[behind] == ':';
  return space_before_colon ? reason::framing_space_before_colon : reason::framing_field_name;
}

reason read_field(std::string_view line, field& out, bool& unusual_name) {
  if (line[0] == ' ' || line[0] == '\t') return reason::framing_line_folding;
  std::size_t i = 0;
  for (; i < line.size() && is(line[i], token_char); ++i) unusual_name |= !is(line[i], plain_name_char);
  if (i == line.size() || line[i] != ':') return bad_name(line, i);
  if (i == 0) return reason::framing_field_name;
  out.name = line.substr(0, i);
  out.value = trim_ows(line.substr(i + 1));
  const std::size_t control = find_control(out.value);
  return control == std::string_view::npos ? reason::ok : reason_for_control(out.value[control]);
}

void note(framing_field& which, std::string_view value) {
  ++which.count;
  which.value = value;
}

void note_connection(std::string_view list, framing_fields& found) {
  std::string_view option;
  while (next_list_member(list, option)) {
    found.connection_close |= name_equals(option, "close");
    found.connection_keep_alive |= name_equals(option, "keep-alive");
    found.connection_upgrade |= name_equals(option, "upgrade");
  }
}

// Tells by length first: most fields are none of these.
void note_framing(const field& seen, framing_fields& found) {
  switch (seen.name.size()) {
    case 4:
      if (name_equals(seen.name, "host")) note(found.host, seen.value);
      return;
    case 6:
      if (name_equals(seen.name, "expect")) note(found.expect, seen.value);
      return;
    case 7:
      if (name_equals(seen.name, "upgrade")) note(found.upgrade, seen.value);
      return;
    case 10:
      if (name_equals(seen.name, "connection")) note_connection(seen.value, found);
      return;
    case 14:
      if (name_equals(seen.name, "content-length")) note(found.content_length, seen.value);
      return;
    case 17:
      if (name_equals(seen.name, "transfer-encoding")) note(found.transfer_encoding, seen.value);
      return;
    default: return;
  }
}

}  // namespace

reason head_lines::next(std::string_view& line) {
  const std::size_t lf = text.find('\n', at);
  if (lf == std::string_view::npos) return reason::framing_syntax;
  if (lf == at || text[lf - 1] != '\r') return reason::framing_bare_cr_or_lf;
  line = text.substr(at, lf - 1 - at);
  at = lf + 1;
  return reason::ok;
}

reason read_fields(head_lines& lines, const head_limits& limits, std::vector<field>& fields, framing_fields& found) {
  // Typical requests fit without growing.
  fields.reserve(24);
  for (;;) {
    std::string_view line;
    if (const reason why = lines.next(line); why != reason::ok) return why;
    if (line.empty()) return lines.at == lines.text.size() ? reason::ok : reason::framing_syntax;
    if (fields.size() == limits.max_fields) return reason::framing_too_many_fields;
    field& seen = fields.emplace_back();
    if (const reason why = read_field(line, seen, found.unusual_name); why != reason::ok) return why;
    note_framing(seen, found);
  }
}

reason read_content_length(std::string_view text, std::uint64_t limit, std::uint64_t& length) {
  // Nineteen digits always fit into 64 bits.
  if (text.empty() || text.size() > 19) return reason::framing_length_invalid;
  length = 0;
  for (char c : text) {
    if (!ascii::is_digit(c)) return reason::framing_length_invalid;
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return length <= limit ? reason::ok : reason::framing_length_invalid;
}

reason check_body_fields(const framing_fields& found, unsigned minor_version) {
  const bool has_encoding = found.transfer_encoding.count > 0;
  if (has_encoding && found.content_length.count > 0) return reason::framing_length_and_encoding;
  if (has_encoding && (minor_version == 0 || found.transfer_encoding.count > 1))
    return reason::framing_transfer_encoding;
  // RFC 9112 section 7: names of codings have no case.
  if (has_encoding && !name_equals(found.transfer_encoding.value, "chunked")) return reason::framing_transfer_encoding;
  return found.content_length.count > 1 ? reason::framing_length_repeated : reason::ok;
}

bool is_persistent(const framing_fields& found, unsigned minor_version) {
  if (found.connection_close) return false;
  return minor_version == 1 || found.connection_keep_alive;
}

reason read_version(std::string_view text, std::uint8_t& minor_version) {
  const bool shaped = text.size() == 8 && text.substr(0, 5) == "HTTP/" && ascii::is_digit(text[5]) && text[6] == '.' &&
                      ascii::is_digit(text[7]);
  if (!shaped) return reason::framing_syntax;
  if (text[5] != '1' || text[7] > '1') return reason::framing_version;
  minor_version = static_cast<std::uint8_t>(text[7] - '0');
  return reason::ok;
}

}  // namespace sallyport::http
