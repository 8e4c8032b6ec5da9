// Cache-Control, of requests and of answers (RFC 9111 section 5.2).
//
// Rules
// * Token and quoted-string are read alike as arguments (section 5.2); names are case-insensitive.
// * A directive that comes twice counts once, in its most restrictive reading (section 4.2.1 lets us choose).
// * `no-cache` and `private` with a list of fields count as without one: stricter, and allowed (sections 5.2.2.4 and
//   5.2.2.7).
// * Seconds beyond 2^31 are 2^31 (section 1.2.2).
// * What is not of the grammar makes the whole field malformed; so does a directive whose seconds are none. Who wrote
//   it meant something that we do not know. Unknown directives of good form mean nothing (section 5.2.3).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/time.hpp"
#include "http/field.hpp"

namespace sallyport::http {

struct cache_control {
  /// There is such a field.
  bool present = false;
  bool malformed = false;

  bool no_store = false;
  bool no_cache = false;
  bool is_private = false;
  bool is_public = false;
  bool must_revalidate = false;
  bool proxy_revalidate = false;
  bool must_understand = false;
  bool only_if_cached = false;
  std::optional<seconds> max_age;
  std::optional<seconds> s_maxage;
  std::optional<seconds> min_fresh;
  /// Without an argument: most_seconds.
  std::optional<seconds> max_stale;
  /// RFC 5861 section 4.
  std::optional<seconds> stale_if_error;
};

inline constexpr seconds most_seconds = seconds{1} << 31;

/// All Cache-Control fields among `fields` as one.
cache_control parse_cache_control(std::span<const field> fields);

/// delta-seconds (RFC 9111 section 1.2.2), at most most_seconds; nothing when it is none.
std::optional<seconds> parse_delta_seconds(std::string_view text);

}  // namespace sallyport::http
