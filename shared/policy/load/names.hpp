// What names may look like: those that people choose in a document, and those of HTTP.
#pragma once

#include <string_view>

#include "policy/load/node.hpp"

namespace sallyport::policy {

/// A service, job or issuer: letters, digits, `.`, `_`, `-`, starting with a letter or digit, at most 64. Such a name
/// goes into audiences and subjects as it is. Reports what is not one.
bool check_entry_name(std::string_view name, const node& at);
/// A route id: printable ASCII without spaces, at most 128.
bool check_route_id(std::string_view id, const node& at);

}  // namespace sallyport::policy
