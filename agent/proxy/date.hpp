// The Date of answers (RFC 9110 section 6.6.1).
#pragma once

#include <string>

#include "core/time.hpp"

namespace sallyport::agent::proxy {

/// Appends the field line "Date: Sun, 06 Nov 1994 08:49:37 GMT". Precondition: from 1970 to 9999.
void append_date(std::string& to, unix_seconds now);

/// This machine's clock.
unix_seconds seconds_now();

}  // namespace sallyport::agent::proxy
