// Whether a browser sent a request from a page of another site: then the caller's cookies came with it, and the caller's will
// did not.
#pragma once

#include "core/result.hpp"
#include "gate/edge/request.hpp"

namespace sallyport::gate {

/// Sec-Fetch-Site, where it is there, says same-origin or none, and Origin, where it is there, is this host. Reasons:
/// job_cross_site.
result<void> check_site(const edge_request& request);

}  // namespace sallyport::gate
