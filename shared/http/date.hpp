// The date of HTTP fields (RFC 9110 section 5.6.7).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace sallyport::http {

/// Reads an HTTP-date in any of its three forms: `Sun, 06 Nov 1994 08:49:37 GMT`, and the obsolete
/// `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. Case-sensitive, as the grammar is; the name of the
/// day is not compared with the date. `now` picks the century of a year with two digits: none more than 50 years ahead.
/// Nothing: not a date, or before 1970.
std::optional<unix_seconds> parse_http_date(std::string_view text, unix_seconds now);

/// Appends the IMF-fixdate, the form that is written today. Precondition: from 1970 to 9999.
void append_http_date(std::string& to, unix_seconds time);

}  // namespace sallyport::http
