// What the admin server answers, as text: a function of the request's head and of what it tells about.
#pragma once

#include <string>
#include <string_view>

#include "agent/admin/state.hpp"

namespace sallyport::agent::admin {

/// The whole response. Of `head` only the first line counts; one without an end is answered as too long. The connection
/// ends behind it.
std::string answer(std::string_view head, const state& tells);

}  // namespace sallyport::agent::admin
