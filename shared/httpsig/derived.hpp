// Derived components (RFC 9421 section 2.2): what a message says outside its fields.
//
// Where the RFC leaves a choice:
// * @target-uri is put together from @scheme, the normalized @authority and the target as sent; an absolute-form target
//   is itself. Authority and asterisk form have neither path nor query (RFC 9112 section 3.3).
// * @query-param values that are not UTF-8 once decoded are refused, never patched with replacement characters.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "encoding/structured_field_model.hpp"
#include "httpsig/message.hpp"

namespace sallyport::httpsig {

/// The value of the derived component `name` ("@method" ...) of `from`. Reasons: httpsig_component_invalid,
/// httpsig_component_missing, httpsig_component_value.
result<std::string> derived_value(std::string_view name, const encoding::sf::parameter_list& parameters,
                                  const message& from);

}  // namespace sallyport::httpsig
