#include "encoding/look_alike.hpp"

#include <cstdint>
#include <cstdio>

namespace sallyport::encoding {
namespace {

struct look_alike {
  std::uint32_t first, last;
  std::string_view what;
  std::string_view ascii;
};

constexpr look_alike look_alikes[] = {
    {0x00a0, 0x00a0, "a no-break space", " "},
    {0x00ab, 0x00ab, "a quotation mark", "'"},
    {0x00ad, 0x00ad, "a soft hyphen, invisible", ""},
    {0x00b4, 0x00b4, "an acute accent", "'"},
    {0x00bb, 0x00bb, "a quotation mark", "'"},
    {0x02bc, 0x02bc, "a curly apostrophe", "'"},
    {0x0410, 0x0410, "a Cyrillic letter", "A"},
    {0x0415, 0x0415, "a Cyrillic letter", "E"},
    {0x041e, 0x041e, "a Cyrillic letter", "O"},
    {0x0430, 0x0430, "a Cyrillic letter", "a"},
    {0x0435, 0x0435, "a Cyrillic letter", "e"},
    {0x043e, 0x043e, "a Cyrillic letter", "o"},
    {0x0440, 0x0440, "a Cyrillic letter", "p"},
    {0x0441, 0x0441, "a Cyrillic letter", "c"},
    {0x0443, 0x0443, "a Cyrillic letter", "y"},
    {0x0445, 0x0445, "a Cyrillic letter", "x"},
    {0x0456, 0x0456, "a Cyrillic letter", "i"},
    {0x2000, 0x200a, "a typographic space", " "},
    {0x200b, 0x200f, "invisible", ""},
    {0x2010, 0x2012, "a typographic hyphen", "-"},
    {0x2013, 0x2015, "a dash", "-"},
    {0x2018, 0x201b, "a curly quote", "'"},
    {0x201c, 0x201f, "a curly quote", "\""},
    {0x2024, 0x2024, "a leader dot", "."},
    {0x2026, 0x2026, "an ellipsis", "..."},
    {0x2028, 0x2029, "a line separator", " "},
    {0x202a, 0x202e, "invisible, turns the direction of text", ""},
    {0x202f, 0x202f, "a narrow no-break space", " "},
    {0x2032, 0x2032, "a prime", "'"},
    {0x2033, 0x2033, "a double prime", "\""},
    {0x2039, 0x203a, "a quotation mark", "'"},
    {0x205f, 0x205f, "a typographic space", " "},
    {0x2060, 0x2064, "invisible", ""},
    {0x2066, 0x2069, "invisible, turns the direction of text", ""},
    {0x2212, 0x2212, "a minus sign", "-"},
    {0x2260, 0x2260, "a sign", "!="},
    {0x2264, 0x2264, "a sign", "<="},
    {0x2265, 0x2265, "a sign", ">="},
    {0x3000, 0x3000, "an ideographic space", " "},
    {0xfeff, 0xfeff, "a byte order mark, invisible", ""},
};

/// The full-width forms of ! to ~ follow the order of ASCII.
constexpr std::uint32_t first_full_width = 0xff01;
constexpr std::uint32_t last_full_width = 0xff5e;
constexpr std::string_view printable =
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

std::uint32_t code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  std::uint32_t code = size == 1 ? lead : lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size && i < text.size(); ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  return code;
}

const look_alike* find(std::uint32_t code) {
  for (const auto& row : look_alikes) {
    if (code >= row.first && code <= row.last) return &row;
  }
  return nullptr;
}

}  // namespace

std::string name_character(std::string_view text) {
  if (text[0] > ' ' && text[0] < 0x7f) return "'" + std::string(text.substr(0, 1)) + "'";
  const auto code = code_point(text);
  char name[16];
  std::snprintf(name, sizeof name, "U+%04X", static_cast<unsigned>(code));
  const auto* row = find(code);
  if (row != nullptr) return std::string(name) + " (" + std::string(row->what) + ")";
  const bool wide = code >= first_full_width && code <= last_full_width;
  return std::string(name) + (wide ? " (a full-width character)" : "");
}

std::optional<std::string_view> ascii_for(std::string_view text) {
  if (text.empty() || is_ascii(text[0])) return std::nullopt;
  const auto code = code_point(text);
  if (const auto* row = find(code)) return row->ascii;
  if (code < first_full_width || code > last_full_width) return std::nullopt;
  return printable.substr(code - first_full_width, 1);
}

std::string replacement_advice(std::string_view text) {
  const auto ascii = ascii_for(text);
  if (!ascii) return "";
  if (ascii->empty()) return "delete it";
  return *ascii == " " ? "write a space in its place" : "write " + std::string(*ascii) + " in its place";
}

}  // namespace sallyport::encoding
