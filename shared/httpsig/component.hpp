// Component identifiers and their values (RFC 9421 section 2): derived components, and fields with sf, key, bs, tr,
// req.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "encoding/structured_field.hpp"
#include "httpsig/message.hpp"

namespace sallyport::httpsig {

/// What a signature is computed over: the message and, for `req` in a response, the request that caused it.
struct signing_context {
  const message* target = nullptr;
  const message* request = nullptr;
};

/// The value of one component. `identifier`: an sf-string item with its parameters.
/// Reasons: httpsig_component_invalid, httpsig_component_missing, httpsig_component_value.
result<std::string> component_value(const encoding::sf::item& identifier, const signing_context& context);

}  // namespace sallyport::httpsig
