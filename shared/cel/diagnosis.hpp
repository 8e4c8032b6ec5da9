// A finding about a source text, before it gets its line and column.
#pragma once

#include <cstdint>
#include <string>

#include "core/reason.hpp"

namespace sallyport::cel {

struct diagnosis {
  reason why = reason::cel_syntax;
  /// Bytes from the start of the source.
  std::uint32_t offset = 0;
  std::string message;
  /// What to do about it; may be empty.
  std::string advice;
};

}  // namespace sallyport::cel
