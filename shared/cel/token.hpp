// Words of the language (cel-spec, doc/langdef.md, "Syntax").
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::cel {

enum class token_kind : std::uint8_t {
  end,
  identifier,
  /// `name` in backquotes; the text is what stands between them.
  quoted_identifier,
  integer,
  unsigned_integer,
  real,
  /// With prefix and quotes.
  string,
  bytes,
  /// An operator or a bracket.
  symbol,
  /// Not a token; the text says what is wrong.
  invalid,
};

struct token {
  token_kind kind = token_kind::end;
  std::uint32_t offset = 0;
  std::string_view text;

  bool is(std::string_view symbol) const { return kind == token_kind::symbol && text == symbol; }
  bool is_word(std::string_view word) const { return kind == token_kind::identifier && text == word; }
};

/// Cuts a source into tokens from left to right, white space and `//` comments aside.
class lexer {
 public:
  /// The text of an invalid token that no token begins with.
  static constexpr std::string_view unknown_character = "a character that CEL does not use";

  explicit lexer(std::string_view source) : source_(source) {}
  /// Precondition: the previous token was valid.
  token next();

 private:
  void skip_blanks();
  token take(token_kind kind, std::size_t size);
  token invalid(std::string_view message) const;
  token take_number();
  token take_string(std::size_t prefix);
  token take_quoted_identifier();
  token take_symbol();
  std::size_t digits_from(std::size_t at) const;
  char at(std::size_t offset) const { return offset < source_.size() ? source_[offset] : '\0'; }

  std::string_view source_;
  std::size_t position_ = 0;
};

/// Whether `name` may not name a variable ("for", "package", …), or is a keyword ("in", "true", …).
bool is_reserved(std::string_view name);
bool is_keyword(std::string_view name);

}  // namespace sallyport::cel
