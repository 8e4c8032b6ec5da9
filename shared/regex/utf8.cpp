#include "regex/utf8.hpp"

namespace sallyport::regex {
namespace {

bool continues(char unit) {
  return (static_cast<unsigned char>(unit) & 0xC0) == 0x80;
}

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0xC0) return 1;
  if (lead < 0xE0) return 2;
  return lead < 0xF0 ? 3 : 4;
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& offset) {
  const auto lead = static_cast<unsigned char>(text[offset]);
  const std::size_t length = sequence_length(lead);
  if (length == 1 || offset + length > text.size()) return ++offset, lead;
  char32_t point = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    point = (point << 6) | (static_cast<unsigned char>(text[offset + i]) & 0x3F);
  }
  offset += length;
  return point;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char unit : text) count += continues(unit) ? 0 : 1;
  return count;
}

std::size_t offset_of_code_point(std::string_view text, std::size_t index) {
  std::size_t offset = 0;
  for (; index > 0 && offset < text.size(); --index) next_code_point(text, offset);
  return index == 0 ? offset : std::string_view::npos;
}

void append_utf8(std::string& out, char32_t point) {
  const auto unit = [&](char32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (point < 0x80) return unit(point);
  if (point < 0x800) return unit(0xC0 | (point >> 6)), unit(0x80 | (point & 0x3F));
  if (point < 0x10000) {
    return unit(0xE0 | (point >> 12)), unit(0x80 | ((point >> 6) & 0x3F)), unit(0x80 | (point & 0x3F));
  }
  unit(0xF0 | (point >> 18));
  unit(0x80 | ((point >> 12) & 0x3F));
  unit(0x80 | ((point >> 6) & 0x3F));
  unit(0x80 | (point & 0x3F));
}

bool is_scalar_value(char32_t point) {
  return point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

}  // namespace sallyport::regex
