#include "http/path.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "encoding/json.hpp"
#include "encoding/percent.hpp"
#include "http/characters.hpp"

namespace sallyport::http {
namespace {

using encoding::percent_triplet;

bool is_upper_hex(char c) {
  return ascii::is_hex(c) && !ascii::is_lower(c);
}

// What browsers may leave as it is in a path, and what has one spelling here: the triplet.
bool is_encoded_in_path(char c) {
  return is_one_of("[]|^{}\"`", c);
}

// A delimiter that stands for itself in a segment (pchar without ";").
bool is_plain_in_path(char c) {
  return encoding::is_unreserved(c) || is_one_of(":@!$&'()*+,=", c);
}

bool is_decoded(char c, bool is_path) {
  return is_path ? is_plain_in_path(c) : encoding::is_unreserved(c);
}

// RFC 3629 section 3: the lead byte and its continuation would spell a shorter character, "/" and "." among them.
bool is_overlong(int lead, int next) {
  if (next < 0x80 || next > 0xBF) return false;
  return lead == 0xC0 || lead == 0xC1 || (lead == 0xE0 && next < 0xA0) || (lead == 0xF0 && next < 0x90);
}

// Whether no reader agrees with another one on this triplet, which stands at the start of `text`.
reason refuse_triplet(int value, std::string_view text) {
  if (value == '\\' || value == 0) return reason::path_encoded_separator;
  if (value < 0x20 || value == 0x7F) return reason::path_control_character;
  if (value >= 0xC0 && is_overlong(value, percent_triplet(text.substr(3)))) return reason::path_encoded_separator;
  return reason::ok;
}

reason refuse_character(char c, bool is_path) {
  return is_path && c == '\\' ? reason::path_backslash : reason::path_invalid_character;
}

/// What checking finds out besides the reason.
struct findings {
  /// Whether the spelling is already the canonical one.
  bool canonical = true;
  path_forms held = no_forms;
};

reason check_triplet(std::string_view text, bool is_path, findings& found) {
  const int value = percent_triplet(text);
  if (value < 0) return reason::path_invalid_percent;
  const bool upper = is_upper_hex(text[1]) && is_upper_hex(text[2]);
  found.canonical &= upper && !is_decoded(static_cast<char>(value), is_path);
  if (!is_path) return reason::ok;
  if (value == '/') found.held |= encoded_slash;
  if (value == ';') found.held |= parameter;
  return refuse_triplet(value, text);
}

// Checks every character of one part.
reason check_characters(std::string_view part, character_bits allowed, bool is_path, findings& found) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (is(part[i], allowed)) continue;
    if (part[i] == '%') {
      if (const reason why = check_triplet(part.substr(i), is_path, found); why != reason::ok) return why;
      i += 2;
    } else if (is_path && is_encoded_in_path(part[i])) {
      found.canonical = false;
    } else {
      return refuse_character(part[i], is_path);
    }
  }
  return reason::ok;
}

// The character at the start of `text`, plain or as a triplet; `size` is what it takes.
int first_character(std::string_view text, std::size_t& size) {
  size = 1;
  if (text[0] != '%') return static_cast<unsigned char>(text[0]);
  size = 3;
  return percent_triplet(text);
}

// One or two dots, and nothing behind them that no reader strips: the end, spaces, or parameters.
bool is_dot_segment(std::string_view segment) {
  if (segment.empty() || (segment[0] != '.' && segment[0] != '%')) return false;
  std::size_t dots = 0;
  bool spaces = false;
  for (std::size_t size = 0; !segment.empty(); segment.remove_prefix(size)) {
    const int character = first_character(segment, size);
    if (character == ';') break;
    if (character == ' ') spaces = true;
    if (character != ' ' && (character != '.' || spaces)) return false;
    if (character == '.') ++dots;
  }
  return dots == 1 || dots == 2;
}

// Where the segment ends for readers that decode first.
std::size_t end_of_piece(std::string_view segment) {
  for (std::size_t at = segment.find('%'); at != std::string_view::npos; at = segment.find('%', at + 1)) {
    if (percent_triplet(segment.substr(at)) == '/') return at;
  }
  return std::string_view::npos;
}

bool holds_dot_segment(std::string_view segment) {
  for (auto end = end_of_piece(segment); end != std::string_view::npos; end = end_of_piece(segment)) {
    if (is_dot_segment(segment.substr(0, end))) return true;
    segment.remove_prefix(end + 3);
  }
  return is_dot_segment(segment);
}

// Precondition: the path starts with "/".
reason check_segments(std::string_view path, findings& found) {
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    if (end == start && end < path.size()) found.held |= empty_segment;
    if (holds_dot_segment(path.substr(start, end - start))) return reason::path_dot_segment;
    start = end + 1;
  }
  return reason::ok;
}

reason check_path(std::string_view path, path_forms allowed, findings& found) {
  if (path.find(';') != std::string_view::npos) found.held |= parameter;
  if (const reason why = check_characters(path, path_char, true, found); why != reason::ok) return why;
  const bool hides = (found.held & encoded_slash & ~allowed) != 0;
  if (hides) return reason::path_encoded_separator;
  if (const reason why = check_segments(path, found); why != reason::ok) return why;
  return refusal_of(static_cast<path_forms>(found.held & ~allowed));
}

target_view split(std::string_view target) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}, false};
  return {target.substr(0, mark), target.substr(mark + 1), true};
}

// Every rule of the canonical form.
reason check_target(std::string_view target, path_forms allowed, target_view& parts, findings& found) {
  if (target.size() > max_target_bytes) return reason::path_too_long;
  if (target.empty() || target[0] != '/') return reason::framing_target_form;
  if (target.find('#') != std::string_view::npos) return reason::framing_target_form;
  parts = split(target);
  if (const reason why = check_path(parts.path, allowed, found); why != reason::ok) return why;
  const reason why = check_characters(parts.query, query_char, false, found);
  found.canonical &= parts.query.find('\'') == std::string_view::npos;
  return why;
}

bool is_encoded(char c, bool is_path) {
  return is_path ? is_encoded_in_path(c) : c == '\'';
}

// Precondition: every "%" starts a triplet.
std::string respell(std::string_view text, bool is_path) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool triplet = text[i] == '%';
    const char c = triplet ? static_cast<char>(percent_triplet(text.substr(i))) : text[i];
    if (triplet ? is_decoded(c, is_path) : !is_encoded(c, is_path)) {
      out.push_back(c);
    } else {
      encoding::append_percent(out, static_cast<byte>(c));
    }
    if (triplet) i += 2;
  }
  return out;
}

}  // namespace

path_forms forms_of(std::string_view path) {
  path_forms held = no_forms;
  if (path.find(';') != std::string_view::npos) held |= parameter;
  for (auto at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1)) {
    if (at + 1 < path.size() && path[at + 1] == '/') held |= empty_segment;
  }
  for (auto at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 3)) {
    const auto triplet = path.substr(at, 3);
    if (triplet == "%2F") held |= encoded_slash;
    if (triplet == "%3B") held |= parameter;
  }
  return held;
}

reason refusal_of(path_forms held) {
  if ((held & encoded_slash) != 0) return reason::path_encoded_separator;
  if ((held & empty_segment) != 0) return reason::path_empty_segment;
  if ((held & parameter) != 0) return reason::path_parameter;
  return reason::ok;
}

result<canonical_target> canonicalize_target(std::string_view target, path_forms allowed) {
  target_view parts;
  findings found;
  if (const reason why = check_target(target, allowed, parts, found); why != reason::ok) return why;
  if (found.canonical) return canonical_target{std::string(target), parts.path.size()};
  canonical_target out{respell(parts.path, true), 0};
  out.path_bytes = out.text.size();
  if (parts.has_query) out.text += '?' + respell(parts.query, false);
  return out;
}

result<target_view> require_canonical(std::string_view target, path_forms allowed) {
  target_view parts;
  findings found;
  if (const reason why = check_target(target, allowed, parts, found); why != reason::ok) return why;
  if (!found.canonical) return reason::path_not_canonical;
  return parts;
}

bool is_canonical(std::string_view target) {
  return require_canonical(target).ok();
}

result<std::vector<query_pair>> parse_query(std::string_view query, std::size_t max_pairs) {
  std::vector<query_pair> pairs;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view piece = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (piece.empty()) continue;
    if (pairs.size() == max_pairs) return reason::path_too_long;
    const std::size_t equals = std::min(piece.find('='), piece.size());
    auto& [name, value] = pairs.emplace_back();
    name = encoding::decode_form(piece.substr(0, equals));
    value = encoding::decode_form(piece.substr(std::min(equals + 1, piece.size())));
    if (!encoding::is_utf8(name) || !encoding::is_utf8(value)) return reason::utf8_invalid;
  }
  return pairs;
}

}  // namespace sallyport::http
