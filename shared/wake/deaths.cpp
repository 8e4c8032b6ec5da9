#include "wake/deaths.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "core/ascii.hpp"

namespace sallyport::aws {
namespace {

using words = std::span<const std::string_view>;

// In lower case, as they occur in stoppedReason and in the reasons of containers.
constexpr std::array<std::string_view, 5> of_checks = {"failed container health checks", "failed elb health checks",
                                                       "health checks failed", "is unhealthy in",
                                                       "failed health checks"};
constexpr std::array<std::string_view, 12> of_missing_images = {
    "not found",     "not exist", "no such image", "manifest unknown", "name unknown", "invalid reference",
    "access denied", "denied: ",  "unauthorized",  "no basic auth",    "forbidden",    "does not match"};
constexpr std::array<std::string_view, 5> of_broken_images = {"exec format error", "executable file not found",
                                                              "exec: \"", "no such file or directory",
                                                              "matching the required architecture"};
constexpr std::array<std::string_view, 5> of_denied_secrets = {
    "accessdenied", "not authorized to perform", "resourcenotfoundexception", "can't find the specified secret",
    "invalid ssm parameters"};
constexpr std::array<std::string_view, 7> of_aws = {
    "network interface", "unexpected ec2 error", "internal error", "server error",
    "capacity",          "rate exceeded",        "try again"};
constexpr std::array<std::string_view, 6> of_capacity = {"capacity",  "limit", "insufficient", "no container instance",
                                                         "resource:", "vcpu"};

bool has_any(std::string_view text, words some) {
  return std::any_of(some.begin(), some.end(), [&](std::string_view each) { return text.find(each) != text.npos; });
}

std::string all_words_of(const task& one) {
  std::string all = one.stopped_why;
  for (const auto& each : one.containers) all += "\n" + each.why;
  return ascii::to_lower(all);
}

bool never_passes(std::string_view said) {
  if (said.find("cannotpull") != said.npos && has_any(said, of_missing_images)) return true;
  if (said.find("resourceinitializationerror") != said.npos && has_any(said, of_denied_secrets)) return true;
  return has_any(said, of_broken_images);
}

}  // namespace

task_end end_of(const task& one) {
  const bool ended = one.status == task_status::stopped || one.status == task_status::stopping;
  if (!ended || one.stop_code.empty()) return task_end::none;
  const std::string said = all_words_of(one);
  if (one.stop_code == "ServiceSchedulerInitiated")
    return has_any(said, of_checks) ? task_end::by_check : task_end::harmless;
  const bool to_start = one.stop_code == "TaskFailedToStart";
  if (!to_start && one.stop_code != "EssentialContainerExited") return task_end::harmless;
  if (never_passes(said)) return task_end::for_good;
  return to_start && has_any(said, of_aws) ? task_end::by_aws : task_end::death;
}

std::string death_of(const task& dead) {
  std::string why = dead.stop_code + ": " + dead.stopped_why;
  for (const auto& each : dead.containers) {
    if (each.exit_code && *each.exit_code != 0) {
      why += "; container " + each.name + " exited with " + std::to_string(*each.exit_code);
    }
    if (!each.why.empty()) why += "; " + each.name + ": " + each.why;
  }
  return printable(why, 2048);
}

service_omen omen_of(std::string_view event) {
  const std::string said = ascii::to_lower(event);
  if (said.find("unable to consistently start") != said.npos) return service_omen::impaired;
  if (said.find("deployment failed") != said.npos) return service_omen::impaired;
  const bool stuck = said.find("unable to place a task") != said.npos ||
                     said.find("failed to launch a task") != said.npos ||
                     said.find("unable to start a task") != said.npos;
  if (!stuck) return service_omen::none;
  return has_any(said, of_capacity) ? service_omen::no_capacity : service_omen::no_place;
}

}  // namespace sallyport::aws
