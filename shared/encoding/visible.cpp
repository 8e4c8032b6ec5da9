#include "encoding/visible.hpp"

#include <cstdint>

#include "encoding/json.hpp"
#include "encoding/json_text.hpp"

namespace sallyport::encoding {
namespace {

struct code_range {
  char32_t first, last;
};
// Sorted. Direction: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. The others among them show nothing.
constexpr code_range unseen[] = {
    {0x7F, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x180E, 0x180E}, {0x200B, 0x200F},
    {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
};

bool is_unseen(char32_t code) {
  if (code < 0x20) return code != '\t' && code != '\n';
  for (const auto& range : unseen) {
    if (code >= range.first && code <= range.last) return true;
  }
  return false;
}

void append_unit(std::string& to, unsigned unit) {
  constexpr char hex[] = "0123456789abcdef";
  to += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) to += hex[unit >> shift & 15];
}

void append_escape(std::string& to, char32_t code) {
  if (code < 0x10000) return append_unit(to, static_cast<unsigned>(code));
  const char32_t beyond = code - 0x10000;
  append_unit(to, 0xD800 + static_cast<unsigned>(beyond >> 10));
  append_unit(to, 0xDC00 + static_cast<unsigned>(beyond & 0x3FF));
}

/// Precondition: one well-formed sequence.
char32_t decoded(std::string_view sequence) {
  constexpr unsigned lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t code = static_cast<unsigned char>(sequence[0]) & lead_bits[sequence.size()];
  for (const char c : sequence.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3F);
  return code;
}

bool is_printable_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
}

}  // namespace

void append_visible(std::string& to, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (is_printable_ascii(text[at])) {
      to += text[at++];
      continue;
    }
    const std::size_t length = utf8_sequence(text.substr(at));
    const std::string_view sequence = text.substr(at, length);
    at += length == 0 ? 1 : length;
    if (length == 0) {
      to += "\xEF\xBF\xBD";
    } else if (const char32_t code = decoded(sequence); is_unseen(code)) {
      append_escape(to, code);
    } else {
      to += sequence;
    }
  }
}

std::string visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_visible(out, text);
  return out;
}

}  // namespace sallyport::encoding
