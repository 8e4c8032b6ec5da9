// JSON as CEL sees it: objects are maps, whole numbers are int (uint where only that holds them), others double.
#pragma once

#include "cel/arena.hpp"
#include "cel/value.hpp"
#include "encoding/json.hpp"

namespace sallyport::cel {

/// A view of `document`, which must outlive it. Objects stay as they are until a member is asked for; arrays are laid
/// out in `memory`. Whole numbers become int, as policy authors write `claims.level == 3`, or uint above the greatest
/// int, exactly.
value value_of_json(const encoding::json& document, arena& memory);

}  // namespace sallyport::cel
