// The tree between the text of a pattern and its program.
#pragma once

#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "regex/regex.hpp"

namespace sallyport::regex {

enum class regex_kind : std::uint8_t {
  /// One code point out of ranges.
  ranges,
  assertion,
  sequence,
  alternatives,
  /// The only child, `least` to `most` times.
  repeat,
};

constexpr std::uint32_t unbounded = UINT32_MAX;

struct regex_node {
  regex_kind kind = regex_kind::sequence;
  pattern::assertion where = pattern::assertion::text_start;
  std::uint32_t least = 0;
  std::uint32_t most = 0;
  std::vector<pattern::range> ranges;
  std::vector<std::uint32_t> children;
};

struct regex_tree {
  std::vector<regex_node> nodes;
  std::uint32_t root = 0;
};

/// Reasons: cel_type (detail says what is wrong).
result<regex_tree> parse_regex(std::string_view pattern);

// Sets of code points as sorted, disjoint ranges (class.cpp).

/// Sorts and merges.
void normalize(std::vector<pattern::range>& set);
/// Every code point that is not in the set.
void invert(std::vector<pattern::range>& set);
/// Adds the other case of every ASCII letter, and the two signs beyond ASCII that fold to k and s.
void fold_case(std::vector<pattern::range>& set);
/// Adds the class that \d, \w, \s or, in capitals, their complement stands for; false when `letter` is none of them.
bool add_perl_class(char letter, std::vector<pattern::range>& set);
/// Adds [:name:]; false when there is no such class.
bool add_posix_class(std::string_view name, std::vector<pattern::range>& set);
/// Adds the general category `name` ("L", "Lu", "Any"); false when there is no such category.
bool add_unicode_class(std::string_view name, std::vector<pattern::range>& set);

}  // namespace sallyport::regex
