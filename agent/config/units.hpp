// Durations and sizes as people write them in the configuration and in environment variables.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::agent::config {

/// A whole number and one of ms, s, m, h: "250ms", "30s". Nothing else; at most a year.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The text that parse_duration reads, in the largest unit that loses nothing.
std::string to_text(std::chrono::milliseconds time);

/// A whole number, alone or with one of B, KiB, MiB, GiB: "65536", "64KiB".
std::optional<std::uint64_t> parse_size(std::string_view text);
/// The text that parse_size reads, in the largest unit that loses nothing.
std::string size_text(std::uint64_t bytes);

/// Decimal digits only.
std::optional<std::uint64_t> parse_count(std::string_view text);

}  // namespace sallyport::agent::config
