#include "agent/cli/pasted_token.hpp"

#include <algorithm>

#include "core/ascii.hpp"

namespace sallyport::agent::cli {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool is_around(char c) {
  return is_space(c) || std::string_view("\"'`,;<>").find(c) != std::string_view::npos;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_around(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_around(text.back())) text.remove_suffix(1);
  return text;
}

/// Drops the word at the start when a blank follows: a scheme, or curl's -H.
bool drop_word(std::string_view& text) {
  for (const std::string_view word : {"bearer", "dpop", "jwt", "token", "-h", "--header"}) {
    if (text.size() <= word.size() || !is_space(text[word.size()])) continue;
    if (!ascii::equal(word, text.substr(0, word.size()))) continue;
    text = trim(text.substr(word.size()));
    return true;
  }
  return false;
}

/// Drops "Authorization:", "CF_Authorization=", "access_token": all in front of the first ':' or '=' before any dot.
bool drop_name(std::string_view& text) {
  const auto end = text.find_first_of(":=.");
  // Two characters of padding make no name of the header of a token, which starts like this.
  if (end == std::string_view::npos || text[end] == '.' || text.starts_with("eyJ")) return false;
  text = trim(text.substr(end + 1));
  return true;
}

}  // namespace

std::string unwrap_token(std::string_view pasted) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (pasted.starts_with(mark)) pasted.remove_prefix(mark.size());
  auto text = trim(pasted);
  if (text.starts_with("{")) return std::string(text);
  while (drop_word(text) || drop_name(text)) continue;
  std::string token(text);
  std::erase_if(token, is_space);
  return token;
}

}  // namespace sallyport::agent::cli
