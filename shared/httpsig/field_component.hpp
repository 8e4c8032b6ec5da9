// HTTP fields as components (RFC 9421 section 2.1) with their parameters sf, key, bs and tr.
//
// `sf` needs the type of the field (section 2.1.1). Registered fields have theirs in field_types.def; any other field
// is read as a dictionary or a list or an item, and refused when two of these would give two values.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "encoding/structured_field_model.hpp"
#include "httpsig/message.hpp"

namespace sallyport::httpsig {

/// The value of the field `name` (lower case) of `from`. Reasons: httpsig_component_invalid, httpsig_component_missing,
/// httpsig_component_value.
result<std::string> field_value(std::string_view name, const encoding::sf::parameter_list& parameters,
                                const message& from);

/// The lines of a field joined with ", " (RFC 9421 section 2.1, step 4), or nothing when there are none.
std::optional<std::string> joined_lines(const std::vector<message_field>& fields, std::string_view name);

}  // namespace sallyport::httpsig
