// Which ECS task this process is in: the task metadata endpoint, version 4, says so.
#pragma once

#include <string>

namespace sallyport::agent::run {

/// Names the base URL of the endpoint, in containers of ECS.
inline constexpr const char* task_metadata_variable = "ECS_CONTAINER_METADATA_URI_V4";

struct found_task {
  /// Empty: not in a task, or see `problem`.
  std::string arn;
  std::string problem;
};

/// `base`: value of that variable, may be null. Blocks for a second at most.
found_task find_task(const char* base);

}  // namespace sallyport::agent::run
