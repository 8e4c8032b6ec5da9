#include "gate/edge/address_block.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/ascii.hpp"
#include "core/ipv4.hpp"

namespace sallyport::gate {
namespace {

using groups = std::array<std::uint16_t, 8>;

std::string block_of(const std::array<std::uint8_t, 4>& ip) {
  return std::to_string(ip[0]) + "." + std::to_string(ip[1]) + "." + std::to_string(ip[2]) + ".0/24";
}

std::optional<std::uint16_t> group_of(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    const int digit = ascii::hex_value(c);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(digit);
  }
  return static_cast<std::uint16_t>(value);
}

/// The groups between colons; an IPv4 address at the end is two.
std::optional<std::vector<std::uint16_t>> groups_of(std::string_view text) {
  std::vector<std::uint16_t> out;
  while (!text.empty()) {
    const auto colon = text.find(':');
    const auto part = text.substr(0, colon);
    const auto ip = colon == text.npos ? parse_ipv4(part) : std::nullopt;
    const auto group = group_of(part);
    if (!ip && !group) return std::nullopt;
    if (ip) {
      out.push_back(static_cast<std::uint16_t>((*ip)[0] << 8 | (*ip)[1]));
      out.push_back(static_cast<std::uint16_t>((*ip)[2] << 8 | (*ip)[3]));
    } else {
      out.push_back(*group);
    }
    if (colon == text.npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return out;
}

std::optional<groups> parse_ipv6(std::string_view text) {
  const auto gap = text.find("::");
  const auto front = groups_of(text.substr(0, gap));
  const auto back = groups_of(gap == text.npos ? std::string_view() : text.substr(gap + 2));
  if (!front || !back) return std::nullopt;
  const auto given = front->size() + back->size();
  if (gap == text.npos ? given != 8 : given > 7) return std::nullopt;
  groups out{};
  for (std::size_t i = 0; i < front->size(); ++i) out.at(i) = (*front)[i];
  for (std::size_t i = 0; i < back->size(); ++i) out.at(8 - back->size() + i) = (*back)[i];
  return out;
}

/// ::ffff:192.0.2.7 is 192.0.2.7.
std::optional<std::array<std::uint8_t, 4>> mapped_ipv4(const groups& of) {
  for (std::size_t i = 0; i < 5; ++i) {
    if (of.at(i) != 0) return std::nullopt;
  }
  if (of[5] != 0xFFFF) return std::nullopt;
  const auto byte = [](unsigned value) { return static_cast<std::uint8_t>(value & 0xFFU); };
  return std::array{byte(of[6] >> 8U), byte(of[6]), byte(of[7] >> 8U), byte(of[7])};
}

std::string hex(std::uint16_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(value >> shift) & 0xF];
  return out;
}

}  // namespace

std::string address_block(std::string_view ip) {
  if (const auto four = parse_ipv4(ip)) return block_of(*four);
  const auto six = parse_ipv6(ip);
  if (!six) return std::string(ip);
  if (const auto four = mapped_ipv4(*six)) return block_of(*four);
  return hex((*six)[0]) + ":" + hex((*six)[1]) + ":" + hex((*six)[2]) + "::/48";
}

}  // namespace sallyport::gate
