// What the agent asks of the system for its own process.
#pragma once

#include <cstdint>

namespace sallyport::agent::run {

/// No core dumps, and no tracing by others of the same user: memory holds keys and what callers send. A soft limit that
/// a runtime raises again changes nothing.
void forbid_dumps();

/// Raises the soft limit of open descriptors to `wanted`, or as far as the hard one lets it; gives what holds now.
std::uint64_t raise_descriptor_limit(std::uint64_t wanted);

}  // namespace sallyport::agent::run
