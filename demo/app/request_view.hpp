// A request as JSON: what an app sees of its caller.
#pragma once

#include <httplib.h>

#include "encoding/json.hpp"

namespace sallyport::app {

using encoding::json;

/// method, target, identity (the fields that the agent sets) and all fields; repeated names as lists.
json describe(const httplib::Request& request);

}  // namespace sallyport::app
