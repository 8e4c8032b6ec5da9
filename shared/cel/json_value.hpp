// JSON as CEL sees it (cel-spec: google.protobuf.Value): objects are maps, numbers are double.
#pragma once

#include "cel/arena.hpp"
#include "cel/value.hpp"
#include "encoding/json.hpp"

namespace sallyport::cel {

/// A view of `document`, which must outlive it. Objects stay as they are until a member is asked for; arrays are laid
/// out in `memory`. Integers that fit 53 bits become int, as policy authors write `claims.level == 3`; others double.
value value_of_json(const encoding::json& document, arena& memory);

}  // namespace sallyport::cel
