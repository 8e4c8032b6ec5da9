// A key that comes twice keeps its first place and takes its last value (RFC 9651 sections 4.2.2 and 4.2.3.2).
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace sallyport::encoding::sf {

/// Up to here comparing all pairs beats sorting.
inline constexpr std::size_t small_keyed_list = 16;

template <class Keyed>
void keep_last_values_of_few(std::vector<Keyed>& entries) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::size_t same = 0;
    while (same < kept && entries[same].key != entries[i].key) ++same;
    if (same != i) entries[same] = std::move(entries[i]);
    if (same == kept) ++kept;
  }
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(kept), entries.end());
}

/// Time is n log n whatever the keys, so that a long field costs no more than its length.
template <class Keyed>
void keep_last_values_of_many(std::vector<Keyed>& entries) {
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return entries[a].key < entries[b].key; });
  std::vector<bool> dropped(entries.size(), false);
  for (std::size_t i = 0; i < order.size();) {
    const std::size_t first = i;
    while (++i < order.size() && entries[order[i]].key == entries[order[first]].key) dropped[order[i]] = true;
    if (i - first > 1) entries[order[first]].value = std::move(entries[order[i - 1]].value);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (dropped[i]) continue;
    if (kept != i) entries[kept] = std::move(entries[i]);
    ++kept;
  }
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(kept), entries.end());
}

/// `Keyed` has `key` and `value`.
template <class Keyed>
void keep_last_values(std::vector<Keyed>& entries) {
  if (entries.size() < 2) return;
  if (entries.size() <= small_keyed_list) return keep_last_values_of_few(entries);
  keep_last_values_of_many(entries);
}

}  // namespace sallyport::encoding::sf
