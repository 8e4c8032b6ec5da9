// Reading the arguments of the sigv4 operation.
#pragma once

#include <optional>
#include <string>

#include "aws/sigv4.hpp"
#include "encoding/json.hpp"

namespace sallyport::probe {

/// The member as text, or "".
std::string text_argument(const encoding::json& in, std::string_view name);
std::optional<aws::signing_request> sigv4_request(const encoding::json& in);
std::optional<unix_seconds> sigv4_time(const encoding::json& in);
aws::credentials sigv4_credentials(const encoding::json& in);
aws::signing_options sigv4_options(const encoding::json& in);

}  // namespace sallyport::probe
