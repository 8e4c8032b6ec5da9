// Runs and paces as the texts that the object stores and hands back, and events as it tells them. Nobody but this file reads
// the texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "encoding/json.hpp"
#include "jobs/jobs.hpp"
#include "jobs/pace.hpp"

namespace sallyport::jobs {

std::string to_text(const run& of);
std::string to_text(const pace& of);

/// What to_text wrote, of this version or of the time before there were versions. Reasons: internal (another version, or no
/// run at all), those of the JSON gate.
result<run> run_from(std::string_view text);
/// Anything else is a pace with no look planned.
pace pace_from(std::string_view text);

/// {"kind":"run","order":…,"place":…,"id":…} | {"kind":"get" | "stop","order":…} |
/// {"kind":"waited","order":…,"for":…,"refused":…?} | {"kind":"alarm"} | {"kind":"restarted"} |
/// {"kind":"answered","action":"RunTask" | "StopTask","sent":…,"answer":…}, or nothing. An order is what gate::to_json makes of
/// a job_order, a place a job of the catalog, an answer what the operation `read` makes of it; `sent`: there were credentials.
std::optional<event> event_from(const encoding::json& from);
/// {"groups": [[tasks, newest]], "first_due", "due", "first_ended"}.
summary summary_from(const encoding::json& from);

/// What a look says of each task, by its ARN; or why it says nothing.
struct look_answer {
  std::vector<aws::task> tasks;
  std::vector<std::string> missing;
  std::optional<aws_refusal> refused;
};
look_answer look_answer_from(const encoding::json& from);

encoding::json to_json(const caller& from);
encoding::json pairs_json(const std::vector<aws::name_value>& from);
std::string_view name_of(wait_for what);

}  // namespace sallyport::jobs
