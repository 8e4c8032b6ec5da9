// Sets of code points: Perl, POSIX and Unicode classes, complement, ASCII case folding.
#include <algorithm>
#include <array>

#include "regex/syntax.hpp"

namespace sallyport::regex {
namespace {

using range = pattern::range;
using ranges = std::vector<range>;

struct posix_class {
  std::string_view name;
  /// Pairs of first and last character.
  std::string_view bounds;
};

// RE2: ASCII only.
constexpr std::array<posix_class, 14> posix_classes = {{
    {"alnum", "09AZaz"},
    {"alpha", "AZaz"},
    {"blank", "\t\t  "},
    {"digit", "09"},
    {"graph", "!~"},
    {"lower", "az"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"space", "\t\r  "},
    {"upper", "AZ"},
    {"word", "09AZaz__"},
    {"xdigit", "09AFaf"},
    {"perl_space", "\t\n\f\r  "},
    {"perl_digit", "09"},
}};

void add_bounds(std::string_view bounds, ranges& set) {
  for (std::size_t i = 0; i + 1 < bounds.size(); i += 2) {
    set.push_back({static_cast<char32_t>(bounds[i]), static_cast<char32_t>(bounds[i + 1])});
  }
}

bool add_named(std::string_view name, ranges& set) {
  for (const auto& row : posix_classes) {
    if (row.name == name) return add_bounds(row.bounds, set), true;
  }
  return false;
}

void add_all(const ranges& more, ranges& set) {
  set.insert(set.end(), more.begin(), more.end());
}

// The order of scripts/make-unicode-categories.
constexpr std::string_view categories = "LuLlLtLmLoMnMcMeNdNlNoPcPdPsPePiPfPoSmScSkSoZsZlZpCcCfCsCoCn";

constexpr std::uint8_t category_runs[] = {
#include "regex/unicode_category.inc"
};

bool is_category(std::string_view name) {
  if (name == "Any") return true;
  for (std::size_t i = 0; i < categories.size(); i += 2) {
    if (categories.substr(i, name.size()) == name && !name.empty() && name.size() <= 2) return true;
  }
  return false;
}

}  // namespace

void normalize(ranges& set) {
  std::sort(set.begin(), set.end(), [](const range& a, const range& b) { return a.low < b.low; });
  std::size_t kept = 0;
  for (const range& next : set) {
    if (kept > 0 && next.low <= set[kept - 1].high + 1) {
      set[kept - 1].high = std::max(set[kept - 1].high, next.high);
    } else {
      set[kept++] = next;
    }
  }
  set.resize(kept);
}

void invert(ranges& set) {
  normalize(set);
  ranges outside;
  char32_t low = 0;
  for (const range& inside : set) {
    if (inside.low > low) outside.push_back({low, inside.low - 1});
    low = inside.high + 1;
  }
  if (low <= 0x10FFFF) outside.push_back({low, 0x10FFFF});
  set = std::move(outside);
}

void fold_case(ranges& set) {
  ranges folded;
  const auto shift = [&](const range& from, char32_t low, char32_t high, int by) {
    const char32_t first = std::max(from.low, low);
    const char32_t last = std::min(from.high, high);
    if (first > last) return;
    folded.push_back(
        {static_cast<char32_t>(static_cast<int>(first) + by), static_cast<char32_t>(static_cast<int>(last) + by)});
  };
  for (const range& each : set) {
    shift(each, 'a', 'z', 'A' - 'a');
    shift(each, 'A', 'Z', 'a' - 'A');
  }
  add_all(folded, set);
  // U+212A KELVIN SIGN and U+017F LATIN SMALL LETTER LONG S fold to ASCII letters.
  const auto holds = [&](char32_t point) {
    return std::any_of(set.begin(), set.end(), [&](const range& r) { return r.low <= point && point <= r.high; });
  };
  if (holds('k')) set.push_back({0x212A, 0x212A});
  if (holds('s')) set.push_back({0x017F, 0x017F});
}

bool add_perl_class(char letter, ranges& set) {
  const char lower = static_cast<char>(letter | 0x20);
  const std::string_view name = lower == 'd' ? "perl_digit" : lower == 's' ? "perl_space" : "word";
  if (lower != 'd' && lower != 's' && lower != 'w') return false;
  ranges found;
  add_named(name, found);
  if (letter != lower) invert(found);
  add_all(found, set);
  return true;
}

bool add_posix_class(std::string_view name, ranges& set) {
  const bool inverted = !name.empty() && name.front() == '^';
  if (inverted) name.remove_prefix(1);
  ranges found;
  if (name.substr(0, 5) == "perl_") return false;
  if (name == "ascii") found.push_back({0, 0x7F});
  if (name == "cntrl") found = {{0, 0x1F}, {0x7F, 0x7F}};
  if (found.empty() && !add_named(name, found)) return false;
  if (inverted) invert(found);
  add_all(found, set);
  return true;
}

bool add_unicode_class(std::string_view name, ranges& set) {
  if (!is_category(name)) return false;
  char32_t point = 0;
  for (std::size_t i = 0; i < std::size(category_runs);) {
    const std::size_t code = category_runs[i] & 0x1F;
    char32_t length = category_runs[i++] >> 5;
    for (int shift = 0; length == 0 || shift > 0;) {
      length |= static_cast<char32_t>(category_runs[i] & 0x7F) << shift;
      shift = (category_runs[i++] & 0x80) != 0 ? shift + 7 : 0;
    }
    if (name == "Any" || categories.substr(code * 2, name.size()) == name) set.push_back({point, point + length - 1});
    point += length;
  }
  return true;
}

}  // namespace sallyport::regex
