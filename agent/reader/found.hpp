// Records in what programs print: each may stand alone on its line, behind a prefix or colours, or inside of the events
// that `wrangler tail --format json`, Logpush and CloudWatch make of it.
#pragma once

#include <string_view>
#include <vector>

#include "encoding/json.hpp"

namespace sallyport::agent::reader {

using encoding::json;

/// Longer lines hold no record: an event of the platform is at most 256 KB.
inline constexpr std::size_t max_line_bytes = std::size_t{1} << 20;

/// The records of a line, in their order; most lines have none. A record has a `type` and an `end`, as all of the
/// Worker's lines have (docs/guide/logs.md); what the agent's own log says gets `"type": "log"` and `"end": "origin"`.
std::vector<json> records_in(std::string_view line);

}  // namespace sallyport::agent::reader
