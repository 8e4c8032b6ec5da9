// The three calls of ECS that runs need, as the host sends them (worker-shim/aws/aws.js): {"action","parameters","who",
// "retries"}. `who` says in whose name and what for: running, looking and stopping have sessions of their own, each of which
// can do that and nothing else.
#pragma once

#include <vector>

#include "encoding/json.hpp"
#include "jobs/run.hpp"

namespace sallyport::jobs {

/// In the name of the run's caller, and with the same token and parameters each time.
encoding::json run_task_call(const run& of);
/// In the name of who wants it stopped. Precondition: it is to be stopped.
encoding::json stop_task_call(const run& of);
/// Precondition: there are runs, of one group (jobs/pace.hpp), and at most most_tasks_a_call.
encoding::json describe_tasks_call(const std::vector<run>& runs);

}  // namespace sallyport::jobs
