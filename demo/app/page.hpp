// Who called, as a page for people.
#pragma once

#include <string>

#include "encoding/json.hpp"

namespace sallyport::app {

/// `view` as describe() makes it.
std::string page(const encoding::json& view);

}  // namespace sallyport::app
