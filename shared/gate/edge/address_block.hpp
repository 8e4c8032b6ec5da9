// The block of addresses that one anonymous caller can be expected to have to itself or to share with neighbours.
#pragma once

#include <string>
#include <string_view>

namespace sallyport::gate {

/// The /24 of an IPv4 address, the /48 of an IPv6 address, in one spelling; what is neither stands for itself.
std::string address_block(std::string_view ip);

}  // namespace sallyport::gate
