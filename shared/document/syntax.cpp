#include "document/syntax.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "document/position.hpp"
#include "encoding/look_alike.hpp"

namespace sallyport::document {
namespace {

constexpr std::string_view general = "the document is JSON with // and /* */ comments";

bool is_word_character(char c) {
  return ascii::is_word(c) || c == '-' || c == '.';
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Where the word around `index` starts: the parser stops inside of it.
std::size_t start_of_word(std::string_view text, std::size_t index) {
  if (index >= text.size() || !is_word_character(text[index])) return index;
  while (index > 0 && is_word_character(text[index - 1])) --index;
  return index;
}

std::string_view word_at(std::string_view text, std::size_t start) {
  std::size_t end = start;
  while (end < text.size() && is_word_character(text[end])) ++end;
  return text.substr(start, end - start);
}

char next_sign(std::string_view text, std::size_t index) {
  while (index < text.size() && is_blank(text[index])) ++index;
  return index < text.size() ? text[index] : '\0';
}

std::string_view advise_string(std::string_view message, char forbidden) {
  if (message.find("U+000A") != std::string_view::npos || message.find("U+000D") != std::string_view::npos) {
    return "a text ends on the line it began on: join the lines, or end it with \"";
  }
  if (message.find("control character") != std::string_view::npos) return "write a space in its place, or \\t";
  if (message.find("backslash") != std::string_view::npos) {
    return forbidden == '\'' ? "a single quote needs no backslash here"
                             : "write two backslashes for one: '\\\\.' for the regular expression \\.";
  }
  if (message.find("'\\u'") != std::string_view::npos) return "write \\u and four hexadecimal digits";
  return "end it with \"";
}

std::string advise_word(std::string_view word, bool names_member) {
  const std::string lower = ascii::to_lower(word);
  if (names_member) return "names of members stand in double quotes: \"" + std::string(word) + "\"";
  if (lower == "true" || lower == "false") return "write " + lower;
  if (lower == "none" || lower == "nil" || lower == "null" || lower == "undefined") return "drop the member";
  if (ascii::is_digit(word[0])) return "a number is digits alone, without 0 in front; other values stand in \"…\"";
  if (word[0] == '.') return "a number starts with a digit: 0.5";
  return "text stands in double quotes: \"" + std::string(word) + "\"";
}

std::string advise_sign(char sign) {
  if (sign == '\'') return "texts stand in double quotes; single quotes are for text inside a condition";
  if (sign == '#') return "comments start with //";
  if (sign == '=') return "a colon stands between name and value";
  if (sign == ';') return "a comma stands between members";
  if (sign == '`') return "texts stand in double quotes";
  if (sign == '+') return "a number has no plus sign";
  return std::string(general);
}

/// At a word, a sign or a value that cannot stand where it does.
std::string advise_token(std::string_view message, std::string_view text, std::size_t index) {
  // Past a number the lexer has looked one character further.
  if (message.find("number literal") != std::string_view::npos && index > 0) --index;
  const auto start = start_of_word(text, index);
  const bool behind_value =
      message.find("expected '}'") != std::string_view::npos || message.find("expected ']'") != std::string_view::npos;
  const bool goes_on =
      start < text.size() && (is_word_character(text[start]) || text[start] == '@' || text[start] == '/');
  if (behind_value && goes_on && start > 0 && text[start - 1] == '"') {
    return "inside a text write ' in place of \", as in \"'sre' in identity.groups\", or \\\"";
  }
  const auto word = word_at(text, start);
  if (message.find("unexpected") != std::string_view::npos) {
    const bool padded = word.size() > 1 && word[0] == '0';
    return padded         ? advise_word(word, false)
           : behind_value ? "a comma is missing in front of it"
                          : "a colon stands between name and value";
  }
  if (message.find("expected ':'") != std::string_view::npos) return "a colon stands between name and value";
  if (word.empty()) return advise_sign(index < text.size() ? text[index] : '\0');
  if (ascii::is_digit(word[0])) return advise_word(word, false);
  const bool names_member =
      message.find("string literal") != std::string_view::npos || next_sign(text, start + word.size()) == ':';
  return behind_value ? "a comma is missing in front of it, and text stands in double quotes"
                      : advise_word(word, names_member);
}

std::string advise_syntax(std::string_view message, std::string_view text, std::size_t index) {
  const auto says = [&](std::string_view part) { return message.find(part) != std::string_view::npos; };
  if (index < text.size()) {
    const auto look_alike = encoding::replacement_advice(text.substr(index));
    if (!look_alike.empty() && !says("byte order mark")) {
      return encoding::name_character(text.substr(index)) + ": " + look_alike;
    }
  }
  if (says("invalid string")) return std::string(advise_string(message, index < text.size() ? text[index] : '\0'));
  if (says("byte order mark")) return "save the file as UTF-8 without byte order mark";
  if (says("NUL")) return "save the file as UTF-8";
  if (says("'*/'")) return "end the comment with */";
  if (says("unexpected end of input")) {
    return std::all_of(text.begin(), text.end(), is_blank) ? "the document is empty: it starts with {"
                                                           : "close what is still open";
  }
  if (says("expected end of input")) return "the document is one object: drop what follows it, or a bracket too many";
  if (says("unexpected '}'; expected string literal") || says("unexpected ']'; expected '['")) {
    return "drop the comma in front of it: nothing follows";
  }
  if (says("unexpected '}'; expected ']'") || says("unexpected ']'; expected '}'")) return "another bracket is open";
  if (says("unexpected '") && says("expected '['")) return "a value is missing in front of it";
  if (says("unexpected ','")) return "drop the comma, or put what is missing in front of it";
  return advise_token(message, text, index);
}

std::string advise(reason why, const problem& what, std::string_view text) {
  if (why == reason::json_duplicate_member) return "drop one: two readers would see two values";
  if (why == reason::utf8_invalid) return "save the file as UTF-8";
  if (why == reason::json_number_invalid) return "write a smaller number";
  if (why == reason::json_too_deep || why == reason::json_too_large) return "no document needs more";
  return advise_syntax(what.message, text, offset_of(text, {what.line, what.column}));
}

std::size_t number_at(std::string_view text, std::size_t start) {
  std::size_t number = 0;
  for (; start < text.size() && ascii::is_digit(text[start]); ++start) {
    number = number * 10 + static_cast<std::size_t>(text[start] - '0');
  }
  return number;
}

/// The gate's message is "[what ]at line L, column C".
void take_position(problem& of) {
  const auto line = of.message.rfind("at line ");
  const auto column = of.message.rfind(", column ");
  if (line == std::string::npos || column == std::string::npos) return;
  of.line = number_at(of.message, line + 8);
  of.column = number_at(of.message, column + 9);
  of.message.resize(line == 0 ? 0 : line - 1);
}

}  // namespace

problem syntax_problem(const failure& why, std::string_view text) {
  const bool twice = why.why == reason::json_duplicate_member;
  problem found{twice ? reason::policy_duplicate : reason::policy_syntax, "$", 1, 1, why.detail, {}};
  take_position(found);
  if (found.message.empty()) found.message = describe(why.why).advice;
  found.advice = advise(why.why, found, text);
  return found;
}

}  // namespace sallyport::document
