// What AWS says, as JSON over the border: the operation `read` writes it, and the state machines read it as events.
#pragma once

#include "aws/ecs.hpp"
#include "encoding/json.hpp"

namespace sallyport::aws {

encoding::json to_json(const container& from);
encoding::json to_json(const task& from);
encoding::json to_json(const service_error& error);
encoding::json to_json(const tasks_answer& from);
encoding::json to_json(const service_answer& from);

/// What to_json wrote. A member that is absent, or of another shape, has its default.
task task_from(const encoding::json& from);
service_answer service_answer_from(const encoding::json& from);
service_error service_error_from(const encoding::json& from);
tasks_answer tasks_answer_from(const encoding::json& from);

}  // namespace sallyport::aws
