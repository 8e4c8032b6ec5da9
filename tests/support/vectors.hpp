// Third-party vectors stay outside the repository; this finds them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::testing {

/// The contents of `path` below SALLYPORT_VECTORS (default: ../shared/vectors beside the checkout), or nothing. Where
/// the file is absent, says on standard output that the cases are skipped and where they come from.
std::optional<std::string> read_vectors(std::string_view path);

}  // namespace sallyport::testing
