#include "encoding/json_text.hpp"

namespace sallyport::encoding {
namespace {

const char* skip_comment(const char* from, const char* to) {
  const std::string_view rest(from, static_cast<std::size_t>(to - from));
  const bool block = rest.starts_with("/*");
  const auto end = rest.find(block ? "*/" : "\n", block ? 2 : 0);
  return end == std::string_view::npos ? to : from + end + (block ? 2 : 1);
}

}  // namespace

text_position position_of(const char* begin, const char* at, text_position position) {
  for (const char* c = begin; c < at; ++c) {
    if (*c == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

std::string describe_position(const char* begin, const char* at, std::string_view what) {
  const auto position = position_of(begin, at > begin ? at - 1 : at);
  std::string text(what);
  if (!text.empty()) text += " ";
  return text + "at line " + std::to_string(position.line) + ", column " + std::to_string(position.column);
}

const char* skip_to_token(const char* from, const char* to) {
  constexpr std::string_view separators = " \t\r\n,:";
  while (from < to) {
    if (*from == '/') {
      from = skip_comment(from, to);
    } else if (separators.find(*from) != std::string_view::npos) {
      ++from;
    } else {
      break;
    }
  }
  return from;
}

std::string escape_pointer_token(std::string_view token) {
  std::string out;
  for (char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string syntax_message(std::string_view parser_message) {
  const auto start = parser_message.find(" - ");
  if (start == std::string_view::npos) return "not JSON";
  std::string text(parser_message.substr(start + 3));
  const auto quoted = text.find("; last read: ");
  if (quoted == std::string::npos) return text;
  const auto expected = text.rfind("; expected ");
  const std::string tail = expected != std::string::npos && expected > quoted ? text.substr(expected) : std::string();
  return text.substr(0, quoted) + tail;
}

std::size_t utf8_sequence(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if ((lead == 0xE0 && at(1) < 0xA0) || (lead == 0xED && at(1) > 0x9F)) return 0;
    return tail(1) && tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if ((lead == 0xF0 && at(1) < 0x90) || (lead == 0xF4 && at(1) > 0x8F)) return 0;
    return tail(1) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

std::size_t utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_sequence(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

bool is_utf8(std::string_view text) {
  return utf8_prefix(text) == text.size();
}

}  // namespace sallyport::encoding
