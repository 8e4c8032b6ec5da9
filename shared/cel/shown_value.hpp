// A value as people read it: what an explanation shows of it.
#pragma once

#include <string>

#include "cel/value.hpp"

namespace sallyport::cel {

/// As an expression would write it, shortened to about `most` bytes: "'sre'", "['a', 'b', …]", "timestamp('…')". An object
/// that is no map is its type's name, and an error what went wrong. The same in every build.
std::string shown(const value& what, std::size_t most = 120);

}  // namespace sallyport::cel
