// What became of an allowed request, as a line of the audit (audit/outcome.hpp).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "agent/proxy/exchange.hpp"
#include "core/time.hpp"

namespace sallyport::agent::proxy {

struct carried_request {
  std::string_view id;
  std::string_view service;
  /// Octets of its body that were read.
  std::uint64_t in = 0;
  std::chrono::steady_clock::time_point decided;
};

std::string outcome_line(const exchange_end& end, const carried_request& request, unix_milliseconds now);

}  // namespace sallyport::agent::proxy
