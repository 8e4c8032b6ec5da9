// What operators read of runs: members of the records of worker-shim/observe.js. AWS's words are here and nowhere else.
#pragma once

#include <string>
#include <string_view>

#include "encoding/json.hpp"
#include "jobs/run.hpp"
#include "jobs/start_answer.hpp"

namespace sallyport::jobs {

/// A change of state is a record of type `job`; a call that AWS refused is a record of type `log`.
struct record {
  enum class kind : std::uint8_t { change, refusal };
  kind is = kind::change;
  encoding::json members;
};

/// The run has left the state `before`. `task`: what ECS said of it, or null.
record change_of(const run& of, run_state before, const aws::task* task);
/// AWS did not do what the run needs. `unclear`: a task may have been started all the same.
record refusal_of(const run& of, std::string_view action, const aws_refusal& refused, bool unclear);

}  // namespace sallyport::jobs
