// The fields that the agent sets for the app out of a service's header map.
//
// Rules
// * Value: a string as it is, a list joined by ",", true/false, an integer in decimal. An absent or empty value, an
//   expression that ends in an error, and any other type set no field.
// * Bytes outside printable ASCII, and `%`, are percent-encoded; inside list elements `,` too. So no value can hold a
//   line break, and a list splits back into its elements.
// * Text of an expression whose type is not known before it is evaluated (dyn: a claim) counts as a list of one:
//   providers send the same claim as text and as a list, and the text "user,admin" must not arrive as the list "user",
//   "admin". string(...) says that it is one text, whose commas stay.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/evaluate.hpp"

namespace sallyport::policy {

struct app_header {
  /// Into the policy.
  std::string_view name;
  std::string value;
};

/// The fields for the app. Precondition: the request was allowed and match.route leads to a service.
std::vector<app_header> app_headers(const route_match& match, const identity& who, const request_facts& request,
                                    const budgets& limits = {});

/// Most bytes that the default header map sends, names included: many servers take no longer field.
inline constexpr std::size_t max_default_header_bytes = std::size_t{8} << 10;

/// Whether the default header map has room for this caller; groups are never left out. A map of the document's own is
/// as long as it makes it. Reasons: identity_too_large.
result<void> check_app_headers(const service& to, const identity& who);

/// Whether a field of this name (any case, `_` for `-`) is in the service's header map: it must not pass from a client.
bool is_mapped_header(const service& to, std::string_view name);

/// Whether the service's `strip` names it, in any of the same spellings.
bool is_stripped_header(const service& to, std::string_view name);

}  // namespace sallyport::policy
