#include "policy/suggest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace sallyport::policy {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Levenshtein distance without regard to ASCII case.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
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

}  // namespace sallyport::policy
