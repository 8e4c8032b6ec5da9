#include "http/cookie.hpp"

#include "http/characters.hpp"
#include "http/field.hpp"

namespace sallyport::http {
namespace {

std::string_view without_prefix(std::string_view name) {
  for (const std::string_view prefix : {std::string_view("__host-"), std::string_view("__secure-")}) {
    if (name_starts_with(name, prefix)) return name.substr(prefix.size());
  }
  return name;
}

bool is_named(std::string_view name, std::string_view wanted) {
  return name == wanted || without_prefix(name) == wanted;
}

/// What of the pair is empty in front does not count when it comes back.
std::string_view name_of_pair(std::string_view pair) {
  std::size_t start = 0;
  while (start < pair.size() && is_one_of("= \t", pair[start])) ++start;
  pair.remove_prefix(start);
  return trim_ows(pair.substr(0, pair.find('=')));
}

}  // namespace

bool next_cookie(std::string_view& rest, cookie_pair& pair) {
  if (rest.empty()) return false;
  const std::size_t end = rest.find(';');
  pair.whole = trim_ows(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  const std::size_t equals = pair.whole.find('=');
  pair.name = trim_ows(pair.whole.substr(0, equals));
  pair.value = equals == std::string_view::npos ? std::string_view() : trim_ows(pair.whole.substr(equals + 1));
  return true;
}

bool hides_cookie(std::string_view piece, std::string_view name) {
  for (std::size_t comma = piece.find(','); comma != std::string_view::npos; comma = piece.find(',', comma + 1)) {
    const auto rest = trim_ows(piece.substr(comma + 1));
    if (rest.starts_with(name) && trim_ows(rest.substr(name.size())).starts_with('=')) return true;
  }
  return false;
}

std::string_view name_when_sent(std::string_view set_cookie) {
  return name_of_pair(set_cookie.substr(0, set_cookie.find(';')));
}

bool sets_cookie(std::string_view set_cookie, std::string_view name) {
  const std::string_view pair = set_cookie.substr(0, set_cookie.find(';'));
  return is_named(name_of_pair(pair), name) || hides_cookie(pair, name);
}

}  // namespace sallyport::http
