// Functions of other languages, for advice.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sallyport::cel {

/// "write …" in CEL for a call of `name` (any case) with these arguments as written, the receiver of a method first;
/// empty when it is not known.
std::string foreign_function(std::string_view name, std::span<const std::string> arguments);

}  // namespace sallyport::cel
