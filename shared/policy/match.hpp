// Which route a request takes: host, canonical path and method, in time that hardly depends on the number of routes.
//
// Rules (the most specific route wins, whatever the order in the file)
// * Host: exact before `*.suffix`; among wildcards the longer suffix. `*.` stands for one or more labels. Compared in
//   lower case, without port and trailing dot.
// * Path, segment by segment: literal before `:name` and `*` before `**`. `:name` and `*` take one segment that is not
//   empty; `**` takes any rest, none included: `/api/**` matches `/api`, `/api/` and `/api/a/b`. A trailing slash is an
//   empty last segment: `/api/` and `/api` are two paths.
// * Methods: a route that names the method before one that takes any. Case-sensitive. A route that names GET takes HEAD
//   as well, unless another one of the same host and path names HEAD. Other methods imply nothing.
// * A more specific route that does not take the method does not hide a less specific one that does.
// * Readings (policy/reading.hpp): when the path went through a wildcard, and servers may read it as one of another
//   route that is not less specific, the request is refused (path_ambiguous), unless the service says that its app
//   tells them apart; where it says that the app does not, the other route decides. Two routes whose literals differ in
//   nothing but readings are two routes. A route that anybody may use guards nothing, and is not asked about.
// * Forms (http/path.hpp): what the path holds must be what the route allows; without a route, it holds none. Else the
//   reason is that of the form.
// * The value of a parameter is the segment as it stands in the canonical path; percent-encodings stay as they are, so
//   that a condition sees what is signed and forwarded.
// * `/.sallyport` and what is below it are Sallyport's own on every host and match no route; they never reach an app.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/reason.hpp"
#include "http/path.hpp"
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
  /// Why the path is refused whatever the caller may do: path_ambiguous, or that of a form; then `route` is null. Both
  /// ends look at this before they look at the caller.
  reason why = reason::ok;
  /// With `why`: the route that the path matches by its bytes, if any, and for path_ambiguous the other one.
  const policy::route* by_bytes = nullptr;
  const policy::route* as_read = nullptr;

  explicit operator bool() const { return route != nullptr; }
  static route_match refusal(reason why, const policy::route* by_bytes, const policy::route* as_read);
};

/// The routes of a refused match, for audit records.
std::string describe(const route_match& match);

/// The route for this request. Precondition: `path` is canonical (http/path.hpp), with whatever forms; `host` may be
/// any text.
route_match match_route(const compiled_policy& policy, std::string_view method, std::string_view host,
                        std::string_view path);

/// What some route of the policy allows in a path; what none does is refused at the door.
http::path_forms allowed_forms(const compiled_policy& policy);

}  // namespace sallyport::policy
