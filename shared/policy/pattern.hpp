// Host and path patterns of routes, read once when the policy is loaded (rules: policy/match.hpp).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/path.hpp"

namespace sallyport::policy {

/// Why a pattern is refused, and at which byte of it.
struct pattern_problem {
  std::size_t offset = 0;
  std::string message;
  std::string advice;
};

struct host_pattern {
  /// Lower-case, as routes carry it: `*.suffix` for a wildcard.
  std::string text;
};

enum class segment_kind : std::uint8_t { literal, parameter, any, rest };

/// One segment; `text` is the literal in its canonical spelling (http/path.hpp), whatever the document's, or the
/// parameter's name.
struct path_segment {
  segment_kind kind = segment_kind::literal;
  std::string text;
};
using path_pattern = std::vector<path_segment>;

/// Most segments of a pattern: the matcher recurses this deep.
inline constexpr std::size_t max_pattern_segments = 64;

std::variant<host_pattern, pattern_problem> parse_host_pattern(std::string_view text);
std::variant<path_pattern, pattern_problem> parse_path_pattern(std::string_view text);

bool is_literal(const path_pattern& pattern);
bool ends_open(const path_pattern& pattern);
/// What the literals hold that a route has to allow.
http::path_forms forms_of(const path_pattern& pattern);
/// Less than 0: `a` is the more specific one; 0: neither is. Segment by segment from the left: literal, then `:name`
/// and `*`, then `**`; a pattern that ends comes before one that goes on with `**`.
int compare_specificity(const path_pattern& a, const path_pattern& b);

}  // namespace sallyport::policy
