// Functions of strings: the standard ones and those of the strings extension. Positions count code points.
#include <algorithm>
#include <string>

#include "cel/function.hpp"
#include "regex/regex.hpp"
#include "regex/utf8.hpp"

namespace sallyport::cel {
namespace {

constexpr std::string_view bad_index = "index out of range";

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Pays for a search of `needle`, which the library does in quadratic time at worst; false when it would cost too much.
bool may_search(call& context, std::string_view text, std::string_view needle) {
  return context.spend(text.size() / 64 * (1 + needle.size() / 64));
}

value contains(call& context, const value* a) {
  if (!may_search(context, a[0].as_string(), a[1].as_string())) return {};
  return value::boolean(a[0].as_string().find(a[1].as_string()) != std::string_view::npos);
}

value starts_with(call&, const value* a) {
  return value::boolean(a[0].as_string().substr(0, a[1].as_string().size()) == a[1].as_string());
}

value ends_with_text(call&, const value* a) {
  return value::boolean(ends_with(a[0].as_string(), a[1].as_string()));
}

value matches(call& context, const value* a) {
  const std::string_view text = a[0].as_string();
  if (context.pattern != nullptr) {
    return context.spend(context.pattern->cost(text.size())) ? value::boolean(context.pattern->found_in(text))
                                                             : value();
  }
  context.spend(a[1].as_string().size());
  const auto pattern = regex::pattern::compile(a[1].as_string());
  if (!pattern.ok()) return context.fail("the pattern is not a regular expression of RE2");
  return context.spend(pattern->cost(text.size())) ? value::boolean(pattern->found_in(text)) : value();
}

// The byte offset of a position, or npos when it is negative or beyond the end.
std::size_t offset_at(std::string_view text, std::int64_t position) {
  // Compared as 64 bits: where a size has 32, a larger position would be another one.
  if (position < 0 || static_cast<std::uint64_t>(position) > text.size()) return std::string_view::npos;
  return regex::offset_of_code_point(text, static_cast<std::size_t>(position));
}

value character_at(call& context, const value* a) {
  const std::string_view text = a[0].as_string();
  context.spend(text.size() / 64);
  const std::size_t start = offset_at(text, a[1].as_integer());
  if (start == std::string_view::npos) return context.fail(bad_index);
  if (start == text.size()) return value::string({});
  std::size_t end = start;
  regex::next_code_point(text, end);
  return value::string(text.substr(start, end - start));
}

value position_of(std::string_view text, std::size_t offset) {
  if (offset == std::string_view::npos) return value::integer(-1);
  return value::integer(static_cast<std::int64_t>(regex::count_code_points(text.substr(0, offset))));
}

value find_from(call& context, const value* a, std::int64_t position) {
  const std::string_view text = a[0].as_string();
  if (!may_search(context, text, a[1].as_string())) return {};
  const std::size_t start = offset_at(text, position);
  if (start == std::string_view::npos) return context.fail(bad_index);
  return position_of(text, text.find(a[1].as_string(), start));
}

value index_of(call& context, const value* a) {
  return find_from(context, a, 0);
}
value index_of_from(call& context, const value* a) {
  return find_from(context, a, a[2].as_integer());
}

value last_index_of(call& context, const value* a) {
  const std::string_view text = a[0].as_string();
  if (!may_search(context, text, a[1].as_string())) return {};
  return position_of(text, text.rfind(a[1].as_string()));
}

value last_index_of_from(call& context, const value* a) {
  const std::string_view text = a[0].as_string();
  if (!may_search(context, text, a[1].as_string())) return {};
  const std::size_t start = offset_at(text, a[2].as_integer());
  if (start == std::string_view::npos) return context.fail(bad_index);
  return position_of(text, text.rfind(a[1].as_string(), start));
}

value mapped(call& context, std::string_view text, char from, char to, int shift) {
  context.spend(text.size() / 64);
  const auto out = context.memory.make_array<char>(text.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = text[i] >= from && text[i] <= to ? static_cast<char>(text[i] + shift) : text[i];
  }
  return value::string({out.data(), out.size()});
}

value lower_ascii(call& context, const value* a) {
  return mapped(context, a[0].as_string(), 'A', 'Z', 'a' - 'A');
}
value upper_ascii(call& context, const value* a) {
  return mapped(context, a[0].as_string(), 'a', 'z', 'A' - 'a');
}

// How far one step over `separator` goes: an empty one stands between any two code points.
std::size_t next_match(std::string_view text, std::string_view separator, std::size_t from) {
  if (!separator.empty()) return text.find(separator, from);
  if (from >= text.size()) return std::string_view::npos;
  regex::next_code_point(text, from);
  return from < text.size() ? from : std::string_view::npos;
}

value replaced(call& context, const value* a, std::int64_t limit) {
  const std::string_view text = a[0].as_string();
  const std::string_view from = a[1].as_string();
  const std::string_view to = a[2].as_string();
  if (!may_search(context, text, from)) return {};
  std::string out;
  std::size_t at = 0;
  if (from.empty() && limit != 0) out += to, --limit;
  while (limit != 0) {
    const std::size_t found = next_match(text, from, at);
    if (found == std::string_view::npos) break;
    out.append(text.substr(at, found - at)).append(to);
    at = found + from.size();
    --limit;
    if (!context.spend(1) || out.size() > context.memory.remaining()) return context.text(out);
  }
  out.append(text.substr(at));
  if (from.empty() && limit != 0 && !text.empty()) out += to;
  context.spend(out.size() / 64);
  return context.text(out);
}

value replace_all(call& context, const value* a) {
  return replaced(context, a, -1);
}
value replace_some(call& context, const value* a) {
  return replaced(context, a, a[3].as_integer());
}

value split_up_to(call& context, const value* a, std::int64_t limit) {
  const std::string_view text = a[0].as_string();
  const std::string_view separator = a[1].as_string();
  std::vector<value> parts;
  std::size_t at = 0;
  if (limit == 0 || (text.empty() && separator.empty())) return value::list({});
  if (!may_search(context, text, separator)) return {};
  while (limit < 0 || static_cast<std::int64_t>(parts.size()) + 1 < limit) {
    const std::size_t found = next_match(text, separator, at);
    if (found == std::string_view::npos || !context.spend(1)) break;
    parts.push_back(value::string(text.substr(at, found - at)));
    at = found + separator.size();
  }
  parts.push_back(value::string(text.substr(at)));
  return context.list(parts);
}

value split_all(call& context, const value* a) {
  return split_up_to(context, a, -1);
}
value split_some(call& context, const value* a) {
  return split_up_to(context, a, a[2].as_integer());
}

value slice(call& context, std::string_view text, std::int64_t from, std::int64_t to) {
  context.spend(text.size() / 64);
  const std::size_t start = offset_at(text, from);
  const std::size_t end = offset_at(text, to);
  if (start == std::string_view::npos || end == std::string_view::npos) return context.fail(bad_index);
  if (end < start) return context.fail("the substring ends before it starts");
  return value::string(text.substr(start, end - start));
}

value substring_from(call& context, const value* a) {
  const std::string_view text = a[0].as_string();
  return slice(context, text, a[1].as_integer(), static_cast<std::int64_t>(regex::count_code_points(text)));
}

value substring_between(call& context, const value* a) {
  return slice(context, a[0].as_string(), a[1].as_integer(), a[2].as_integer());
}

// Unicode property White_Space.
bool is_space(char32_t point) {
  return (point >= 0x09 && point <= 0x0D) || point == 0x20 || point == 0x85 || point == 0xA0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 || point == 0x202F ||
         point == 0x205F || point == 0x3000;
}

value trim(call& context, const value* a) {
  const std::string_view text = a[0].as_string();
  context.spend(text.size() / 16);
  std::size_t start = text.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    if (is_space(regex::next_code_point(text, at))) continue;
    start = std::min(start, here);
    end = at;
  }
  return value::string(start < end ? text.substr(start, end - start) : std::string_view{});
}

value joined(call& context, const value& list, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < list.as_list().size(); ++i) {
    const value& part = list.as_list()[i];
    if (!part.is(kind::string)) return context.no_overload();
    if (i > 0) out += separator;
    out += part.as_string();
    if (!context.spend(1 + part.as_string().size() / 64) || out.size() > context.memory.remaining()) break;
  }
  return context.text(out);
}

value join(call& context, const value* a) {
  return joined(context, a[0], {});
}
value join_with(call& context, const value* a) {
  return joined(context, a[0], a[1].as_string());
}

value reverse(call& context, const value* a) {
  const std::string_view text = a[0].as_string();
  context.spend(text.size() / 16);
  const auto out = context.memory.make_array<char>(text.size());
  if (out.size() != text.size()) return {};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    regex::next_code_point(text, at);
    text.copy(out.data() + (text.size() - at), at - here, here);
  }
  return value::string({out.data(), out.size()});
}

constexpr auto function = call_style::function;
constexpr auto method = call_style::method;

constexpr std::array table = {
    overload{method, "contains", "string, string", "bool", contains},
    overload{method, "startsWith", "string, string", "bool", starts_with},
    overload{method, "endsWith", "string, string", "bool", ends_with_text},
    overload{method, "matches", "string, string", "bool", matches},
    overload{function, "matches", "string, string", "bool", matches},
    overload{method, "charAt", "string, int", "string", character_at},
    overload{method, "indexOf", "string, string", "int", index_of},
    overload{method, "indexOf", "string, string, int", "int", index_of_from},
    overload{method, "lastIndexOf", "string, string", "int", last_index_of},
    overload{method, "lastIndexOf", "string, string, int", "int", last_index_of_from},
    overload{method, "lowerAscii", "string", "string", lower_ascii},
    overload{method, "upperAscii", "string", "string", upper_ascii},
    overload{method, "replace", "string, string, string", "string", replace_all},
    overload{method, "replace", "string, string, string, int", "string", replace_some},
    overload{method, "split", "string, string", "list(string)", split_all},
    overload{method, "split", "string, string, int", "list(string)", split_some},
    overload{method, "substring", "string, int", "string", substring_from},
    overload{method, "substring", "string, int, int", "string", substring_between},
    overload{method, "trim", "string", "string", trim},
    overload{method, "join", "list(string)", "string", join},
    overload{method, "join", "list(string), string", "string", join_with},
    overload{method, "reverse", "string", "string", reverse},
};

}  // namespace

std::span<const overload> string_table() {
  return table;
}

}  // namespace sallyport::cel
