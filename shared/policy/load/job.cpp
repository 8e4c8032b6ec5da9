#include <algorithm>

#include "core/ascii.hpp"
#include "policy/load/loading.hpp"
#include "regex/regex.hpp"

namespace sallyport::policy {
namespace {

std::vector<std::string> load_roles(const node& at, std::string_view region) {
  std::vector<std::string> all;
  for (const auto& each : at.elements()) {
    auto role = load_role(each);
    if (!role) continue;
    check_partition(each, *role, region);
    all.push_back(std::move(*role));
  }
  return all;
}

/// STS would refuse each start.
void check_session_policy(const node& at, const ecs_task& task) {
  const auto roles = at.member("passed_roles");
  const auto text = aws::job_session_policy(role_of(task.role, task.region), {task.region, task.cluster},
                                            task.task_definition, task.passed_roles);
  if (!roles || text.size() <= aws::max_session_policy) return;
  roles->refuse(reason::policy_member_type,
                "the session policy of this job would have " + std::to_string(text.size()) +
                    " characters, and AWS takes " + std::to_string(aws::max_session_policy),
                "name the execution role and the task role of the task definition, and no others");
}

std::optional<ecs_task> load_ecs_task(const node& at) {
  if (!at.is_object_of({"region", "cluster", "task_definition", "container", "role", "subnets", "security_groups",
                        "passed_roles", "assign_public_ip"})) {
    return std::nullopt;
  }
  ecs_task task;
  read_required(at, "region", "e.g. \"us-east-1\"", task.region, load_region);
  read_required(at, "cluster", "the cluster's name", task.cluster, load_aws_name);
  read_required(at, "task_definition", "family:revision", task.task_definition, load_aws_name);
  read_required(at, "container", "the container whose environment carries the input", task.container, load_aws_name);
  read_member(at, "role", task.role, load_role);
  if (const auto role = at.member("role")) check_partition(*role, task.role, task.region);
  read_member(at, "subnets", task.subnets, [](const node& m) { return std::optional(m.texts()); });
  read_member(at, "security_groups", task.security_groups, [](const node& m) { return std::optional(m.texts()); });
  if (const auto roles = at.member("passed_roles")) task.passed_roles = load_roles(*roles, task.region);
  read_member(at, "assign_public_ip", task.assign_public_ip, [](const node& m) { return m.truth(); });
  check_session_policy(at, task);
  return task;
}

void load_pattern(const node& at, job_input& to) {
  const auto text = at.some_text();
  if (!text) return;
  // First the pattern as it is: one with a stray parenthesis must not become valid inside the anchors.
  const auto alone = regex::pattern::compile(*text);
  auto whole = regex::pattern::compile("\\A(?:" + *text + ")\\z");
  if (!alone.ok() || !whole.ok()) {
    at.refuse(reason::policy_pattern_invalid,
              "not a regular expression: " + (alone.ok() ? whole : alone).error().detail,
              "RE2 syntax: no look-around, no back-references; it is matched against the whole value");
    return;
  }
  to.pattern = *text;
  to.accepts = std::make_shared<const regex::pattern>(std::move(whole).value());
}

void check_default(const node& at, const job_input& input) {
  const auto default_value = at.member("default");
  if (!default_value || !input.default_value) return;
  const bool fits = input.default_value->size() <= input.max_length;
  if (fits && (input.accepts == nullptr || input.accepts->found_in(*input.default_value))) return;
  default_value->refuse(reason::policy_member_type, "the default is not an acceptable value",
                        "make it match the pattern and max_length of the input");
}

void load_input(const std::string& name, const node& at, job& to) {
  constexpr std::int64_t longest_input = 8192;  // all container overrides of RunTask together
  if (!ascii::is_identifier(name)) {
    at.refuse_name(reason::policy_member_type, "\"" + name + "\" cannot be the name of an environment variable",
                   "use letters, digits and underscores");
  }
  if (!at.is_object_of({"pattern", "required", "default", "max_length"})) return;
  job_input input;
  input.name = name;
  if (const auto pattern = at.member("pattern")) load_pattern(*pattern, input);
  read_member(at, "default", input.default_value, [](const node& m) { return m.text(); });
  input.required = !input.default_value;
  read_member(at, "required", input.required, [](const node& m) { return m.truth(); });
  read_member(at, "max_length", input.max_length, [](const node& m) { return m.integer(1, longest_input); });
  check_default(at, input);
  to.input.push_back(std::move(input));
}

void load_inspect(const node& at, const condition_compiler& compiler, job& to) {
  const auto condition = compiler.truth(at, "inspect");
  if (!condition) return;
  // Whoever asks about a run does so on another path than the one that started it.
  check_parameters(*condition, {}, "job " + to.name);
  check_without_service(*condition, "job " + to.name);
  to.inspect = condition->code;
}

}  // namespace

job load_job(const std::string& name, const node& at, const condition_compiler& compiler) {
  constexpr seconds longest_run = 86400;
  job loaded;
  loaded.name = name;
  if (!at.is_object_of({"ecs", "input", "timeout", "inspect", "labels"})) return loaded;
  read_required(at, "ecs", "say which task to run", loaded.ecs, load_ecs_task);
  if (const auto input = at.member("input")) {
    for (const auto& [variable_name, below] : input->members()) load_input(variable_name, below, loaded);
  }
  read_member(at, "timeout", loaded.timeout, [](const node& m) { return m.duration(1, longest_run); });
  read_member(at, "labels", loaded.labels, [](const node& m) { return std::optional(load_labels(m)); });
  if (const auto inspect = at.member("inspect")) load_inspect(*inspect, compiler, loaded);
  return loaded;
}

}  // namespace sallyport::policy
