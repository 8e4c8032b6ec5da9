// Which route a request takes: host, canonical path and method, in time that hardly depends on the number of routes.
//
// Rules (the most specific route wins, whatever the order in the file)
// * Host: exact before `*.suffix`; among wildcards the longer suffix. `*.` stands for one or more labels. Compared in
//   lower case, without port and trailing dot.
// * Path, segment by segment: literal before `:name` and `*` before `**`. `:name` and `*` take one segment that is not
//   empty; `**` takes any rest, none included: `/api/**` matches `/api`, `/api/` and `/api/a/b`. A trailing slash is an
//   empty last segment: `/api/` and `/api` are two paths.
// * Methods: a route that names the method before one that takes any. Case-sensitive; GET does not imply HEAD.
// * A more specific route that does not take the method does not hide a less specific one that does.
// * The value of a parameter is the segment as it stands in the canonical path; percent-encodings stay as they are, so
//   that a condition sees what is signed and forwarded.
// * `/.sallyport` and what is below it are Sallyport's own on every host and match no route; they never reach an app.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "policy/document.hpp"

namespace sallyport::policy {

/// The first segment of the paths that are Sallyport's own.
inline constexpr std::string_view reserved_segment = ".sallyport";

/// Most parameters a path pattern may have; the loader refuses more.
inline constexpr std::size_t max_path_parameters = 16;

/// Views into the policy (`route`, names) and into the path given to match_route (values).
struct route_match {
  /// Null: no route, so denied.
  const policy::route* route = nullptr;
  std::array<std::string_view, max_path_parameters> names{};
  std::array<std::string_view, max_path_parameters> values{};
  std::size_t parameter_count = 0;

  explicit operator bool() const { return route != nullptr; }
};

/// The route for this request. Precondition: `path` is canonical (http/path.hpp); `host` may be any text.
route_match match_route(const compiled_policy& policy, std::string_view method, std::string_view host,
                        std::string_view path);

}  // namespace sallyport::policy
