// What storing and reusing share. Internal to this folder.
#pragma once

#include "caching/caching.hpp"

namespace sallyport::http {

/// Whether it may never be served stale (RFC 9111 section 4.2.4; s-maxage has the meaning of proxy-revalidate, section
/// 5.2.2.10).
bool forbids_stale(const cache_control& answer);
/// For how long past its lifetime it may be served while the origin fails.
seconds error_window(const cache_control& answer, const cache_terms& terms);
bool has_validator(std::span<const field> answer);
/// The Date of the answer, or when it was received without one (RFC 9110 section 6.6.1). Nothing: malformed.
std::optional<unix_seconds> date_of(const cached_answer& answer);

}  // namespace sallyport::http
