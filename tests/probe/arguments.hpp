// Reading the arguments of a probe operation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "encoding/base64url.hpp"
#include "encoding/json.hpp"

namespace sallyport::probe {

/// What the text is in base64 (padded, or base64url without padding), or nothing.
inline std::optional<std::string> decoded_base64(std::string_view text) {
  auto decoded = encoding::decode_base64(text);
  if (!decoded.ok()) decoded = encoding::decode_base64url(text);
  if (!decoded.ok()) return std::nullopt;
  return to_text(*decoded);
}

/// The member as text decoded from base64, or nothing.
inline std::optional<std::string> base64_argument(const encoding::json& in, std::string_view name) {
  const auto text = encoding::string_member(in, name);
  return text ? decoded_base64(*text) : std::nullopt;
}

/// The integer member, or `otherwise` when absent, of another type, or beyond what a double holds exactly.
inline std::int64_t integer_argument(const encoding::json& in, std::string_view name, std::int64_t otherwise) {
  constexpr double largest_exact = 9007199254740991.0;
  const auto* member = encoding::find_member(in, name);
  if (member == nullptr || !member->is_number()) return otherwise;
  if (member->is_number_integer()) return encoding::safe_integer(*member).value_or(otherwise);
  const double value = member->get<double>();
  return value >= -largest_exact && value <= largest_exact ? static_cast<std::int64_t>(value) : otherwise;
}

}  // namespace sallyport::probe
