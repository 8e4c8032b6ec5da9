#include "crypto/ecdsa_der.hpp"

#include <algorithm>
#include <string_view>

#include "core/ascii.hpp"

namespace sallyport::crypto {
namespace {

constexpr byte tag_sequence = 0x30;
constexpr byte tag_integer = 0x02;
constexpr byte long_form_one_octet = 0x81;
constexpr std::size_t max_short_form = 127;

template <std::size_t Count>
constexpr std::array<byte, (Count - 1) / 2> from_hex(const char (&text)[Count]) {
  std::array<byte, (Count - 1) / 2> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<byte>(ascii::hex_value(text[2 * i]) * 16 + ascii::hex_value(text[2 * i + 1]));
  }
  return out;
}

// The orders n of the groups (FIPS 186-5, NIST SP 800-186 section 3.2.1), as long as a coordinate.
constexpr auto order_p256 = from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
constexpr auto order_p384 =
    from_hex("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973");
constexpr auto order_p521 = from_hex(
    "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47"
    "ae"
    "bb6fb71e91386409");

bytes_view order_of(curve which) {
  switch (which) {
    case curve::p256: return order_p256;
    case curve::p384: return order_p384;
    case curve::p521: return order_p521;
    case curve::none:
    case curve::ed25519: return {};
  }
  __builtin_trap();
}

bytes_view without_leading_zeros(bytes_view integer) {
  const auto first = std::find_if(integer.begin(), integer.end(), [](byte b) { return b != 0; });
  return integer.subspan(static_cast<std::size_t>(first - integer.begin()));
}

/// Both of the same length. A signature is public, so plain comparison will do.
bool in_range(bytes_view integer, bytes_view order) {
  return !without_leading_zeros(integer).empty() &&
         std::lexicographical_compare(integer.begin(), integer.end(), order.begin(), order.end());
}

/// Content octets of a DER INTEGER: no leading zeros but the one that keeps it positive.
std::size_t integer_size(bytes_view magnitude) {
  return magnitude.size() + (magnitude[0] >= 0x80 ? 1 : 0);
}

void append(der_signature& out, byte value) {
  out.block[out.size++] = value;
}

void append_integer(der_signature& out, bytes_view magnitude) {
  append(out, tag_integer);
  append(out, static_cast<byte>(integer_size(magnitude)));
  if (magnitude[0] >= 0x80) append(out, 0);
  std::copy(magnitude.begin(), magnitude.end(), out.block.begin() + static_cast<std::ptrdiff_t>(out.size));
  out.size += magnitude.size();
}

/// Takes a tag and a length off the front of `rest` and returns the contents; nothing when they do not fit.
std::optional<bytes_view> take(bytes_view& rest, byte tag) {
  if (rest.size() < 2 || rest[0] != tag) return std::nullopt;
  std::size_t header = 2;
  std::size_t size = rest[1];
  if (size == long_form_one_octet && rest.size() > 2) {
    header = 3;
    size = rest[2];
  } else if (size > max_short_form) {
    return std::nullopt;
  }
  if (rest.size() - header < size) return std::nullopt;
  const bytes_view contents = rest.subspan(header, size);
  rest = rest.subspan(header + size);
  return contents;
}

bool put_fixed(bytes_view integer, std::size_t offset, std::size_t width, bytes& out) {
  const bytes_view magnitude = without_leading_zeros(integer);
  if (magnitude.size() > width) return false;
  std::copy(magnitude.begin(), magnitude.end(),
            out.begin() + static_cast<std::ptrdiff_t>(offset + width - magnitude.size()));
  return true;
}

}  // namespace

std::optional<der_signature> ecdsa_to_der(curve which, bytes_view raw) {
  const bytes_view order = order_of(which);
  if (order.empty() || raw.size() != 2 * order.size()) return std::nullopt;
  const bytes_view r = raw.first(order.size());
  const bytes_view s = raw.last(order.size());
  if (!in_range(r, order) || !in_range(s, order)) return std::nullopt;
  const bytes_view short_r = without_leading_zeros(r);
  const bytes_view short_s = without_leading_zeros(s);
  const std::size_t contents = 4 + integer_size(short_r) + integer_size(short_s);
  der_signature out;
  append(out, tag_sequence);
  if (contents > max_short_form) append(out, long_form_one_octet);
  append(out, static_cast<byte>(contents));
  append_integer(out, short_r);
  append_integer(out, short_s);
  return out;
}

std::optional<bytes> ecdsa_from_der(curve which, bytes_view der) {
  const std::size_t width = order_of(which).size();
  bytes_view rest = der;
  auto sequence = take(rest, tag_sequence);
  if (width == 0 || !sequence || !rest.empty()) return std::nullopt;
  const auto r = take(*sequence, tag_integer);
  if (!r) return std::nullopt;
  const auto s = take(*sequence, tag_integer);
  if (!s || !sequence->empty()) return std::nullopt;
  bytes raw(2 * width);
  if (!put_fixed(*r, 0, width, raw) || !put_fixed(*s, width, width, raw)) return std::nullopt;
  // Encoding it again and comparing refuses every other spelling at once: long forms, padding, negative integers.
  const auto minimal = ecdsa_to_der(which, raw);
  if (!minimal || !std::equal(der.begin(), der.end(), minimal->view().begin(), minimal->view().end())) {
    return std::nullopt;
  }
  return raw;
}

}  // namespace sallyport::crypto
