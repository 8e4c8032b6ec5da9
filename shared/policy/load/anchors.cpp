#include <vector>

#include "policy/load/linting.hpp"

namespace sallyport::policy {
namespace {

/// The alternatives of a pattern: cut at every "|" outside of groups, classes and escapes.
std::vector<std::string_view> alternatives_of(std::string_view pattern) {
  std::vector<std::string_view> all;
  std::size_t start = 0;
  std::size_t depth = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      // A bracket that comes first is one of the class.
      if (pattern.substr(i + 1, 1) == "^") ++i;
      if (pattern.substr(i + 1, 1) == "]") ++i;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (c == '|' && depth == 0) {
      all.push_back(pattern.substr(start, i - start));
      start = i + 1;
    }
  }
  all.push_back(pattern.substr(start));
  return all;
}

bool holds_start(std::string_view text) {
  return text.substr(0, 1) == "^" || text.substr(0, 2) == "\\A";
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Whether the last character is escaped.
bool is_escaped_end(std::string_view text) {
  std::size_t count = 0;
  for (auto rest = text.substr(0, text.size() - 1); ends_with(rest, "\\"); rest.remove_suffix(1)) ++count;
  return count % 2 == 1;
}

bool holds_end(std::string_view text) {
  if (text.empty()) return false;
  return (text.back() == '$' && !is_escaped_end(text)) || (text.back() == 'z' && is_escaped_end(text));
}

/// "(…)" or "(?:…)" around everything: what is inside decides.
std::string_view without_group(std::string_view pattern) {
  if (pattern.size() < 2 || pattern.front() != '(' || pattern.back() != ')' || is_escaped_end(pattern)) return pattern;
  auto inside = pattern.substr(1, pattern.size() - 2);
  if (inside.substr(0, 2) == "?:") inside.remove_prefix(2);
  // One group, not two side by side: its parenthesis closes at the very end.
  std::size_t depth = 0;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '\\')
      ++i;
    else if (inside[i] == '(')
      ++depth;
    else if (inside[i] == ')' && depth-- == 0)
      return pattern;
  }
  return inside.substr(0, 1) == "?" ? pattern : inside;
}

}  // namespace

anchoring anchoring_of(std::string_view pattern) {
  const auto inside = without_group(pattern);
  bool all_start = true;
  bool all_end = true;
  bool some_start = false;
  bool some_end = false;
  const auto alternatives = alternatives_of(inside);
  for (const auto alternative : alternatives) {
    const bool start = holds_start(alternative);
    const bool end = holds_end(alternative);
    all_start = all_start && start;
    all_end = all_end && end;
    some_start = some_start || start;
    some_end = some_end || end;
  }
  if (all_start && all_end) return anchoring::whole;
  const bool split = alternatives.size() > 1 && ((some_start && !all_start) || (some_end && !all_end));
  return split ? anchoring::split : anchoring::loose;
}

}  // namespace sallyport::policy
