#include <string>

#include "encoding/structured_field.hpp"
#include "encoding/structured_field_keys.hpp"
#include "encoding/structured_field_scan.hpp"

namespace sallyport::encoding::sf {
namespace {

failure syntax_error(const cursor& in, std::string_view expected) {
  return {reason::sf_syntax, "at byte " + std::to_string(in.at) + ": expected " + std::string(expected)};
}

// RFC 9651 section 4.2, steps 2 and 7: only spaces may stand around the value.
bool only_spaces_left(cursor& in) {
  skip_spaces(in);
  return in.done();
}

}  // namespace

result<item> parse_item(std::string_view text) {
  cursor in{text};
  skip_spaces(in);
  item value;
  if (!scan_bare_item(in, value.value)) return syntax_error(in, "an item");
  if (!scan_parameters(in, value.parameters)) return syntax_error(in, "parameters");
  if (!only_spaces_left(in)) return syntax_error(in, "the end");
  return value;
}

result<list> parse_list(std::string_view text) {
  cursor in{text};
  skip_spaces(in);
  list members;
  while (!in.done()) {
    if (!scan_member(in, members.emplace_back())) return syntax_error(in, "an item or an inner list");
    if (!scan_separator(in)) return syntax_error(in, "a comma and another member");
  }
  return members;
}

result<dictionary> parse_dictionary(std::string_view text) {
  cursor in{text};
  skip_spaces(in);
  dictionary members;
  while (!in.done()) {
    std::string_view key;
    if (!scan_key(in, key)) return syntax_error(in, "a key");
    dictionary_entry& added = members.emplace_back();
    added.key = key;
    if (!scan_dictionary_value(in, added.value)) return syntax_error(in, "an item or an inner list");
    if (!scan_separator(in)) return syntax_error(in, "a comma and another member");
  }
  keep_last_values(members);
  return members;
}

result<inner_list> parse_inner_list(std::string_view text) {
  cursor in{text};
  skip_spaces(in);
  member value;
  if (in.peek() != '(' || !scan_member(in, value)) return syntax_error(in, "an inner list");
  if (!only_spaces_left(in)) return syntax_error(in, "the end");
  return std::move(*std::get_if<inner_list>(&value));
}

std::string join_lines(std::span<const std::string_view> lines) {
  std::string joined;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) joined += ", ";
    joined += lines[i];
  }
  return joined;
}

}  // namespace sallyport::encoding::sf
