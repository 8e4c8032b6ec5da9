// IPv4 addresses as text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport {

/// Four decimal numbers up to 255, none with a zero in front: nothing that another parser would take for another address.
std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text);

}  // namespace sallyport
