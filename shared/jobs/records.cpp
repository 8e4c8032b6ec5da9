#include "jobs/records.hpp"

#include "aws/json.hpp"

namespace sallyport::jobs {

using encoding::json;

record change_of(const run& of, run_state before, const aws::task* task) {
  json members = {{"run", full_id(of)},       {"cause", of.request_id},    {"from", name_of(before)},
                  {"to", name_of(of.state)},  {"reason", name_of(of.why)}, {"exit_code", nullptr},
                  {"issuer", of.from.issuer}, {"subject", of.from.subject}};
  if (of.exit_code) members["exit_code"] = *of.exit_code;
  if (task == nullptr) return {record::kind::change, std::move(members)};
  members["task"] = task->arn;
  members["stop_code"] = task->stop_code;
  members["stopped_why"] = task->stopped_why;
  members["containers"] = json::array();
  for (const auto& each : task->containers) members["containers"].push_back(aws::to_json(each));
  return {record::kind::change, std::move(members)};
}

record refusal_of(const run& of, std::string_view action, const aws_refusal& refused, bool unclear) {
  const std::string doubt = unclear ? "; a task may have been started" : "";
  return {record::kind::refusal,
          {{"run", full_id(of)},
           {"cause", of.request_id},
           {"action", action},
           {"reason", name_of(refused.why)},
           {"detail", refused.words + doubt}}};
}

}  // namespace sallyport::jobs
