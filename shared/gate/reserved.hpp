// Paths that are Sallyport's own on every host: they never reach an app, at either end.
#pragma once

#include <string_view>

#include "policy/match.hpp"

namespace sallyport::gate {

inline constexpr std::string_view reserved_path = "/.sallyport";

inline bool is_reserved(std::string_view path) {
  if (path.substr(0, reserved_path.size()) != reserved_path) return false;
  return path.size() == reserved_path.size() || path[reserved_path.size()] == '/';
}

/// policy::match_route, with no route for reserved paths.
inline policy::route_match match_request(const policy::compiled_policy& policy, std::string_view method,
                                         std::string_view host, std::string_view path) {
  return is_reserved(path) ? policy::route_match{} : policy::match_route(policy, method, host, path);
}

}  // namespace sallyport::gate
