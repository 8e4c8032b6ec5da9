// What of a step is worth a row: rows written are what an object costs.
#pragma once

#include "wake/wake.hpp"

namespace sallyport::aws {

/// Whether the state is to be stored: it changed apart from its last request, or that is a quarter of idle_stop later than
/// the one that was stored. Then `after` notes that it is.
bool keep(const wake_state& before, wake_state& after, const wake_settings& settings);

}  // namespace sallyport::aws
