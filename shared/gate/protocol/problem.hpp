// What a refused caller is told: an RFC 9457 problem with a public code and the request id, and nothing more but
// which input was wrong. Both ends
// answer with these bytes.
#pragma once

#include <string>
#include <string_view>

#include "core/reason.hpp"

namespace sallyport::gate {

inline constexpr std::string_view problem_content_type = "application/problem+json";

/// {"code":…,"request_id":…,"status":…,"title":…}, canonical. `request_id` may be empty and is left out then.
/// `detail` goes in only where it speaks of the caller's own input and holds no value: job_input_invalid.
std::string problem_body(reason why, std::string_view request_id, std::string_view detail = {});

/// The WWW-Authenticate value that a 401 must carry (RFC 9110 section 15.5.2, RFC 6750 section 3), or "" for other
/// statuses. `resource_metadata` is a URL or empty; a challenge for a token names it (RFC 9728 section 5.1).
std::string challenge(reason why, std::string_view resource_metadata = {});

/// A short English title of a public code's status, "Unauthorized"; static storage.
std::string_view title_of(reason why);

}  // namespace sallyport::gate
