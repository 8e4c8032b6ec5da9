// The document as the parts of the loader read it.
#pragma once

#include "document/node.hpp"

namespace sallyport::policy {

using document::node;
using document::read_member;
using document::read_required;

}  // namespace sallyport::policy
