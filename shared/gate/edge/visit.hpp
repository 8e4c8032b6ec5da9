// Which requests want their service now: only those wake it, and only those are use of it.
//
// No visit is
// * what a browser sends ahead of a click (Sec-Purpose of the Fetch Standard section 3.7, and what browsers said before it:
//   Purpose, X-Purpose, X-Moz): `prefetch`, `prerender` or `preview`, whatever stands beside it. Whoever says so of a
//   request that is none only keeps it from waking.
// * a CORS preflight (Fetch Standard section 3.2.2): a browser asks whether it may ask.
// * a request on a route that says `wake: false`: a monitor's.
#pragma once

#include "gate/edge/request.hpp"
#include "policy/document.hpp"

namespace sallyport::gate {

/// Whether it may wake its service. True wherever there is nothing to wake. Precondition: the route leads to a service.
bool is_visit(const edge_request& request, const policy::route& route);

}  // namespace sallyport::gate
