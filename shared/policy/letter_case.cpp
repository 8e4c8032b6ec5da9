#include "policy/letter_case.hpp"

#include <algorithm>
#include <iterator>

#include "core/ascii.hpp"

namespace sallyport::policy {
namespace {

/// Every `stride`-th code point from `first` to `last` folds to itself plus `delta`.
struct folding {
  std::uint32_t first, last, stride;
  std::int32_t delta;
};

constexpr folding foldings[] = {
#include "policy/case_folding.inc"
};

}  // namespace

std::uint32_t fold_case(std::uint32_t code) {
  if (code < 0x80) return static_cast<unsigned char>(ascii::to_lower(static_cast<char>(code)));
  const auto* found = std::lower_bound(std::begin(foldings), std::end(foldings), code,
                                       [](const folding& each, std::uint32_t wanted) { return each.last < wanted; });
  if (found == std::end(foldings) || code < found->first || (code - found->first) % found->stride != 0) return code;
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(code) + found->delta);
}

}  // namespace sallyport::policy
