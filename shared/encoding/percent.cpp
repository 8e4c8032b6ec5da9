#include "encoding/percent.hpp"

#include "core/ascii.hpp"

namespace sallyport::encoding {
namespace {

template <class Stays>
std::string encode_unless(std::string_view text, Stays stays) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (stays(c)) {
      out.push_back(c);
    } else {
      append_percent(out, static_cast<byte>(c));
    }
  }
  return out;
}

}  // namespace

bool is_unreserved(char c) {
  return ascii::is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

int percent_triplet(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return -1;
  const int high = ascii::hex_value(text[1]);
  const int low = ascii::hex_value(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void append_percent(std::string& to, byte value) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  to.push_back('%');
  to.push_back(digits[value >> 4]);
  to.push_back(digits[value & 15U]);
}

std::string encode_percent(std::string_view text) {
  return encode_unless(text, is_unreserved);
}

std::string encode_percent_path(std::string_view text) {
  return encode_unless(text, [](char c) { return is_unreserved(c) || c == '/'; });
}

result<std::string> decode_percent(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int value = percent_triplet(text.substr(i));
    if (value < 0) return reason::percent_encoding_invalid;
    out.push_back(static_cast<char>(value));
    i += 2;
  }
  return out;
}

std::string decode_form(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = percent_triplet(text.substr(i));
    if (value >= 0) {
      out.push_back(static_cast<char>(value));
      i += 2;
      continue;
    }
    out.push_back(text[i] == '+' ? ' ' : text[i]);
  }
  return out;
}

std::string encode_form_component(std::string_view text) {
  return encode_unless(
      text, [](char c) { return ascii::is_alphanumeric(c) || c == '*' || c == '-' || c == '.' || c == '_'; });
}

}  // namespace sallyport::encoding
