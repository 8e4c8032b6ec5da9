// CEL values in the JSON of the CEL conformance data (cel.expr.Value in the JSON mapping of protocol buffers).
#pragma once

#include <optional>

#include "cel/arena.hpp"
#include "cel/type.hpp"
#include "cel/value.hpp"
#include "encoding/json.hpp"

namespace sallyport::probe {

/// Reads `{"int64_value":"1"}` and its kin, member names in either case style; nothing when it is none. The value views
/// `document` and `memory`.
std::optional<cel::value> read_cel_value(const encoding::json& document, cel::arena& memory);
/// Writes it.
encoding::json write_cel_value(const cel::value& given, cel::arena& memory);
/// The type that a checker may take the value to have; dyn inside mixed lists and maps.
cel::type type_of_cel_value(const cel::value& given);

}  // namespace sallyport::probe
