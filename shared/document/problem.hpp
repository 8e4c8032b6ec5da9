// One thing that is wrong with a document.
#pragma once

#include <cstddef>
#include <string>

#include "core/reason.hpp"

namespace sallyport::document {

/// What, where, and what to do about it.
struct problem {
  reason why = reason::internal;
  /// JSONPath (RFC 9535 shorthand): `$.routes[0].allow`, `$.services['my service']`; `$` is the document.
  std::string path;
  /// Both from 1; columns count bytes. For conditions they point at the offending part inside the string.
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message;
  /// May be empty.
  std::string advice;
};

/// "line:column: message (path). advice" for terminals and logs; no line feed.
std::string describe(const problem& what);

}  // namespace sallyport::document
