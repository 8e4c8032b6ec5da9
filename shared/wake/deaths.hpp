// Why a task ended, and what that says of a start. ECS replaces tasks for good reasons too: only what stands in these tables
// is held against the start, other words are kept as its detail.
//
// | stop code | words | |
// | --- | --- | --- |
// | TaskFailedToStart, EssentialContainerExited | | a death |
// | the same | a reason that never passes: no such image, no such program, secret denied | a death for good |
// | TaskFailedToStart | AWS's own trouble: its network interface, its machine, its capacity | a death by AWS |
// | ServiceSchedulerInitiated | of a failed check | a death by a check |
// | all others: scaling, deployments, Spot, stopped by a person, retirement | | none |
#pragma once

#include <string>
#include <string_view>

#include "aws/ecs.hpp"

namespace sallyport::aws {

enum class task_end : std::uint8_t { none, harmless, by_aws, death, by_check, for_good };

/// none: it has not ended, or ECS has not said why.
task_end end_of(const task& one);
/// Why it ended, in AWS's words.
std::string death_of(const task& dead);

/// What the newest event of a service says of a start.
enum class service_omen : std::uint8_t { none, no_place, no_capacity, impaired };
service_omen omen_of(std::string_view event);

}  // namespace sallyport::aws
