// What lets a page of another origin read that it was refused: the fields of CORS (Fetch Standard section 3.2) on
// responses that the edge makes in place of the app, and on those of an agent (worker-shim/reach/reach.js).
//
// Rules
// * Only where the route says so (`cors`), and only for origins that it names; the origin is said back exactly, never
//   `*`.
// * Every refusal of such a route varies by Origin, whoever asked.
// * A page may read what it needs to go on: when to come back, how to sign in, and under which id it was refused.
// * What the app answers is the app's own: nothing is added to it. A preflight is a request like any other: it reaches
//   the app by way of a route that takes OPTIONS (docs/reference/policy.md).
#pragma once

#include <span>
#include <vector>

#include "http/field.hpp"
#include "policy/document.hpp"

namespace sallyport::gate {

/// The fields that refusals of a request on `route` carry; none where `route` is null or has no `cors`. Views into the
/// policy and into static storage.
std::vector<http::field> refusal_fields(const policy::route* route, std::span<const http::field> request);

}  // namespace sallyport::gate
