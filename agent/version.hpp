// Which program this is; CMakeLists.txt says which version.
#pragma once

#include <string_view>

namespace sallyport::agent {

inline constexpr std::string_view version = SALLYPORT_VERSION;

}  // namespace sallyport::agent
