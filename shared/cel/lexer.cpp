#include <algorithm>
#include <array>

#include "cel/token.hpp"
#include "core/ascii.hpp"

namespace sallyport::cel {
namespace {

using ascii::is_digit;
using ascii::is_hex;

bool is_name_start(char c) {
  return ascii::is_letter(c) || c == '_';
}
bool is_quoted_name_part(char c) {
  return ascii::is_word(c) || c == '.' || c == '-' || c == '/' || c == ' ';
}

// Longer symbols first.
constexpr std::array<std::string_view, 26> symbols = {"==", "!=", "<=", ">=", "&&", "||", "[", "]", "{",
                                                      "}",  "(",  ")",  ".",  ",",  "-",  "!", "?", ":",
                                                      "+",  "*",  "/",  "%",  "<",  ">",  "=", "&"};

// The letters before a string literal: r for raw and b for bytes, each once, either case.
std::size_t string_prefix(std::string_view text) {
  const auto is = [&](std::size_t i, char lower) { return i < text.size() && (text[i] | 0x20) == lower; };
  const auto quote = [&](std::size_t i) { return i < text.size() && (text[i] == '"' || text[i] == '\''); };
  if (quote(0)) return 0;
  if ((is(0, 'r') || is(0, 'b')) && quote(1)) return 1;
  if (((is(0, 'r') && is(1, 'b')) || (is(0, 'b') && is(1, 'r'))) && quote(2)) return 2;
  return std::string_view::npos;
}

}  // namespace

token lexer::next() {
  skip_blanks();
  if (position_ >= source_.size()) return take(token_kind::end, 0);
  const char first = source_[position_];
  const std::size_t prefix = string_prefix(source_.substr(position_));
  if (prefix != std::string_view::npos) return take_string(prefix);
  if (is_digit(first) || (first == '.' && is_digit(at(position_ + 1)))) return take_number();
  if (first == '`') return take_quoted_identifier();
  if (!is_name_start(first)) return take_symbol();
  std::size_t end = position_;
  while (ascii::is_word(at(end))) ++end;
  return take(token_kind::identifier, end - position_);
}

void lexer::skip_blanks() {
  constexpr std::string_view blanks = " \t\n\f\r";
  while (position_ < source_.size()) {
    if (blanks.find(source_[position_]) != std::string_view::npos) {
      ++position_;
      continue;
    }
    if (source_.substr(position_, 2) != "//") return;
    position_ = std::min(source_.find('\n', position_), source_.size());
  }
}

token lexer::take(token_kind kind, std::size_t size) {
  const token taken{kind, static_cast<std::uint32_t>(position_), source_.substr(position_, size)};
  position_ += size;
  return taken;
}

token lexer::invalid(std::string_view message) const {
  return {token_kind::invalid, static_cast<std::uint32_t>(position_), message};
}

std::size_t lexer::digits_from(std::size_t offset) const {
  while (is_digit(at(offset))) ++offset;
  return offset;
}

token lexer::take_number() {
  std::size_t end = position_;
  bool real = false;
  if (at(end) == '0' && (at(end + 1) == 'x' || at(end + 1) == 'X')) {
    end += 2;
    if (!is_hex(at(end))) return invalid("hexadecimal digits are missing");
    while (is_hex(at(end))) ++end;
  } else {
    end = digits_from(end);
    if (at(end) == '.' && is_digit(at(end + 1))) end = digits_from(end + 1), real = true;
    if (at(end) == 'e' || at(end) == 'E') {
      const std::size_t sign = at(end + 1) == '+' || at(end + 1) == '-' ? 1 : 0;
      if (!is_digit(at(end + 1 + sign))) return invalid("the digits of the exponent are missing");
      end = digits_from(end + 1 + sign);
      real = true;
    }
  }
  if (real) return take(token_kind::real, end - position_);
  if (at(end) == 'u' || at(end) == 'U') return take(token_kind::unsigned_integer, end + 1 - position_);
  return take(token_kind::integer, end - position_);
}

token lexer::take_string(std::size_t prefix) {
  bool raw = false;
  bool bytes = false;
  for (std::size_t i = 0; i < prefix; ++i) (at(position_ + i) | 0x20) == 'r' ? raw = true : bytes = true;
  const std::size_t open = position_ + prefix;
  const char quote = at(open);
  const bool triple = at(open + 1) == quote && at(open + 2) == quote;
  const std::size_t width = triple ? 3 : 1;
  std::size_t end = open + width;
  while (end < source_.size()) {
    if (at(end) == quote && (!triple || (at(end + 1) == quote && at(end + 2) == quote))) {
      return take(bytes ? token_kind::bytes : token_kind::string, end + width - position_);
    }
    if (!triple && (at(end) == '\n' || at(end) == '\r')) break;
    end += !raw && at(end) == '\\' ? 2 : 1;
  }
  return invalid("the string is not closed");
}

token lexer::take_quoted_identifier() {
  std::size_t end = position_ + 1;
  while (is_quoted_name_part(at(end))) ++end;
  if (at(end) != '`' || end == position_ + 1)
    return invalid("a quoted identifier holds letters, digits, _ . - / and space");
  token taken = take(token_kind::quoted_identifier, end + 1 - position_);
  taken.text = taken.text.substr(1, taken.text.size() - 2);
  return taken;
}

token lexer::take_symbol() {
  for (const auto symbol : symbols) {
    if (source_.substr(position_, symbol.size()) == symbol) return take(token_kind::symbol, symbol.size());
  }
  return invalid(unknown_character);
}

bool is_keyword(std::string_view name) {
  return name == "in" || name == "true" || name == "false" || name == "null";
}

bool is_reserved(std::string_view name) {
  constexpr std::array<std::string_view, 17> reserved = {"as",        "break",  "const",  "continue", "else", "for",
                                                         "function",  "if",     "import", "let",      "loop", "package",
                                                         "namespace", "return", "var",    "void",     "while"};
  return is_keyword(name) || std::find(reserved.begin(), reserved.end(), name) != reserved.end();
}

}  // namespace sallyport::cel
