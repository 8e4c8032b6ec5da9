// The part of the lexer that builds values.
#include <algorithm>
#include <optional>

#include "core/ascii.hpp"
#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "encoding/percent.hpp"
#include "encoding/structured_field_keys.hpp"
#include "encoding/structured_field_scan.hpp"

namespace sallyport::encoding::sf {
namespace {

bool scan_string_item(cursor& in, bare_item& value) {
  std::string_view raw;
  bool escaped = false;
  if (!scan_string(in, raw, escaped)) return false;
  value = escaped ? unescape_string(raw) : std::string(raw);
  return true;
}

bool scan_bytes_item(cursor& in, bare_item& value) {
  std::string_view base64;
  if (!scan_bytes(in, base64)) return false;
  auto decoded = decode_base64(base64);
  if (!decoded.ok()) return false;
  value = std::move(decoded).value();
  return true;
}

bool scan_number_item(cursor& in, bare_item& value) {
  number found;
  if (!scan_number(in, found)) return false;
  if (found.is_decimal) {
    value = decimal{found.value};
  } else {
    value = found.value;
  }
  return true;
}

bool scan_token_item(cursor& in, bare_item& value) {
  std::string_view text;
  if (!scan_token(in, text)) return false;
  value = token{std::string(text)};
  return true;
}

bool scan_boolean_item(cursor& in, bare_item& value) {
  bool truth = false;
  if (!scan_boolean(in, truth)) return false;
  value = truth;
  return true;
}

bool scan_date_item(cursor& in, bare_item& value) {
  date found;
  if (!scan_date(in, found.seconds)) return false;
  value = found;
  return true;
}

bool scan_display_string_item(cursor& in, bare_item& value) {
  display_string found;
  if (!scan_display_string(in, found.text)) return false;
  value = std::move(found);
  return true;
}

// RFC 9651 section 4.2.10, step 7.1: lower-case digits only.
int lower_hex_pair(std::string_view text) {
  if (text.size() < 2) return -1;
  const bool upper = ascii::is_upper(text[0]) || ascii::is_upper(text[1]);
  const int high = ascii::hex_value(text[0]);
  const int low = ascii::hex_value(text[1]);
  return upper || high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool scan_item(cursor& in, item& value) {
  return scan_bare_item(in, value.value) && scan_parameters(in, value.parameters);
}

// RFC 9651 section 4.2.1.2.
bool scan_inner_list(cursor& in, inner_list& value) {
  if (!in.take('(')) return false;
  for (;;) {
    skip_spaces(in);
    if (in.take(')')) return scan_parameters(in, value.parameters);
    if (!scan_item(in, value.items.emplace_back())) return false;
    if (in.peek() != ' ' && in.peek() != ')') return false;
  }
}

}  // namespace

bool scan_display_string(cursor& in, std::string& text) {
  if (!in.take('%') || !in.take('"')) return false;
  for (; !in.done(); ++in.at) {
    const char c = in.text[in.at];
    if (c < ' ' || c > '~') return false;
    if (c == '"') {
      ++in.at;
      return is_utf8(text);
    }
    if (c != '%') {
      text.push_back(c);
      continue;
    }
    const int value = lower_hex_pair(in.text.substr(in.at + 1));
    if (value < 0) return false;
    text.push_back(static_cast<char>(value));
    in.at += 2;
  }
  return false;
}

bool scan_bare_item(cursor& in, bare_item& value) {
  switch (in.peek()) {
    case '"': return scan_string_item(in, value);
    case ':': return scan_bytes_item(in, value);
    case '?': return scan_boolean_item(in, value);
    case '@': return scan_date_item(in, value);
    case '%': return scan_display_string_item(in, value);
    case '-': return scan_number_item(in, value);
    default: break;
  }
  if (ascii::is_digit(in.peek())) return scan_number_item(in, value);
  return scan_token_item(in, value);
}

bool scan_parameters(cursor& in, parameter_list& parameters) {
  while (in.take(';')) {
    skip_spaces(in);
    std::string_view key;
    if (!scan_key(in, key)) return false;
    parameter& added = parameters.emplace_back(parameter{std::string(key), true});
    if (in.take('=') && !scan_bare_item(in, added.value)) return false;
  }
  keep_last_values(parameters);
  return true;
}

bool scan_member(cursor& in, member& value) {
  if (in.peek() == '(') return scan_inner_list(in, value.emplace<inner_list>());
  return scan_item(in, value.emplace<item>());
}

bool scan_dictionary_value(cursor& in, member& value) {
  if (in.take('=')) return scan_member(in, value);
  item& flag = value.emplace<item>();
  flag.value = true;
  return scan_parameters(in, flag.parameters);
}

}  // namespace sallyport::encoding::sf
