// What to do about a document, a policy or a configuration, that is not JSON.
#pragma once

#include <string>
#include <string_view>

#include "core/reason.hpp"
#include "encoding/json.hpp"

namespace sallyport::policy {

/// `message` is what the gate said, `at` where its parser stopped.
std::string advise_json(reason why, std::string_view message, std::string_view text, encoding::text_position at);

}  // namespace sallyport::policy
