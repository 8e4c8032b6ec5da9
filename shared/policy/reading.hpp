// How servers read a path as another one, so that no spelling goes round the route that guards what it leads to.
//
// * letter_case: Express, ASP.NET and IIS do not tell "/Admin" from "/admin". Whole Unicode (policy/letter_case.hpp).
// * trailing_slash: Express, Rails, Spring 5 and Django (APPEND_SLASH) do not tell "/admin/" from "/admin".
// * suffix: Rails ("(.:format)") and Spring with suffix patterns do not tell "/admin.json" from "/admin": what stands
//   behind a dot of the last segment.
// * trailing_dot: Windows drops dots and spaces at the end of a segment: "/admin." and "/admin%20".
//
// And of the forms of http/path.hpp, where a route allows them: servers merge slashes (nginx, Go's ServeMux, Tomcat),
// strip parameters (servlets) and decode %2F (nginx proxy_pass with a URI, WSGI), in any order.
//
// Not among them: what only one program's settings make of a path (rewrites, mounts, aliases), 8.3 names and alternate
// streams of Windows files, and characters that differ in their Unicode normalization.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/pattern.hpp"

namespace sallyport::policy {

enum reading : std::uint8_t { letter_case = 1, trailing_slash = 2, suffix = 4, trailing_dot = 8 };
/// A set of readings.
using readings = std::uint8_t;
inline constexpr readings every_reading = letter_case | trailing_slash | suffix | trailing_dot;

/// What a service says of its app; what is in neither is not known.
struct path_rule {
  /// The app tells these apart, its author says.
  readings distinct = 0;
  /// The app takes these for one path, and so does the match.
  readings same = 0;
};

/// The segment as servers see it that decode it and read it in the ways `how`, but for its suffix.
void fold_segment(std::string_view segment, readings how, std::string& to);

/// A last segment folded in the ways `how`, whole and without its suffix: cut at its first dot (Spring), and at its
/// last (Rails). The suffix may be empty ("/admin." for Spring). Equal texts stand once.
struct suffix_cuts {
  std::array<std::string_view, 3> texts{};
  std::size_t count = 1;
};
suffix_cuts cut_suffix(std::string_view folded, readings how);

/// Whether a server that reads in the ways `how` takes `path` for one that `pattern` matches. Precondition: `path`
/// starts with "/".
bool reads_as(const path_pattern& pattern, std::string_view path, readings how);

/// Whether nothing of a path is left behind `at` for readers that drop trailing slashes, dots and spaces.
bool is_blank_from(std::string_view path, std::size_t at);

/// The path as servers read it that merge slashes, strip parameters and decode %2F: one text for each order in which
/// they may. None when it holds no form. Precondition: canonical.
std::vector<std::string> rewritten_paths(std::string_view path);
/// The same of a pattern's literals.
std::vector<path_pattern> rewritten_patterns(const path_pattern& pattern);

}  // namespace sallyport::policy
