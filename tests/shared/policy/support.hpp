// What the policy tests share: loading, and documents with only the part that a test is about.
#pragma once

#include <string>
#include <string_view>

#include "policy/load/load.hpp"

namespace sallyport::testing {

/// Loads from a heap block of the text's exact size.
policy::load_result load(std::string_view text);
/// Loads what must load; prints the problems when it does not.
policy::policy_ptr must_load(std::string_view text);

/// A document around the given text of "routes" (a list), with an issuer `okta`, a service `app` and a job
/// `export`.
std::string document_with_routes(std::string_view routes);
/// A document with one route `r` to `app` and these further members of the route.
std::string document_with_route(std::string_view members);
/// A document around the given members of service `app`.
std::string document_with_service(std::string_view members);
/// A document with one issuer `idp` of these members.
std::string document_with_issuer(std::string_view members);
/// The contents of tests/fixtures/policy/<name>.
std::string fixture(std::string_view name);

}  // namespace sallyport::testing
