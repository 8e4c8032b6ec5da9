// Durations and sizes as the document writes them: "30s", "5m", "1h"; "64KiB", "1MiB".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/time.hpp"

namespace sallyport::policy {

/// A whole number and one of s, m, h, d. Nothing else: no sums, no fractions.
std::optional<seconds> parse_duration(std::string_view text);
/// A whole number and one of B, KiB, MiB, in bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace sallyport::policy
