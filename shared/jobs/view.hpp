// What callers see of runs: the run itself, a list of runs, and the response around them.
//
// * A run that is not over: 202 and Location to the caller who starts or stops it, 200 to one who looks; Retry-After is a
//   quarter of its age, 1 to 30 s: what runs for long is not over in a moment.
// * A run that is over: 200.
// * Prefer: wait=N was kept (Preference-Applied, RFC 7240 section 3) where the run was over in time.
// * A list has the caller's own runs of all jobs, newest first, 100 at most. Better some, and said so, than none: jobs that
//   could not be asked are named.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "encoding/json.hpp"
#include "jobs/jobs.hpp"

namespace sallyport::jobs {

/// {"id","job","state","reason"?,"exit_code"?,"stopping"?,"created","started"?,"ended"?,"caller","request_id"}.
encoding::json view_of(const run& of);

/// The run as it is told over the border: {"run": view_of, "over", "retry_after_s"}.
encoding::json shown(const run& of, unix_milliseconds now);

struct response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
};

/// What the response is to: members of an order.
struct asked {
  /// "run", "get", "stop", "list".
  std::string_view what;
  std::string_view request_id;
  unix_milliseconds wait = 0;
};

/// `told` is what `shown` made.
response run_response(const asked& to, const encoding::json& told);
/// Views of the caller's runs, and the names of jobs that could not be asked.
response list_response(const asked& to, std::vector<encoding::json> views, std::vector<std::string> unavailable);

/// When it may be worth another try, in seconds; 0: nothing is known.
seconds retry_after(reason why);

/// "2026-08-01T09:00:00.000Z". Precondition: 0 <= time < year 10000.
std::string rfc3339(unix_milliseconds time);

}  // namespace sallyport::jobs
