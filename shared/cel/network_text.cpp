#include "cel/network_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "cel/number_text.hpp"
#include "core/ascii.hpp"
#include "core/ipv4.hpp"

namespace sallyport::cel {
namespace {

// Digits only, no sign, no leading zero, at most `most`.
std::optional<std::uint8_t> parse_decimal(std::string_view text, std::uint64_t most) {
  if (text.size() > 3 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  const auto number = parse_unsigned(text);
  if (!number || *number > most) return std::nullopt;
  return static_cast<std::uint8_t>(*number);
}

std::optional<network> parse_ipv4_network(std::string_view text) {
  const auto octets = parse_ipv4(text);
  if (!octets) return std::nullopt;
  network out;
  std::copy(octets->begin(), octets->end(), out.address);
  return out;
}

// Groups separated by single colons into `out`; nothing when malformed or too many.
std::optional<std::size_t> parse_groups(std::string_view text, std::array<std::uint16_t, 8>& out) {
  std::size_t count = 0;
  if (text.empty()) return count;
  for (bool more = true; more;) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    more = colon != std::string_view::npos;
    text.remove_prefix(more ? colon + 1 : text.size());
    if (count == 8 || group.empty() || group.size() > 4) return std::nullopt;
    std::uint16_t bits = 0;
    for (const char c : group) {
      if (ascii::hex_value(c) < 0) return std::nullopt;
      bits = static_cast<std::uint16_t>(bits * 16 + ascii::hex_value(c));
    }
    out[count++] = bits;
  }
  return count;
}

// IPv4-mapped addresses (RFC 4291 section 2.5.5.2) become the IPv4 address, so that no rule about it is passed by.
network unmapped(const network& given) {
  constexpr std::array<std::uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (given.size != 16 || std::memcmp(given.address, mapped_prefix.data(), mapped_prefix.size()) != 0) return given;
  network out;
  std::memcpy(out.address, given.address + 12, 4);
  return out;
}

std::optional<network> parse_ipv6(std::string_view text) {
  std::array<std::uint16_t, 8> head = {};
  std::array<std::uint16_t, 8> tail = {};
  const std::size_t gap = text.find("::");
  const bool elided = gap != std::string_view::npos;
  const auto left = parse_groups(text.substr(0, gap), head);
  const auto right = parse_groups(elided ? text.substr(gap + 2) : std::string_view{}, tail);
  if (!left || !right) return std::nullopt;
  if (elided ? *left + *right > 7 : *left != 8) return std::nullopt;
  for (std::size_t i = 0; i < *right; ++i) head[8 - *right + i] = tail[i];
  network out;
  out.size = 16;
  out.prefix = 128;
  for (std::size_t i = 0; i < 8; ++i) {
    out.address[2 * i] = static_cast<std::uint8_t>(head[i] >> 8);
    out.address[2 * i + 1] = static_cast<std::uint8_t>(head[i] & 0xFF);
  }
  return out;
}

std::uint16_t group_of(const network& address, std::size_t index) {
  return static_cast<std::uint16_t>(address.address[2 * index] << 8 | address.address[2 * index + 1]);
}

// RFC 5952 section 4.2: the first longest run of two zero groups or more.
std::size_t longest_zeros(const network& address, std::size_t& start) {
  std::size_t best = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t length = 0;
    while (i + length < 8 && group_of(address, i + length) == 0) ++length;
    if (length > best) best = length, start = i;
    i += length;
  }
  return best > 1 ? best : 0;
}

void append_hex(std::string& out, std::uint16_t group) {
  constexpr std::string_view digits = "0123456789abcdef";
  bool started = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const auto digit = static_cast<std::size_t>(group >> shift & 0xF);
    started |= digit != 0 || shift == 0;
    if (started) out += digits[digit];
  }
}

std::string format_ipv6(const network& address) {
  std::string out;
  std::size_t gap = 8;
  const std::size_t zeros = longest_zeros(address, gap);
  for (std::size_t i = 0; i < 8; ++i) {
    if (zeros > 0 && i == gap) {
      out += "::";
      i += zeros - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    append_hex(out, group_of(address, i));
  }
  return out;
}

// How many bits of octet `index` the prefix covers.
std::uint8_t mask_of(const network& range, std::size_t index) {
  const int covered = static_cast<int>(range.prefix) - static_cast<int>(index * 8);
  if (covered >= 8) return 0xFF;
  return covered <= 0 ? std::uint8_t{0} : static_cast<std::uint8_t>((0xFF00U >> covered) & 0xFFU);
}

}  // namespace

std::optional<network> parse_ip(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return parse_ipv4_network(text);
  const auto parsed = parse_ipv6(text);
  return parsed ? std::optional<network>(unmapped(*parsed)) : std::nullopt;
}

std::optional<network> parse_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view address = text.substr(0, slash);
  auto range = address.find(':') == std::string_view::npos ? parse_ipv4_network(address) : parse_ipv6(address);
  // A mapped range could cover more than IPv4: which one is meant must be written out.
  if (!range || unmapped(*range).size != range->size) return std::nullopt;
  const auto prefix = parse_decimal(text.substr(slash + 1), range->prefix);
  if (!prefix) return std::nullopt;
  range->prefix = *prefix;
  return range;
}

std::string format_ip(const network& address) {
  if (address.size == 16) return format_ipv6(address);
  std::string out;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) out += '.';
    out += std::to_string(address.address[i]);
  }
  return out;
}

std::string format_cidr(const network& range) {
  return format_ip(range) + '/' + std::to_string(range.prefix);
}

network masked(const network& range) {
  network out = range;
  for (std::size_t i = 0; i < out.size; ++i) out.address[i] &= mask_of(range, i);
  return out;
}

bool contains(const network& range, const network& inner) {
  if (range.size != inner.size || inner.prefix < range.prefix) return false;
  for (std::size_t i = 0; i < range.size; ++i) {
    if (((range.address[i] ^ inner.address[i]) & mask_of(range, i)) != 0) return false;
  }
  return true;
}

}  // namespace sallyport::cel
