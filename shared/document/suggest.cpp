#include "document/suggest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/ascii.hpp"

namespace sallyport::document {
namespace {

using ascii::to_lower;

/// How many characters were added, left out, replaced or swapped with their neighbour, without regard to ASCII case.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const char left = to_lower(a[i - 1]);
      const char right = to_lower(b[j - 1]);
      row[j] = std::min({last[j - 1] + (left == right ? 0 : 1), last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && left == to_lower(b[j - 2]) && to_lower(a[i - 2]) == right;
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string_view closest(std::string_view text, std::span<const std::string_view> candidates) {
  constexpr std::size_t longest_worth_comparing = 64;
  if (text.size() > longest_worth_comparing) return {};
  std::size_t nearest = std::min<std::size_t>(2, text.size() / 3) + 1;
  std::string_view found;
  for (const auto candidate : candidates) {
    const auto away = distance(text, candidate);
    if (away >= nearest) continue;
    nearest = away;
    found = candidate;
  }
  return found;
}

std::string suggestion(std::string_view text, std::span<const std::string_view> candidates) {
  if (candidates.empty()) return {};
  if (const auto near = closest(text, candidates); !near.empty()) return "did you mean " + std::string(near) + "?";
  std::string all = "expected one of ";
  for (const auto candidate : candidates) {
    if (candidate.data() != candidates.front().data()) all += ", ";
    all += candidate;
  }
  return all;
}

}  // namespace sallyport::document
