#include "http/path.hpp"

#include <algorithm>

#include "encoding/json.hpp"
#include "encoding/percent.hpp"
#include "http/characters.hpp"

namespace sallyport::http {
namespace {

using encoding::percent_triplet;

bool is_upper_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/// What one triplet is to the canonical form.
struct triplet {
  int value = -1;
  bool canonical = false;
};

triplet read_triplet(std::string_view text) {
  triplet out{percent_triplet(text), false};
  if (out.value < 0) return out;
  out.canonical =
      !encoding::is_unreserved(static_cast<char>(out.value)) && is_upper_hex(text[1]) && is_upper_hex(text[2]);
  return out;
}

reason refuse_in_path(char c) {
  return c == '\\' ? reason::path_backslash : reason::path_invalid_character;
}

bool is_separator(int value) {
  return value == '/' || value == '\\' || value == 0;
}

// Checks every character of one part. `canonical` becomes false when a triplet has another spelling than the canonical
// one.
reason check_characters(std::string_view part, character_bits allowed, bool is_path, bool& canonical) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (is(part[i], allowed)) continue;
    if (part[i] != '%') return is_path ? refuse_in_path(part[i]) : reason::path_invalid_character;
    const triplet found = read_triplet(part.substr(i));
    if (found.value < 0) return reason::path_invalid_percent;
    if (is_path && is_separator(found.value)) return reason::path_encoded_separator;
    canonical &= found.canonical;
    i += 2;
  }
  return reason::ok;
}

// The dots at the start of a segment, plain or encoded; `at` moves behind them.
std::size_t leading_dots(std::string_view segment, std::size_t& at) {
  std::size_t dots = 0;
  for (at = 0; at < segment.size(); ++dots) {
    if (segment[at] == '.') {
      ++at;
    } else if (percent_triplet(segment.substr(at)) == '.') {
      at += 3;
    } else {
      break;
    }
  }
  return dots;
}

bool is_dot_segment(std::string_view segment) {
  if (segment.empty() || (segment[0] != '.' && segment[0] != '%')) return false;
  std::size_t end = 0;
  const std::size_t dots = leading_dots(segment, end);
  if (dots != 1 && dots != 2) return false;
  return end == segment.size() || segment[end] == ';' || percent_triplet(segment.substr(end)) == ';';
}

// Precondition: the path starts with "/".
reason check_segments(std::string_view path) {
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    if (end == start && end < path.size()) return reason::path_empty_segment;
    if (is_dot_segment(path.substr(start, end - start))) return reason::path_dot_segment;
    start = end + 1;
  }
  return reason::ok;
}

target_view split(std::string_view target) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}, false};
  return {target.substr(0, mark), target.substr(mark + 1), true};
}

// Every rule of the canonical form; `canonical` tells whether the spelling is already the canonical one.
reason check_target(std::string_view target, target_view& parts, bool& canonical) {
  if (target.size() > max_target_bytes) return reason::path_too_long;
  if (target.empty() || target[0] != '/') return reason::framing_target_form;
  if (target.find('#') != std::string_view::npos) return reason::framing_target_form;
  parts = split(target);
  canonical = true;
  if (const reason why = check_characters(parts.path, path_char, true, canonical); why != reason::ok) return why;
  if (const reason why = check_segments(parts.path); why != reason::ok) return why;
  const reason why = check_characters(parts.query, query_char, false, canonical);
  canonical &= parts.query.find('\'') == std::string_view::npos;
  return why;
}

// Precondition: every "%" starts a triplet.
std::string respell(std::string_view text, bool is_path) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (text[i] == '\'' && !is_path) {
        encoding::append_percent(out, static_cast<byte>(text[i]));
      } else {
        out.push_back(text[i]);
      }
      continue;
    }
    const int value = percent_triplet(text.substr(i));
    if (encoding::is_unreserved(static_cast<char>(value))) {
      out.push_back(static_cast<char>(value));
    } else {
      encoding::append_percent(out, static_cast<byte>(value));
    }
    i += 2;
  }
  return out;
}

}  // namespace

result<canonical_target> canonicalize_target(std::string_view target) {
  target_view parts;
  bool canonical = false;
  if (const reason why = check_target(target, parts, canonical); why != reason::ok) return why;
  if (canonical) return canonical_target{std::string(target), parts.path.size()};
  canonical_target out{respell(parts.path, true), 0};
  out.path_bytes = out.text.size();
  if (parts.has_query) out.text += '?' + respell(parts.query, false);
  return out;
}

result<target_view> require_canonical(std::string_view target) {
  target_view parts;
  bool canonical = false;
  if (const reason why = check_target(target, parts, canonical); why != reason::ok) return why;
  if (!canonical) return reason::path_not_canonical;
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
