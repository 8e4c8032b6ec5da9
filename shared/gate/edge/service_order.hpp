// What a caller wants to know of a service that wakes, or of it anew: its state, without waking it, and its reset. Decided
// here; carried out by the host.
//
// * GET (or HEAD) /.sallyport/services/<name>?for=<path and query, percent-encoded once>: who may GET that target on this
//   host, which leads to that service, is told the service's state. Everybody else gets the refusal that the target gives,
//   or route_not_found where it leads elsewhere. Nothing is sent to the app.
// * POST /.sallyport/services/<name>/reset: for those whom `ecs.operators` of the service allows, and never from a page of
//   another site (gate/edge/site.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "encoding/json.hpp"
#include "gate/edge/request.hpp"

namespace sallyport::gate {

/// What a path below /.sallyport/services names; a view into it.
struct service_path {
  std::string_view service;
  bool reset = false;
};
/// Nothing: it is another path. `path` is canonical.
std::optional<service_path> parse_service_path(std::string_view path);

/// The target that a query asks about, decoded: `for=` and nothing else. Reasons: framing_target_form.
result<std::string> read_question(std::string_view query);

/// "look", "reset".
std::string_view name_of(service_order::action what);
/// As the host reads it (worker-shim/wake/http.js): {"do","service","request_id","caller","audit","refusal_fields"?}.
encoding::json to_json(const service_order& order, std::string_view audit);

}  // namespace sallyport::gate
