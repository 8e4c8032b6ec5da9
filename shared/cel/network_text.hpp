// IP addresses and ranges as text (RFC 4291, RFC 5952, RFC 4632). One address has one meaning: zones are refused, and
// so is IPv4 in dotted form inside IPv6; IPv4-mapped IPv6 in hexadecimal is the IPv4 address that it maps.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cel/value.hpp"

namespace sallyport::cel {

/// An address; the prefix is its full length.
std::optional<network> parse_ip(std::string_view text);
/// address/bits; bits behind the prefix stay as they are.
std::optional<network> parse_cidr(std::string_view text);

/// Canonical form (RFC 5952).
std::string format_ip(const network& address);
std::string format_cidr(const network& range);

/// The range with all bits behind the prefix cleared.
network masked(const network& range);
/// Whether `range` holds `inner`, an address or a range of the same family.
bool contains(const network& range, const network& inner);

}  // namespace sallyport::cel
