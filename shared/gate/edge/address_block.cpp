#include "gate/edge/address_block.hpp"

#include <cstdint>

#include "cel/network_text.hpp"
#include "core/ipv4.hpp"

namespace sallyport::gate {
namespace {

std::string hex_group(std::uint8_t high, std::uint8_t low) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned octet : {high, low}) {
    out += digits[octet >> 4U];
    out += digits[octet & 0xFU];
  }
  return out;
}

/// RFC 4291 section 2.2 writes the last 32 bits of an address also as IPv4, which CEL does not read.
std::string in_groups(std::string_view ip) {
  const auto colon = ip.rfind(':');
  const auto tail = colon == ip.npos ? std::nullopt : parse_ipv4(ip.substr(colon + 1));
  if (!tail) return std::string(ip);
  const auto& octets = *tail;
  return std::string(ip.substr(0, colon + 1)) + hex_group(octets[0], octets[1]) + ":" + hex_group(octets[2], octets[3]);
}

}  // namespace

std::string address_block(std::string_view ip) {
  const auto parsed = cel::parse_ip(in_groups(ip));
  if (!parsed) return std::string(ip);
  const auto& at = parsed->address;
  if (parsed->size == 4) {
    return std::to_string(at[0]) + "." + std::to_string(at[1]) + "." + std::to_string(at[2]) + ".0/24";
  }
  return hex_group(at[0], at[1]) + ":" + hex_group(at[2], at[3]) + ":" + hex_group(at[4], at[5]) + "::/48";
}

}  // namespace sallyport::gate
