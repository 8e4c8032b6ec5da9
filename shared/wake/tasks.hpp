// What the facts of a service's tasks tell: where it can be reached, and how far a start is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wake/wake.hpp"

namespace sallyport::aws {

/// It runs, and is not about to be stopped.
bool is_running(const task_fact& one);
/// So, and ECS's health check calls it healthy, by a look that was asked after it was lost.
bool is_healthy(const task_fact& one);
/// The tasks that run, are ready and are not about to be stopped, by looks asked since then. `by_agent`: ready is what an
/// agent says, where it can be asked.
std::vector<endpoint> ready_endpoints(const std::vector<task_fact>& facts, const wake_settings& settings,
                                      unix_milliseconds since, bool by_agent);
/// Whether tasks run and are wanted, requests go to addresses, and no such task has one.
bool lacks_address(const std::vector<task_fact>& facts, const wake_settings& settings);
/// Whether a task is on its way up, or up.
bool any_wanted(const std::vector<task_fact>& facts);
/// "provisioning", "pulling", "starting" or "checking": what callers may know.
std::string_view progress_of(const std::vector<task_fact>& facts);
/// What was seen last of the tasks of a start that did not end, for operators.
std::string seen_last(const std::vector<task_fact>& facts);

}  // namespace sallyport::aws
