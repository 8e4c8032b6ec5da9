#include "document/report.hpp"

#include <algorithm>
#include <utility>

#include "core/ascii.hpp"
#include "document/position.hpp"

namespace sallyport::document {
namespace {

/// RFC 6901 section 4.
std::string unescape_token(std::string_view token) {
  std::string name;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escaped = token[i] == '~' && i + 1 < token.size();
    if (escaped) ++i;
    name += !escaped ? token[i] : token[i] == '0' ? '~' : '/';
  }
  return name;
}

/// RFC 9535 section 2.7: a quoted name.
std::string quoted_step(std::string_view name) {
  std::string step = "['";
  for (const char c : name) {
    if (c == '\'' || c == '\\') step += '\\';
    step += c;
  }
  return step + "']";
}

unsigned code_unit(std::string_view hex) {
  unsigned unit = 0;
  for (const char c : hex) unit = unit * 16 + static_cast<unsigned>(ascii::hex_value(c));
  return unit;
}

/// How many bytes of the document, and of the decoded string, the character at the start of `raw` takes. The string is
/// known to be well-formed (RFC 8259 section 7).
std::pair<std::size_t, std::size_t> character_sizes(std::string_view raw) {
  if (raw.size() < 2 || raw[0] != '\\') return {1, 1};
  if (raw[1] != 'u' || raw.size() < 6) return {2, 1};
  const unsigned unit = code_unit(raw.substr(2, 4));
  if (unit >= 0xd800 && unit < 0xdc00) return {12, 4};
  return {6, unit < 0x80 ? 1U : unit < 0x800 ? 2U : 3U};
}

/// Where in the document the byte `offset` of the string at `string` comes from. Strings have no line breaks.
text_position position_inside(std::string_view text, text_position string, std::size_t offset) {
  std::size_t at = offset_of(text, string) + 1;
  std::size_t columns = 1;
  for (std::size_t decoded = 0; decoded < offset && at < text.size() && text[at] != '"';) {
    const auto [raw_size, decoded_size] = character_sizes(text.substr(at));
    at += raw_size;
    columns += raw_size;
    decoded += decoded_size;
  }
  return {string.line, string.column + columns};
}

}  // namespace

void report::at_value(const std::string& pointer, reason why, std::string message, std::string advice) {
  add(pointer, position_of(document_.positions, pointer), why, std::move(message), std::move(advice));
}

void report::at_name(const std::string& pointer, reason why, std::string message, std::string advice) {
  add(pointer, position_of(document_.name_positions, pointer), why, std::move(message), std::move(advice));
}

void report::inside_string(const std::string& pointer, std::size_t offset, reason why, std::string message,
                           std::string advice) {
  const auto string = position_of(document_.positions, pointer);
  add(pointer, position_inside(text_, string, offset), why, std::move(message), std::move(advice));
}

std::vector<problem> report::take() {
  std::stable_sort(problems_.begin(), problems_.end(), [](const problem& a, const problem& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  return std::exchange(problems_, {});
}

void report::add(const std::string& pointer, text_position where, reason why, std::string message, std::string advice) {
  problems_.push_back({why, json_path(pointer), where.line, where.column, std::move(message), std::move(advice)});
}

std::string report::json_path(std::string_view pointer) const {
  std::string path = "$";
  const encoding::json* value = &document_.value;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    const auto name = unescape_token(token);
    if (value != nullptr && value->is_array()) {
      path += "[" + name + "]";
      value = &(*value)[static_cast<std::size_t>(std::strtoull(name.c_str(), nullptr, 10))];
      continue;
    }
    path += ascii::is_identifier(name) ? "." + name : quoted_step(name);
    value = value != nullptr ? encoding::find_member(*value, name) : nullptr;
  }
  return path;
}

std::string describe(const problem& what) {
  auto text = std::to_string(what.line) + ":" + std::to_string(what.column) + ": " + what.message + " (" + what.path;
  text += ")";
  if (!what.advice.empty()) text += "; " + what.advice;
  // Names in the document may hold anything; a terminal and a log get one line.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }, '?');
  return text;
}

}  // namespace sallyport::document
