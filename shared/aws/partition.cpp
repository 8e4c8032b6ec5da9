#include "aws/partition.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"

namespace sallyport::aws {
namespace {

constexpr std::array partitions = {
    partition{"aws", "amazonaws.com", "us eu ap sa ca me af il mx"},
    partition{"aws-cn", "amazonaws.com.cn", "cn"},
    partition{"aws-us-gov", "amazonaws.com", "us-gov"},
    partition{"aws-iso", "c2s.ic.gov", "us-iso"},
    partition{"aws-iso-b", "sc2s.sgov.gov", "us-isob"},
    partition{"aws-iso-e", "cloud.adc-e.uk", "eu-isoe"},
    partition{"aws-iso-f", "csp.hci.ic.gov", "us-isof"},
    partition{"aws-eusc", "amazonaws.eu", "eusc-de"},
};

bool is_word(std::string_view text) {
  return !text.empty() && ascii::all_are(text, [](char c) { return ascii::is_lower(c) || ascii::is_digit(c); });
}

/// PREFIX-WORD-NUMBER.
bool begins_with(std::string_view region, std::string_view prefix) {
  if (!region.starts_with(prefix) || !region.substr(prefix.size()).starts_with('-')) return false;
  region.remove_prefix(prefix.size() + 1);
  const auto dash = region.find('-');
  if (dash == std::string_view::npos || !is_word(region.substr(0, dash))) return false;
  const auto number = region.substr(dash + 1);
  return !number.empty() && ascii::all_are(number, ascii::is_digit);
}

bool has(const partition& one, std::string_view region) {
  for (std::string_view rest = one.prefixes; !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    if (begins_with(region, rest.substr(0, end))) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

template <class Fits>
const partition* first(Fits fits) {
  const auto* found = std::find_if(partitions.begin(), partitions.end(), fits);
  return found == partitions.end() ? nullptr : found;
}

}  // namespace

const partition* partition_of_region(std::string_view region) {
  return first([&](const partition& one) { return has(one, region); });
}

const partition* find_partition(std::string_view name) {
  return first([&](const partition& one) { return one.name == name; });
}

std::string endpoint_of(std::string_view service, std::string_view region) {
  const auto* in = partition_of_region(region);
  if (in == nullptr) return {};
  return std::string(service) + "." + std::string(region) + "." + std::string(in->dns_suffix);
}

}  // namespace sallyport::aws
