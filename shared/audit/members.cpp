#include "audit/members.hpp"

#include "encoding/visible.hpp"

namespace sallyport::audit {
namespace {

// Long enough for any path, short enough that no request can flood the log.
constexpr std::size_t max_text_bytes = 2048;

// RFC 8785 section 3.2.2.2.
void append_escape(std::string& to, char c) {
  switch (c) {
    case '\b': to += "\\b"; return;
    case '\t': to += "\\t"; return;
    case '\n': to += "\\n"; return;
    case '\f': to += "\\f"; return;
    case '\r': to += "\\r"; return;
    case '"': to += "\\\""; return;
    case '\\': to += "\\\\"; return;
    default: encoding::append_visible(to, {&c, 1});
  }
}

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F && c != '"' && c != '\\';
}

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// Cut at a character's start, so that well-formed text stays well-formed.
std::string_view shortened(std::string_view text) {
  if (text.size() <= max_text_bytes) return text;
  std::size_t end = max_text_bytes;
  while (end > max_text_bytes - 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

void append_slowly(std::string& to, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (is_plain(c)) {
      to += c;
      ++at;
    } else if (is_ascii(c)) {
      append_escape(to, c);
      ++at;
    } else {
      std::size_t end = at;
      while (end < text.size() && !is_ascii(text[end])) ++end;
      encoding::append_visible(to, text.substr(at, end - at));
      at = end;
    }
  }
}

}  // namespace

void append_number(std::string& to, std::int64_t number) {
  char digits[20];
  std::size_t at = sizeof digits;
  auto rest = number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
  do {
    digits[--at] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (number < 0) to += '-';
  to.append(digits + at, sizeof digits - at);
}

void append_text(std::string& to, std::string_view text) {
  text = shortened(text);
  std::size_t plain = 0;
  while (plain < text.size() && is_plain(text[plain])) ++plain;
  to.append(text.data(), plain);
  if (plain < text.size()) append_slowly(to, text.substr(plain));
}

}  // namespace sallyport::audit
