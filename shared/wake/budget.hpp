// How many starts one caller, and all callers together, may cause.
#pragma once

#include <string_view>
#include <vector>

#include "wake/wake.hpp"

namespace sallyport::aws {

/// Whether the caller may cause a start now; then it is noted. Starts outside the window are forgotten.
bool take_start(std::vector<recent_start>& starts, std::string_view caller, unix_milliseconds now,
                const wake_settings& settings);

}  // namespace sallyport::aws
