// Runs of jobs behind the door of aws::operations: what the object of a job and the edge before it ask
// (worker-shim/jobs/).
//
// | op | in | out |
// | --- | --- | --- |
// | job_step | state?, event, now, jitter | state, columns, shown, effects; or put_off_until |
// | job_plan | pace, event, runs, now, jitter | pace, alarm, look, take, forget_ended_by |
// | job_batches | watched: [[id, group]] | batches: [[id]] |
// | job_look | states | call |
// | job_looked | states, answer, now, jitter | steps, event, records |
// | job_list | states, caller_key | runs |
// | job_response | order, and shown, or refused, or runs and jobs_unavailable | status, fields, body; or refused |
//
// `state` and `pace` are texts that only the core reads (jobs/json.hpp, which also has the events); an empty state is no
// run: forgotten, or never there. Beside them stands what the host may read:
// * columns: by which runs are found: id, client_token, caller_key, created, ended (0: live), due, group, changed.
// * shown: what the caller gets (jobs/view.hpp).
// * effects: refused {reason, detail}? to the caller of the event; or wait {"for", ms}? and the event `waited` after it;
//   send? (a call, whose answer is the event `answered`), releases [{"for", refused?}], records [{type, …}].
// job_looked has the steps of the runs that the look has changed.
// * put_off_until: the state is of another version; it stays as it is, and is asked about again then.
#pragma once

#include <optional>
#include <string_view>

#include "encoding/json.hpp"

namespace sallyport::jobs {

/// Nothing: no such operation.
std::optional<encoding::json> operate(std::string_view op, const encoding::json& in);

}  // namespace sallyport::jobs
