// What other systems call the variables of policy, for advice.
#pragma once

#include <span>

#include "cel/environment.hpp"

namespace sallyport::policy {

std::span<const cel::environment::synonym> variable_synonyms();

}  // namespace sallyport::policy
