// Whether the app is there (`upstream.ready`): it takes a connection, or gives a good response to a GET of its own path. Both
// carry no identity.
#pragma once

#include "agent/config/settings.hpp"
#include "agent/io/task.hpp"
#include "agent/proxy/upstream.hpp"

namespace sallyport::agent::proxy {

/// Asks once, on a connection of its own.
io::task<bool> is_app_there(upstream_pool& pool, const config::upstream& settings);

}  // namespace sallyport::agent::proxy
