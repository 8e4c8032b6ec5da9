// Points in time as plain numbers with their unit in the type. The core never reads a clock: time is an argument.
#pragma once

#include <cstdint>

namespace sallyport {

/// Seconds since 1970-01-01T00:00:00Z (RFC 7519 NumericDate, whole seconds).
using unix_seconds = std::int64_t;
/// Milliseconds since 1970-01-01T00:00:00Z.
using unix_milliseconds = std::int64_t;
using seconds = std::int64_t;

inline unix_seconds to_seconds(unix_milliseconds time) {
  return time >= 0 ? time / 1000 : -((-time + 999) / 1000);
}

}  // namespace sallyport
