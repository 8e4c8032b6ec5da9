// What a response of RunTask means for a run. There are four meanings, and what matters is whether a task may be there.
//
// | response | meaning |
// | --- | --- |
// | a task | that is the run's |
// | access_denied, token_refused, not_found, conflict, capacity, invalid_request | refused for good: no task, and there will be none |
// | throttled, credentials_expired; any failures[] entry that is not one of the above; no credentials, for now | not now: no task; asked again |
// | transient, unreadable, neither task nor failure | not known: a task may have been started; asked again |
//
// The last two are tried again with the same client token, for which ECS gives the same task.
#pragma once

#include <optional>
#include <string>

#include "aws/ecs.hpp"

namespace sallyport::jobs {

/// AWS did not do what a run needs: what callers get, and AWS's words for operators.
struct aws_refusal {
  reason why = reason::internal;
  std::string words;
};

struct start_answer {
  std::optional<aws::task> task;
  /// Without a task.
  aws_refusal refused;
  /// Worth another try.
  bool again = false;
  /// A task may have been started all the same.
  bool unclear = false;
};

/// AWS let us have no credentials, so that nothing was asked of ECS.
start_answer read_refused_credentials(const aws::service_error& error);
/// ECS, or the way to it, refused RunTask.
start_answer read_refused_start(const aws::service_error& error);
/// HTTP 200.
start_answer read_start(const aws::tasks_answer& from);
/// The call was given up without a response.
start_answer no_start_answer();

/// "AccessDeniedException (400, request …): …".
aws_refusal refusal_of(const aws::service_error& error);

}  // namespace sallyport::jobs
