// Numbers in the conditions of a document: what is written is what is compared.
#pragma once

#include <string_view>

#include "policy/load/node.hpp"

namespace sallyport::policy {

/// Reports each number with a fraction or an exponent whose double is another number (`281674916028284930.0`), or the
/// one that CEL holds to be equal to the greatest int (2^63); false when there is one. Claims are exact to 64 bits, so
/// a condition would be true for a neighbour. Precondition: `source` is the string at `at`, and compiles.
bool check_literals(const node& at, std::string_view source);

}  // namespace sallyport::policy
