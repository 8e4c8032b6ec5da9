#include "caching/cache_control.hpp"

#include <algorithm>
#include <string>

#include "core/ascii.hpp"
#include "http/characters.hpp"

namespace sallyport::http {
namespace {

struct directive {
  std::string_view name;
  std::optional<std::string> argument;
};

/// Takes directives off the value of one field.
class directive_reader {
 public:
  explicit directive_reader(std::string_view text) : rest_(text) {}

  /// False: no more, or the rest is not of the grammar (malformed tells).
  bool next(directive& to) {
    skip_empty_members();
    if (rest_.empty() || malformed_) return false;
    to = {take_token(), std::nullopt};
    if (to.name.empty()) return fail();
    if (rest_.starts_with('=') && !take_argument(to)) return fail();
    rest_ = trim_ows(rest_);
    return rest_.empty() || rest_.front() == ',' || fail();
  }
  bool malformed() const { return malformed_; }

 private:
  void skip_empty_members() {
    while (!rest_.empty() && is_one_of(", \t", rest_.front())) rest_.remove_prefix(1);
  }
  bool fail() {
    malformed_ = true;
    return false;
  }
  std::string_view take_token() {
    std::size_t end = 0;
    while (end < rest_.size() && is(rest_[end], token_char)) ++end;
    const auto token = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return token;
  }
  bool take_argument(directive& to) {
    rest_.remove_prefix(1);
    if (rest_.starts_with('"')) return take_quoted(to.argument.emplace());
    to.argument = take_token();
    return !to.argument->empty();
  }
  // RFC 9110 section 5.6.4.
  bool take_quoted(std::string& to) {
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (rest_[i] == '\\' && ++i == rest_.size()) return false;
      to.push_back(rest_[i]);
    }
    return false;
  }

  std::string_view rest_;
  bool malformed_ = false;
};

struct flag_row {
  std::string_view name;
  bool cache_control::*member;
};
constexpr flag_row flags[] = {
    {"no-store", &cache_control::no_store},
    {"no-cache", &cache_control::no_cache},
    {"private", &cache_control::is_private},
    {"public", &cache_control::is_public},
    {"must-revalidate", &cache_control::must_revalidate},
    {"proxy-revalidate", &cache_control::proxy_revalidate},
    {"must-understand", &cache_control::must_understand},
    {"only-if-cached", &cache_control::only_if_cached},
};

struct seconds_row {
  std::string_view name;
  std::optional<seconds> cache_control::*member;
  /// Whether the larger of two is the more restrictive one.
  bool larger = false;
};
constexpr seconds_row times[] = {
    {"max-age", &cache_control::max_age},
    {"s-maxage", &cache_control::s_maxage},
    {"min-fresh", &cache_control::min_fresh, true},
    {"max-stale", &cache_control::max_stale},
    {"stale-if-error", &cache_control::stale_if_error},
};

void take_seconds(const seconds_row& row, const directive& given, cache_control& to) {
  const bool any = row.member == &cache_control::max_stale && !given.argument;
  const auto value = any ? std::optional(most_seconds) : parse_delta_seconds(given.argument.value_or(""));
  if (!value) {
    to.malformed = true;
    return;
  }
  auto& held = to.*row.member;
  if (!held) held = value;
  held = row.larger ? std::max(*held, *value) : std::min(*held, *value);
}

void take(const directive& given, cache_control& to) {
  for (const auto& row : flags) {
    if (!name_equals(given.name, row.name)) continue;
    to.*row.member = true;
    // The one flag that permits: with an argument, it is not known what.
    if (row.member == &cache_control::is_public && given.argument) to.malformed = true;
    return;
  }
  for (const auto& row : times) {
    if (name_equals(given.name, row.name)) return take_seconds(row, given, to);
  }
}

}  // namespace

cache_control parse_cache_control(std::span<const field> fields) {
  cache_control all;
  for (const auto& each : fields) {
    if (!name_equals(each.name, "cache-control")) continue;
    all.present = true;
    directive_reader in(each.value);
    directive given;
    while (in.next(given)) take(given, all);
    all.malformed = all.malformed || in.malformed();
  }
  return all;
}

std::optional<seconds> parse_delta_seconds(std::string_view text) {
  if (text.empty()) return std::nullopt;
  seconds value = 0;
  for (const char c : text) {
    if (!ascii::is_digit(c)) return std::nullopt;
    value = std::min(most_seconds, value * 10 + (c - '0'));
  }
  return value;
}

}  // namespace sallyport::http
