// Records in what programs print: they may stand alone on a line, beside each other, behind a prefix or colours, or inside
// of the events that `wrangler tail --format json`, Logpush and CloudWatch make of them.
//
// Such events also have what callers sent. So text is taken for a record only where these formats have the message of a
// log, and never in `headers`: nobody writes into the log by a header field.
#pragma once

#include <string_view>
#include <vector>

#include "encoding/json.hpp"

namespace sallyport::agent::reader {

using encoding::json;

/// Longer lines hold no record: an event of the platform is at most 256 KB.
inline constexpr std::size_t max_line_bytes = std::size_t{1} << 20;

/// Reads the lines of one input.
class finder {
 public:
  /// The records of the next line, in their order; most lines have none. A record has a `type` and an `end`, as all of the
  /// Worker's lines have (docs/guide/logs.md); what the agent's own log says gets `"type": "log"` and `"end": "origin"`.
  std::vector<json> records_in(std::string_view line);

 private:
  /// In the `headers` of an event that is printed over several lines.
  bool in_headers_ = false;
};

}  // namespace sallyport::agent::reader
