// What a look at the tasks of a service tells: where it can be reached, how far a start is, and whether it has failed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wake/wake.hpp"

namespace sallyport::aws {

/// The tasks that run, are healthy and are not about to be stopped.
std::vector<endpoint> healthy_endpoints(const std::vector<task>& tasks, std::uint16_t port);
/// "provisioning", "pulling", "starting" or "checking": what callers may know.
std::string_view progress_of(const std::vector<task>& tasks);
/// A task that was created since `start` and has ended, and not because it was scaled in; or nullptr.
const task* task_that_died(const std::vector<task>& tasks, unix_milliseconds start);
/// Why it ended, in AWS's words.
std::string death_of(const task& dead);

}  // namespace sallyport::aws
