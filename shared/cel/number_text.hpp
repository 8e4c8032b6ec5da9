// Numbers as text, the same on every machine and in Wasm.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::cel {

/// Decimal digits with an optional sign; nothing when there is anything else or it does not fit.
std::optional<std::int64_t> parse_integer(std::string_view text);
/// Decimal digits.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);
/// A decimal number with an optional fraction and exponent, or NaN, Infinity, Inf (any case) with an optional sign.
std::optional<double> parse_real(std::string_view text);

/// The shortest decimal that reads back as `number`: "1.5", "100000", "1e+21", "NaN", "+Inf", "-Inf".
std::string format_real(double number);
/// `digits` decimals, e.g. "1.50"; with `exponent` as d.dde+xx. Precondition: finite, digits <= 100.
std::string format_fixed(double number, int digits, bool exponent);

}  // namespace sallyport::cel
