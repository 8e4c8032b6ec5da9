// One line for people about a request, or about any other record.
//
//   time           ends    what   status  who             request             why                ms     id     detail
//   11-30 02:51:07 both    allow  200     alice           GET /reports/april  route reports-read  12 ms  M8b6…
//   11-30 02:51:08 edge    deny   403     bob             GET /reports/april  policy_not_allowed  -      M8c1…
//   11-30 02:51:09 edge    wake   billing  asleep -> starting  for alice
//   11-30 02:51:10 edge    job    export~8cZ…  pending -> running  for alice
//
// `what` is deny where an end refused it, fail where it went wrong after it was allowed, run while no outcome is known. What
// an agent refused whose records are not at hand is fail, too: the edge knows no more than the public code.
#pragma once

#include <string>

#include "agent/reader/joiner.hpp"

namespace sallyport::agent::reader {

enum class colour : std::uint8_t { off, on };

/// What came of a request, of all that both ends wrote.
struct verdict {
  std::string what;
  /// Of the response; 0: nobody wrote it.
  int status = 0;
  std::string reason;
  /// For operators; may be empty.
  std::string detail;
};
verdict verdict_of(const request_records& request);

/// Without a line feed; everything in it is safe for a terminal.
std::string line_of(const request_records& request, colour with);
/// Of a wake, job or log record.
std::string line_of(const json& record, colour with);
/// A line that holds no record.
std::string line_of_other(std::string_view line, colour with);

/// The records of a request in one object: id, verdict, edge, origin, attempts.
json object_of(const request_records& request);

}  // namespace sallyport::agent::reader
