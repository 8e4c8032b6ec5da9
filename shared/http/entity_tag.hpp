// Entity tags and the preconditions that a cache evaluates itself (RFC 9110 sections 8.8.3 and 13.1, RFC 9111
// section 4.3.2).
#pragma once

#include <span>
#include <string_view>

#include "core/time.hpp"
#include "http/field.hpp"

namespace sallyport::http {

/// Whether `text` is one entity-tag.
bool is_entity_tag(std::string_view text);
/// Weak comparison (RFC 9110 section 8.8.3.2). Preconditions: both are entity tags.
bool weakly_equal(std::string_view a, std::string_view b);

/// Whether the If-None-Match of a request, or without one its If-Modified-Since, is met by an answer with these fields:
/// the client has what it would get, and 304 is enough (RFC 9110 sections 13.1.2 and 13.1.3). A field that is malformed
/// is as if it were not there.
bool client_has_it(std::span<const field> request, std::span<const field> answer, unix_seconds now);

}  // namespace sallyport::http
