// What the app gets: hygiene over what came, and the fields that the agent sets (protocol, "To the app").
#pragma once

#include <span>
#include <vector>

#include "gate/origin/request.hpp"
#include "http/field.hpp"
#include "policy/evaluate.hpp"
#include "policy/request.hpp"

namespace sallyport::gate {

/// Fields of the request that may go on and that conditions may see. Connection cannot take away what is signed:
/// Content-Type and the service's signed headers stay. A field that differs from one of these only by "_" for "-" does
/// not go on, nor does what the service strips.
std::vector<http::field> passing_fields(std::span<const http::field> fields, const policy::service& to);

/// What conditions see of an opened request. `fields` from passing_fields; all views.
policy::request_facts facts_of(const opened& request, std::span<const http::field> fields);

/// Everything to forward. Precondition: the request was allowed over `match`. `fields` from passing_fields.
admitted make_admitted(const opened& request, const policy::route_match& match, const policy::request_facts& facts,
                       std::span<const http::field> fields);

}  // namespace sallyport::gate
