// Letters without their case: simple case folding, from a table of all of Unicode (scripts/make-case-folding).
#pragma once

#include <cstdint>

namespace sallyport::policy {

/// The code point that stands for `code` where readers ignore case. One to one, the same whatever the language; the two
/// letters i of Turkish fold to the plain one.
std::uint32_t fold_case(std::uint32_t code);

}  // namespace sallyport::policy
