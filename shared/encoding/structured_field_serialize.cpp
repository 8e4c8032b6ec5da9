#include <algorithm>
#include <charconv>

#include "encoding/base64url.hpp"
#include "encoding/json.hpp"
#include "encoding/structured_field.hpp"

namespace sallyport::encoding::sf {
namespace {

constexpr std::int64_t max_integer = 999'999'999'999'999;

// Each writer appends the serialization of one production of RFC 9651 section 4.1, or says why it cannot.
result<void> write(std::string& out, const inner_list& value);

failure unserializable(std::string_view what) {
  return {reason::sf_unserializable, std::string(what)};
}

void write_digits(std::string& out, std::int64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// Section 4.1.4.
result<void> write(std::string& out, std::int64_t value) {
  if (value < -max_integer || value > max_integer) return unserializable("an integer of more than 15 digits");
  write_digits(out, value);
  return {};
}

// Section 4.1.5: no trailing zeros in the fraction but one.
result<void> write(std::string& out, const decimal& value) {
  if (value.thousandths < -max_integer || value.thousandths > max_integer) {
    return unserializable("a decimal of more than 12 integer digits");
  }
  const std::int64_t magnitude = value.thousandths < 0 ? -value.thousandths : value.thousandths;
  if (value.thousandths < 0) out.push_back('-');
  write_digits(out, magnitude / 1000);
  std::int64_t fraction = magnitude % 1000;
  out.push_back('.');
  out.push_back(static_cast<char>('0' + fraction / 100));
  fraction %= 100;
  if (fraction != 0) out.push_back(static_cast<char>('0' + fraction / 10));
  if (fraction % 10 != 0) out.push_back(static_cast<char>('0' + fraction % 10));
  return {};
}

// Section 4.1.6.
result<void> write(std::string& out, std::string_view text) {
  out.push_back('"');
  for (char c : text) {
    if (c < ' ' || c > '~') return unserializable("a string with a character that is not printable ASCII");
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
  return {};
}

// Section 4.1.7.
result<void> write(std::string& out, const token& value) {
  if (!is_token(value.text)) return unserializable("a token with a character it may not have");
  out += value.text;
  return {};
}

// Section 4.1.8.
result<void> write(std::string& out, const bytes& data) {
  out.push_back(':');
  out += encode_base64(data);
  out.push_back(':');
  return {};
}

// Section 4.1.9.
result<void> write(std::string& out, bool value) {
  out += value ? "?1" : "?0";
  return {};
}

// Section 4.1.10.
result<void> write(std::string& out, const date& value) {
  out.push_back('@');
  return write(out, value.seconds);
}

// Section 4.1.11: lower-case digits.
result<void> write(std::string& out, const display_string& value) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (!is_utf8(value.text)) return unserializable("a display string that is not UTF-8");
  out += "%\"";
  for (char c : value.text) {
    if (c != '%' && c != '"' && c >= ' ' && c <= '~') {
      out.push_back(c);
      continue;
    }
    out.push_back('%');
    out.push_back(digits[static_cast<byte>(c) >> 4]);
    out.push_back(digits[static_cast<byte>(c) & 15U]);
  }
  out.push_back('"');
  return {};
}

// Section 4.1.3.1.
result<void> write(std::string& out, const bare_item& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return write(out, *number);
  if (const auto* fixed = std::get_if<decimal>(&value)) return write(out, *fixed);
  if (const auto* text = std::get_if<std::string>(&value)) return write(out, std::string_view(*text));
  if (const auto* word = std::get_if<token>(&value)) return write(out, *word);
  if (const auto* data = std::get_if<bytes>(&value)) return write(out, *data);
  if (const auto* truth = std::get_if<bool>(&value)) return write(out, *truth);
  if (const auto* time = std::get_if<date>(&value)) return write(out, *time);
  return write(out, *std::get_if<display_string>(&value));
}

// Section 4.1.1.3.
result<void> write_key(std::string& out, std::string_view key) {
  if (!is_key(key)) return unserializable("a key with a character it may not have");
  out += key;
  return {};
}

bool is_true(const bare_item& value) {
  const bool* truth = std::get_if<bool>(&value);
  return truth != nullptr && *truth;
}

// Section 4.1.1.2: a true value is left out.
result<void> write(std::string& out, const parameter_list& parameters) {
  for (const auto& [key, value] : parameters) {
    out.push_back(';');
    SALLYPORT_TRY(write_key(out, key));
    if (is_true(value)) continue;
    out.push_back('=');
    SALLYPORT_TRY(write(out, value));
  }
  return {};
}

// Section 4.1.3.
result<void> write(std::string& out, const item& value) {
  SALLYPORT_TRY(write(out, value.value));
  return write(out, value.parameters);
}

// Section 4.1.1.1.
result<void> write(std::string& out, const inner_list& value) {
  out.push_back('(');
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) out.push_back(' ');
    SALLYPORT_TRY(write(out, value.items[i]));
  }
  out.push_back(')');
  return write(out, value.parameters);
}

result<void> write(std::string& out, const member& value) {
  if (const auto* single = std::get_if<item>(&value)) return write(out, *single);
  return write(out, *std::get_if<inner_list>(&value));
}

// Section 4.1.1.
result<void> write(std::string& out, const list& members) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ", ";
    SALLYPORT_TRY(write(out, members[i]));
  }
  return {};
}

// Section 4.1.2: a member that is true shows only its parameters.
result<void> write(std::string& out, const dictionary_entry& entry) {
  SALLYPORT_TRY(write_key(out, entry.key));
  const item* single = std::get_if<item>(&entry.value);
  if (single != nullptr && is_true(single->value)) return write(out, single->parameters);
  out.push_back('=');
  return write(out, entry.value);
}

result<void> write(std::string& out, const dictionary& members) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ", ";
    SALLYPORT_TRY(write(out, members[i]));
  }
  return {};
}

template <class T>
result<std::string> written(const T& value) {
  std::string out;
  SALLYPORT_TRY(write(out, value));
  return out;
}

}  // namespace

result<std::string> serialize(const item& value) {
  return written(value);
}
result<std::string> serialize(const inner_list& value) {
  return written(value);
}
result<std::string> serialize(const list& value) {
  return written(value);
}
result<std::string> serialize(const dictionary& value) {
  return written(value);
}
result<std::string> serialize(const member& value) {
  return written(value);
}
result<std::string> serialize(const bare_item& value) {
  return written(value);
}
result<std::string> serialize(const parameter_list& value) {
  return written(value);
}
result<std::string> serialize_string(std::string_view text) {
  return written(text);
}

std::string serialize_bytes(bytes_view data) {
  return ":" + encode_base64(data) + ":";
}

}  // namespace sallyport::encoding::sf
