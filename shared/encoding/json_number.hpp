// What becomes of a number of a JSON text, so that no two numbers that differ are taken for one another.
//
// * A whole number is kept to the last digit. One with a point or an exponent (`1000.0`, `1e3`) is a double below 2^53,
//   where doubles are exact. Any other is an integer within 64 bits. Beyond those it is a double only when the double's
//   shortest decimal form is the same number, so that writing and reading gives it back; what is neither is refused.
// * A number with a fraction is the nearest double (RFC 8259 section 6), and never becomes a whole number by that: one
//   whose fraction no double can hold is refused, and so is one that is too small.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "encoding/json.hpp"

namespace sallyport::encoding {

/// The number in `text` (RFC 8259 section 6; a sign, digits, a fraction, an exponent), or nothing when it would be kept
/// as another one. `nearest` is the double nearest to it. Preconditions: `text` is such a number, `nearest` is finite.
std::optional<json> exact_number(std::string_view text, double nearest);

}  // namespace sallyport::encoding
