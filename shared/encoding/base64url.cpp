#include "encoding/base64url.hpp"

#include <array>

namespace sallyport::encoding {
namespace {

constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view plain_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr byte foreign = 0xFF;

constexpr std::array<byte, 256> inverse(std::string_view alphabet) {
  std::array<byte, 256> table{};
  for (auto& entry : table) entry = foreign;
  for (std::size_t i = 0; i < alphabet.size(); ++i) table[static_cast<byte>(alphabet[i])] = static_cast<byte>(i);
  return table;
}
constexpr auto url_values = inverse(url_alphabet);
constexpr auto plain_values = inverse(plain_alphabet);

result<bytes> decode_unpadded(std::string_view text, const std::array<byte, 256>& values, reason why) {
  if (text.size() % 4 == 1) return why;
  bytes out(text.size() * 3 / 4);
  auto to = out.begin();
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (char c : text) {
    const byte value = values[static_cast<byte>(c)];
    if (value == foreign) return why;
    bits = (bits << 6) | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    *to++ = static_cast<byte>(bits >> held);
  }
  // RFC 4648 section 3.5: spare bits must be zero, or two spellings would decode to one value.
  if ((bits & ((1U << held) - 1U)) != 0) return why;
  return out;
}

std::string encode_unpadded(bytes_view data, std::string_view alphabet) {
  std::string out((data.size() * 4 + 2) / 3, '\0');
  auto to = out.begin();
  const auto put = [&](std::uint32_t bits, unsigned shift) { *to++ = alphabet[(bits >> shift) & 63U]; };
  std::size_t at = 0;
  for (; at + 3 <= data.size(); at += 3) {
    const std::uint32_t bits = std::uint32_t{data[at]} << 16 | std::uint32_t{data[at + 1]} << 8 | data[at + 2];
    for (const unsigned shift : {18U, 12U, 6U, 0U}) put(bits, shift);
  }
  const std::size_t left = data.size() - at;
  if (left == 0) return out;
  const std::uint32_t bits = std::uint32_t{data[at]} << 16 | (left == 2 ? std::uint32_t{data[at + 1]} << 8 : 0U);
  put(bits, 18);
  put(bits, 12);
  if (left == 2) put(bits, 6);
  return out;
}

}  // namespace

result<bytes> decode_base64url(std::string_view text) {
  return decode_unpadded(text, url_values, reason::base64url_invalid);
}

std::string encode_base64url(bytes_view data) {
  return encode_unpadded(data, url_alphabet);
}

result<bytes> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return reason::base64_invalid;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  return decode_unpadded(text.substr(0, text.size() - padding), plain_values, reason::base64_invalid);
}

std::string encode_base64(bytes_view data) {
  std::string out = encode_unpadded(data, plain_alphabet);
  while (out.size() % 4 != 0) out.push_back('=');
  return out;
}

}  // namespace sallyport::encoding
