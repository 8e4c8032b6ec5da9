// What `sallyport policy explain` says to people.
#pragma once

#include <string>

#include "policy/cases/explain.hpp"

namespace sallyport::agent::cli {

/// Decision, caller, routes, and conditions with what each part came to. `colour`: with the codes of ANSI terminals.
std::string as_text(const policy::explanation& of, const policy::policy_case& what, bool colour);

/// Whether standard output is a terminal whose user has not asked for no colours (no-color.org).
bool wants_colour();

}  // namespace sallyport::agent::cli
