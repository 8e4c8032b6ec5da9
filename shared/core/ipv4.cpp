#include "core/ipv4.hpp"

#include "core/ascii.hpp"

namespace sallyport {
namespace {

bool take_octet(std::string_view& text, std::uint8_t& octet) {
  std::size_t digits = 0;
  unsigned number = 0;
  for (; digits < text.size() && digits < 3 && ascii::is_digit(text[digits]); ++digits) {
    number = number * 10 + static_cast<unsigned>(text[digits] - '0');
  }
  const bool good = digits > 0 && number <= 255 && (digits == 1 || text.front() != '0');
  text.remove_prefix(digits);
  octet = static_cast<std::uint8_t>(number);
  return good;
}

}  // namespace

std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text) {
  std::array<std::uint8_t, 4> octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i > 0) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    if (!take_octet(text, octets[i])) return std::nullopt;
  }
  return text.empty() ? std::optional(octets) : std::nullopt;
}

}  // namespace sallyport
